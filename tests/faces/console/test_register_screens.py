"""The registers' pages from form to entry, as the people who use them."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from psycopg.types.range import DateRange

from tests.cast import COUNTY, HERE, hired, signed_in
from tests.kernel.calendar.test_notices import NOTICE_2027
from yimen.kernel.calendar.notices import current_calendar, proposed_notices
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.ids import uuid7
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Appointment, Grid, Organ, Person, Post, WorkingHours

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def keeper(_in_first_county: None, db: None) -> Client:
    """The system administrator, who keeps the registers."""
    return signed_in(hired("keeper", role="system_admin"))


def send(browser: Client, page: str, args: list[object] | None = None, /, **given: object) -> int:
    """Send a page's form; a refusal stays on the page with 422."""
    return browser.post(reverse(f"console:{page}", args=args or []), given).status_code


def test_a_person_is_registered_appointed_replaced_and_leaves(keeper: Client) -> None:
    assert send(keeper, "new_person", name="卞小新", phone="13911112222") == 302
    person = Person.objects.get(name="卞小新")
    assert (
        send(
            keeper,
            "new_post",
            organ_code="urban",
            code="urban-extra",
            name="科员",
            kind="staff",
            since="2026-01-01",
        )
        == 302
    )
    assert send(keeper, "appoint", [person.id], post_code="urban-extra", since="2026-02-01") == 302
    assert send(keeper, "appoint", [person.id], post_code="urban-extra", since="2026-03-01") == 422
    held = Appointment.objects.get(person=person)
    colleague = Appointment.objects.filter(post__organ_id="urban").exclude(person=person).first()
    assert colleague is not None
    stand_in = {
        "substitute_id": str(colleague.person_id),
        "since": "2026-11-01",
        "until": "2026-12-31",
        "reason": "学习",
    }
    assert send(keeper, "stand_in", [held.id], **stand_in) == 302
    page = keeper.get(reverse("console:person", args=[person.id])).content.decode()
    assert "139****2222" in page
    assert "13911112222" not in page
    assert send(keeper, "end_appointment", [held.id], on="2026-11-30", reason="调离") == 302
    assert Entry.objects.filter(stream=person.id).count() == 4


def test_a_notice_is_pasted_by_one_and_confirmed_by_another(keeper: Client) -> None:
    assert send(keeper, "enter_notice", text="今天放假") == 422
    assert send(keeper, "enter_notice", text=NOTICE_2027) == 302
    (waiting,) = proposed_notices()
    seen = waiting.proposed_at.isoformat()
    assert send(keeper, "confirm_notice", [2027], seen=seen) == 403
    other = signed_in(hired("confirmer", role="security_admin"))
    page = other.get(reverse("console:calendar")).content.decode()
    assert "国办发明电〔2026〕99号" in page
    assert send(other, "confirm_notice", [2027], seen="2026-01-01T00:00:00+08:00") == 302
    assert 2027 not in {y.year for y in current_calendar().years}
    assert send(other, "confirm_notice", [2027], seen="nonsense") == 400
    assert send(other, "confirm_notice", [2027], seen=seen) == 302
    assert 2027 in {y.year for y in current_calendar().years}


def test_a_notice_with_what_looks_like_a_slip_asks_both_to_look_it_up(keeper: Client) -> None:
    text = NOTICE_2027.replace("1月31日（周日）、", "")
    address = reverse("console:enter_notice")
    assert 'type="checkbox"' not in keeper.get(address).content.decode()
    asked = keeper.post(address, {"text": text})
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "春节：放 6 个工作日，补 1 天班，净放 5 天，比法定的 4 天多" in page
    assert 'type="checkbox" name="checked"' in page
    assert send(keeper, "enter_notice", text=text, checked="on") == 302
    (waiting,) = proposed_notices()
    seen = waiting.proposed_at.isoformat()
    other = signed_in(hired("confirmer", role="security_admin"))
    page = other.get(reverse("console:calendar")).content.decode()
    assert "净放 5 天，比法定的 4 天多" in page
    assert 'type="checkbox" name="checked"' in page
    assert send(other, "confirm_notice", [2027], seen=seen) == 302
    assert 2027 not in {y.year for y in current_calendar().years}
    assert send(other, "confirm_notice", [2027], seen=seen, checked="on") == 302
    assert 2027 in {y.year for y in current_calendar().years}


