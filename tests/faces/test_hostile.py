"""Hostile text in every field of every form: a clear answer, never a broken page, nothing executed, nothing lost."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Hired, hired, signed_in
from tests.domains.grid.test_incident import reported
from yimen.kernel.access.models import Account
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Grid, Organ, Person

pytestmark = pytest.mark.usefixtures("db")

NASTY = [
    "<script>alert(1)</script>",
    "'; DROP TABLE matters_matter; --",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "\x00",
    "a\x00b\x1b[31m",
    "\u202e\u200b\ufeff",
    "￿" * 50,
    "9" * 400,
    "-1e309",
    "../../../etc/passwd",
    "💥" * 3000,
    "NaN",
    "9999-99-99",
    "%s%n%x{0}",
]
ANSWERS = (200, 302, 400, 403, 404, 405, 422)


def test_hostile_text_in_the_public_report_is_kept_as_text_or_refused() -> None:
    home = Grid.objects.order_by("code").first()
    assert home is not None
    browser = Client(headers={"host": "localhost"})
    good = {
        "text": "灯坏了",
        "kind": "0802",
        "lng": home.lng,
        "lat": home.lat,
        "address": "",
        "reporter": "",
        "phone": "",
    }
    for field in good:
        for nasty in NASTY:
            answer = browser.post(reverse("portal:report"), {**good, field: nasty})
            assert answer.status_code in ANSWERS, (field, nasty)
            assert b"<script>alert(1)" not in answer.content
    for matter in Matter.objects.all():
        page = browser.get(reverse("portal:tracked", args=[matter.tracking_code]))
        assert b"<script>alert(1)" not in page.content


@pytest.mark.parametrize("name", ["matters", "gaps", "grid_posts", "grid_tasks", "indicators"])
@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "0001-01-31"), ("9999-12-01", "9999-12-31")], ids=["first", "last"]
)
def test_the_ends_of_the_calendar_are_answered(name: str, first: str, last: str) -> None:
    browser = signed_in(hired("chief", role="command_chief"))
    asked = {"first": first, "last": last, "on": last, "opened_from": first, "opened_to": last}
    for given in (asked, asked | {"on": first}):
        assert browser.get(reverse(f"console:{name}"), given).status_code in ANSWERS
    given = {"month": last, "scope": "township"}
    assert browser.post(reverse("console:publish_assessment"), given).status_code == 422


@pytest.mark.parametrize("name", ["matters", "people", "posts", "appoint"])
def test_hostile_queries_are_answered(name: str) -> None:
    browser = signed_in(hired("clerk", role="system_admin"))
    person = Person.objects.first()
    args = [person.id] if name == "appoint" and person else []
    for field in ("q", "state", "township", "light", "before", "after", "village", "post"):
        for nasty in NASTY:
            answer = browser.get(reverse(f"console:{name}", args=args), {field: nasty})
            assert answer.status_code in ANSWERS, (field, nasty)
            assert b"<script>alert(1)" not in answer.content


FORMS = {
    "new_person": ("name", "phone"),
    "new_post": ("organ_code", "code", "name", "kind", "grid_code", "since"),
    "new_organ": ("code", "name", "name_en", "kind", "place_code", "duty_phone", "since"),
    "set_hours": ("organ_code", "spans", "source", "since", "until"),
    "enter_notice": ("text",),
    "change_duty": ("class_prefix", "area_prefix", "organ_code", "source", "since"),
    "new_class": (
        "code",
        "name",
        "group",
        "limit_number",
        "limit_unit",
        "keywords",
        "filing_condition",
        "since",
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_hostile_text_in_a_register_changes_nothing_it_should_not(name: str) -> None:
    browser = signed_in(hired("keeper", role="system_admin"))
    before = Organ.objects.count()
    for field in FORMS[name]:
        for nasty in NASTY:
            given = dict.fromkeys(FORMS[name], "x") | {"since": "2026-11-23", field: nasty}
            answer = browser.post(reverse(f"console:{name}"), given)
            assert answer.status_code in ANSWERS, (field, nasty)
            assert b"<script>alert(1)" not in answer.content
    assert Organ.objects.count() == before


def test_hostile_tracking_codes_and_sign_ins_are_answered() -> None:
    browser = Client(headers={"host": "localhost"})
    browser.cookies["sessionid"] = "abc\\000def"
    assert browser.get(reverse("console:my_work")).status_code == 302
    for code in ("%00", "%00A", "x" * 400):
        for path in (f"/track/{code}/", f"/report/{code}/received/", f"/api/incidents/{code}"):
            assert browser.get(path).status_code == 404
    for nasty in NASTY:
        for page, field in (
            ("track", "code"),
            ("home", "q"),
            ("home", "about"),
            ("report", "text"),
            ("permits", "q"),
        ):
            answer = browser.get(reverse(f"portal:{page}"), {field: nasty})
            assert answer.status_code in ANSWERS, (page, nasty)
            assert b"<script>alert(1)" not in answer.content
        answer = browser.post(reverse("console:sign_in"), {"username": nasty, "password": nasty})
        assert answer.status_code in (*ANSWERS, 429)


def test_a_matter_of_one_county_does_not_exist_in_another() -> None:
    here = reported().matter_id
    with in_county("shiqiao"):
        account = Account.objects.get(login="wuzhi")
        chief = Hired("wuzhi", account.id, account.person_id or account.id, None)
        browser = signed_in(chief, client=Client(headers={"host": "shiqiao.localhost"}))
    for name, args in (
        ("matter", [here]), ("matter_ledger", [here]), ("proof", [here, 1]), ("reveal", [here]),
    ):  # fmt: skip
        assert browser.get(reverse(f"console:{name}", args=args)).status_code == 404
    assert browser.post(reverse("console:act", args=[here, "register"])).status_code == 404