def test_a_certificate_is_withdrawn_on_its_persons_page(keeper: Client) -> None:
    assert send(keeper, "new_person", name="马小登", phone="13911113333") == 302
    person = Person.objects.get(name="马小登")
    given = {"number": "浙G/0003", "issuer": "司法局", "since": "2026-01-01", "until": "2031-01-01"}
    assert send(keeper, "add_certificate", [person.id], **given) == 302
    assert send(keeper, "withdraw_certificate", [person.id, "浙G/0003"], on="2026-10-01", reason="") == 422
    assert (
        send(keeper, "withdraw_certificate", [person.id, "浙G/0003"], on="2031-06-01", reason="停职") == 422
    )
    assert send(keeper, "withdraw_certificate", [person.id, "浙G0004"], on="2026-10-01", reason="停职") == 404
    assert (
        send(keeper, "withdraw_certificate", [person.id, "浙G/0003"], on="2026-10-01", reason="停职") == 302
    )
    page = keeper.get(reverse("console:person", args=[person.id])).content.decode()
    assert "自 2026-10-01 起收回：停职" in page
    assert reverse("console:withdraw_certificate", args=[person.id, "浙G/0003"]) not in page


def test_hours_duty_phones_classes_and_duties_are_set_on_screen(keeper: Client) -> None:
    assert (
        send(
            keeper,
            "set_hours",
            organ_code="",
            spans="8:30-12:00 14:30-18:00",
            source="县府办",
            since="2026-01-01",
        )
        == 302
    )
    assert WorkingHours.objects.get().spans == [["08:30", "12:00"], ["14:30", "18:00"]]
    assert send(keeper, "set_duty_phone", ["urban"], duty_phone="0578-1234567") == 302
    assert Organ.objects.get(code="urban").duty_phone == "05781234567"
    assert send(keeper, "call_organ", ["urban"], name_en="Enforcement Bureau") == 302
    assert Organ.objects.get(code="urban").name_en == "Enforcement Bureau"
    form = keeper.get(reverse("console:change_class", args=["0101"])).context["form"]
    given = {**form.initial, "limit_number": 2, "since": "2026-12-01", "source": "县府办〔2026〕8号"}
    assert send(keeper, "change_class", ["0101"], **given) == 302
    assert "2 个工作日" in keeper.get(reverse("console:class", args=["0101"])).content.decode()
    duty = {
        "class_prefix": "0101",
        "area_prefix": "339901",
        "organ_code": "water",
        "source": "三定",
        "since": "2026-11-24",
    }
    assert send(keeper, "change_duty", **duty) == 302
    assert send(keeper, "change_duty", **{**duty, "area_prefix": "110000"}) == 422
    assert keeper.get(reverse("console:classes")).status_code == 200
    assert keeper.get(reverse("console:organs")).status_code == 200


def test_somebody_elses_number_is_shown_for_a_reason_and_only_to_who_may(keeper: Client) -> None:
    person = Person.objects.exclude(private=None).first()
    assert person is not None
    assert send(keeper, "reveal_person", [person.id], reason="核实") == 403
    leader = signed_in(hired("leader", role="township_leader", area="339901"))
    page = leader.post(reverse("console:reveal_person", args=[person.id]), {"reason": "到场核查联系"})
    assert page.status_code == 200
    assert "到场核查联系" in Entry.objects.filter(stream=person.id).latest("seq").payload
    assert page["Cache-Control"] == "no-store"


def test_a_township_leader_looks_up_nobody_elsewhere_not_even_the_name() -> None:
    leader = signed_in(hired("leader", role="township_leader", area=HERE))
    elsewhere = Person.objects.get(id=hired("faraway", organ="shuiwu").person_id)
    for name in ("person", "reveal_person"):
        answer = leader.get(reverse(f"console:{name}", args=[elsewhere.id]))
        assert answer.status_code == 404
        assert elsewhere.name not in answer.content.decode()


def test_a_head_of_department_sees_the_people_of_the_department_and_nobody_else() -> None:
    head = signed_in(
        hired("head", role="department_head", area=COUNTY, organ="minzheng", only_for_organ=True)
    )
    own, other = hired("own", organ="minzheng"), hired("other", organ="shuiwu")
    listed = head.get(reverse("console:people")).content.decode()
    assert "人员 own" in listed
    assert "人员 other" not in listed
    assert head.get(reverse("console:person", args=[own.person_id])).status_code == 200
    assert head.get(reverse("console:person", args=[other.person_id])).status_code == 404


def test_posts_and_the_forms_that_change_them_reach_as_far_as_the_grant() -> None:
    leader = signed_in(hired("zhenzhang2", role="township_leader", area=HERE, organ="command"))
    inside = Division.objects.filter(level="village", code__startswith=HERE).order_by("code").first()
    outside = Division.objects.exclude(code__startswith=HERE).filter(level="village", code__startswith=COUNTY)
    there = outside.order_by("code").first()
    assert inside
    assert there
    page = reverse("console:posts")
    assert leader.get(page, {"organ": inside.code}).status_code == 200
    assert leader.get(page, {"organ": there.code}).status_code == 404
    shown = leader.get(page).content.decode()
    assert there.code not in shown
    assert inside.code in shown


def test_a_new_department_post_is_seen_vacant_and_filled_by_somebody_without_a_post(keeper: Client) -> None:
    given = {
        "organ_code": "urban",
        "code": "urban-new",
        "name": "督查员",
        "kind": "staff",
        "since": "2026-01-01",
    }
    shown = keeper.post(reverse("console:new_post"), given, follow=True).content.decode()
    assert "urban-new" in shown
    assert reverse("console:appoint_to", args=["urban-new"]) in shown
    assert send(keeper, "new_person", name="卞小新") == 302
    person = Person.objects.get(name="卞小新")
    form = keeper.get(reverse("console:appoint_to", args=["urban-new"])).content.decode()
    assert f'value="{today().isoformat()}"' in form, (
        "a browser's own picker understands no other way of writing a day"
    )
    assert send(keeper, "appoint_to", ["urban-new"], person_id=str(person.id), since=str(today())) == 302
    shown = keeper.get(reverse("console:posts"), {"organ": "urban"}).content.decode()
    assert reverse("console:person", args=[person.id]) in shown
    assert reverse("console:appoint_to", args=["urban-new"]) not in shown
    of_a_township = signed_in(hired("guanli3", role="system_admin", area=HERE, organ="command"))
    Person.objects.create(id=uuid7(now()), name="尚无岗位")
    post = Post.objects.filter(organ__place_code__startswith=HERE).first()
    assert post
    form = reverse("console:appoint_to", args=[post.code])
    assert "尚无岗位" in keeper.get(form).content.decode()
    assert "尚无岗位" not in of_a_township.get(form).content.decode()


def test_without_grids_nobody_is_told_that_each_has_somebody(keeper: Client) -> None:
    assert "还没有网格" not in keeper.get(reverse("console:posts")).content.decode()
    Grid.objects.update(valid=DateRange(date(2020, 1, 1), date(2020, 2, 1)))
    shown = keeper.get(reverse("console:posts")).content.decode()
    assert "还没有网格" in shown
    assert "每个网格都有人" not in shown


def test_a_manager_of_one_township_opens_no_form_about_another() -> None:
    manager = signed_in(hired("guanli", role="system_admin", area=HERE, organ="command"))
    held = Appointment.objects.filter(valid__contains=today(), post__organ__place_code__startswith=COUNTY)
    own = held.filter(post__organ__place_code__startswith=HERE).first()
    other = held.exclude(post__organ__place_code__startswith=HERE).first()
    assert own
    assert other
    for appointment, status in ((own, 200), (other, 404)):
        for name, key in (
            ("hand_over", appointment.id), ("stand_in", appointment.id), ("end_appointment", appointment.id),
            ("appoint_to", appointment.post_id), ("set_post_phone", appointment.post_id),
            ("call_post", appointment.post_id),
        ):  # fmt: skip
            assert manager.get(reverse(f"console:{name}", args=[key])).status_code == status, name
    assert manager.get(reverse("console:note_absence", args=[other.person_id])).status_code == 404
    assert manager.get(reverse("console:correct_person", args=[other.person_id])).status_code == 404
