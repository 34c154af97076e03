"""A resident's account opens to its owner alone, shows everything and only what is theirs, and lets go when asked."""

import json
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import HERE, THERE, hired, signed_in
from tests.domains.hall.test_queue import MORNING, booked, opened_for_booking
from tests.domains.services.applying import ALLOWANCE, SENIOR_CARD, applied, clerk, filled, village
from yimen.domains.hall.api import slots
from yimen.domains.hall.models import Appointment
from yimen.domains.residents.accounts import CODES_A_DAY, CODES_TO, WRONG_PASSWORDS, WRONG_PASSWORDS_HERE
from yimen.domains.residents.api import Resident, accounts, belongings, representing
from yimen.domains.residents.models import OneTimeCode, SavedAnswers
from yimen.domains.services.api import Applicant, drafts
from yimen.kernel.calendar.today import LOCAL_ZONE, frozen, now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters.models import Matter
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
PHONE, ID, PASSWORD = "13800001111", "11010519491231002X", "yimen-Qing-2026"
WANG = Applicant("王小妹", "citizen", ID, PHONE)


@pytest.fixture(autouse=True)
def _outgoing(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    settings.YIMEN_FILES = tmp_path / "files"


def entered(contact: str = PHONE, password: str = "") -> Resident:
    contact, code = accounts.send_code(contact, "10.0.0.1", "a")
    return accounts.enter_with_code(contact, code, "a", password)


def browser(resident: Resident | None = None, contact: str = PHONE) -> Client:
    """A browser in which somebody came in by a code."""
    one = Client()
    enter(one, contact)
    return one


def enter(one: Client, contact: str) -> None:
    """Come in by a code."""
    assert one.post(reverse("portal:my_send_code"), {"contact": contact}).status_code == 302
    code = re.search(r"验证码 (\d{6})", newest_message())
    assert code
    assert one.post(reverse("portal:my_code"), {"code": code[1], "password": ""}).status_code == 302


def newest_message() -> str:
    from django.conf import settings

    files = sorted(Path(settings.DATA).rglob("outgoing/*/*/*.json"), key=lambda f: f.name)
    return str(json.loads(files[-1].read_text())["text"])


def refusal_of(act: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize("contact", ["13800001111", "138 0000 1111", "wang@example.cn", "WANG@example.cn"])
def test_a_code_opens_an_account_and_finds_it_again(contact: str) -> None:
    first = entered(contact)
    assert entered(contact.replace(" ", "").lower()).id == first.id
    assert [e.act for e in Entry.objects.filter(stream=first.id)] == ["open_account"]
    assert contact not in str(first.__dict__)


@pytest.mark.parametrize("contact", ["", "abc", "1", "a@", "<script>@x", "1" * 60])
def test_what_is_no_contact_is_refused(contact: str) -> None:
    assert refusal_of(lambda: accounts.send_code(contact, "10.0.0.1", "a")) in (
        "resident.contact",
        "register.phone",
    )


def test_a_code_is_good_once_for_five_minutes_and_five_tries() -> None:
    contact, code = accounts.send_code(PHONE, "10.0.0.1", "a")
    accounts.enter_with_code(contact, code, "a")
    assert refusal_of(lambda: accounts.enter_with_code(contact, code, "a")) == "resident.wrong"
    contact, code = accounts.send_code(PHONE, "10.0.0.1", "a")
    with frozen(now() + timedelta(minutes=6)):
        assert refusal_of(lambda: accounts.enter_with_code(contact, code, "a")) == "resident.wrong"
    contact, code = accounts.send_code(PHONE, "10.0.0.1", "a")
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert refusal_of(lambda: accounts.enter_with_code(contact, wrong, "a")) == "resident.wrong"
    assert refusal_of(lambda: accounts.enter_with_code(contact, code, "a")) == "resident.wrong"
    assert code not in OneTimeCode.objects.get().code_digest


def test_codes_are_not_sent_without_end() -> None:
    for address in range(4):
        for _ in range(5):
            accounts.send_code(PHONE, f"10.0.0.{address}", "a")
        again = f"10.0.0.{address}"
        assert refusal_of(lambda at=again: accounts.send_code(PHONE, at, "a")) == "access.too_often"
    assert refusal_of(lambda: accounts.send_code(PHONE, "10.0.0.9", "a")) == "access.too_often"
    assert accounts.send_code("13800002222", "10.0.0.9", "a")


def test_a_strangers_askings_and_guesses_spoil_nobodys_code() -> None:
    contact, code = accounts.send_code(PHONE, "10.0.0.1", "owner")
    for _ in range(5):
        accounts.send_code(PHONE, "10.0.0.66", "stranger")
    for _ in range(9):
        assert (
            refusal_of(lambda: accounts.enter_with_code(contact, "000000x", "stranger")) == "resident.wrong"
        )
    assert refusal_of(lambda: accounts.enter_with_code(contact, code, "stranger")) == "resident.wrong"
    assert accounts.enter_with_code(contact, code, "owner")
    assert accounts.send_code(PHONE, "10.0.0.1", "owner")


def test_a_stranger_elsewhere_does_not_lock_the_owners_password() -> None:
    entered(password=PASSWORD)
    for _ in range(10):
        refusal_of(lambda: accounts.enter_with_password(PHONE, "wrong", "10.0.0.66"))
    assert (
        refusal_of(lambda: accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.66")) == "access.too_often"
    )
    assert accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.8")


def test_who_signed_in_with_a_number_books_though_strangers_used_it_up() -> None:
    with frozen(MORNING):
        hall = opened_for_booking()
        times = [s.starts_at for s in slots(hall, today())]
        for at in times[:3]:
            booked(PHONE, at)
        one, address = browser(), reverse("portal:book", args=[hall.code])
        given = {"name": "王小妹", "phone": "138 0000 1111", "starts_at": times[3].isoformat()}
        assert one.post(address, given).status_code == 302
        for who, phone in ((Client(), PHONE), (one, "13800002222")):
            Appointment.objects.filter(owner_id=None, starts_at__gt=times[2]).update(state="cancelled")
            answer = who.post(address, given | {"phone": phone, "starts_at": times[4].isoformat()})
            assert answer.status_code == (422 if phone == PHONE else 302)
        assert list(Appointment.objects.exclude(owner_id=None).values_list("starts_at", flat=True)) == [
            times[3]
        ]


def test_codes_of_days_past_are_forgotten() -> None:
    accounts.send_code(PHONE, "10.0.0.1", "a")
    assert accounts.forget_codes() == 0
    with frozen(now() + timedelta(days=2)):
        assert accounts.forget_codes() == 1


def test_a_password_lets_in_and_guessing_is_held_back() -> None:
    entered(password=PASSWORD)
    assert accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.9").contact_masked
    assert (
        refusal_of(lambda: accounts.enter_with_password("13900002222", PASSWORD, "10.0.0.9"))
        == "resident.wrong"
    )
    for n in range(60):
        at = f"10.0.0.{10 + n // 10}"
        assert refusal_of(lambda a=at: accounts.enter_with_password(PHONE, "wrong", a)) == "resident.wrong"
    with pytest.raises(Refusal, match="现在用验证码进入") as refused:
        accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.8")
    assert refused.value.code == "access.too_often"
    contact, code = accounts.send_code(PHONE, "10.0.0.8", "a")
    assert accounts.enter_with_code(contact, code, "a")


def test_strangers_with_many_addresses_shut_no_browser_that_has_let_the_owner_in() -> None:
    one, strangers = browser(entered(password=PASSWORD)), (Client(), browser(contact="13900002222"))
    one.post(reverse("portal:my_sign_out"))
    with frozen(MORNING):
        for n in range(CODES_A_DAY.uses):
            with suppress(Refusal):
                accounts.send_code(PHONE, f"10.0.9.{n}", "stranger")
        for n in range(WRONG_PASSWORDS.uses):
            refusal_of(lambda at=f"10.0.8.{n}": accounts.enter_with_password(PHONE, "wrong", at))
        given = {"contact": PHONE, "password": PASSWORD}
        for stranger in strangers:
            assert stranger.post(reverse("portal:my_sign_in"), given).status_code == 422
            assert stranger.post(reverse("portal:my_send_code"), given).status_code == 422
        assert one.post(reverse("portal:my_sign_in"), given).status_code == 302
        assert one.get(reverse("portal:mine")).status_code == 200
        assert one.post(reverse("portal:my_send_code"), given).status_code == 302


def test_the_owners_own_browser_has_its_own_bounds_and_a_forged_mark_has_none() -> None:
    found = entered(password=PASSWORD)
    mark = accounts.browser_mark(found)
    for _ in range(WRONG_PASSWORDS_HERE.uses):
        assert (
            refusal_of(lambda: accounts.enter_with_password(PHONE, "x", "10.0.0.1", mark)) == "resident.wrong"
        )
    assert (
        refusal_of(lambda: accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.1", mark))
        == "access.too_often"
    )
    assert accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.1") == found
    assert accounts.enter_with_password(PHONE, PASSWORD, "10.0.0.1", mark + "x") == found
    for _ in range(CODES_TO.uses):
        accounts.send_code(PHONE, "10.0.0.1", "a", mark)
    assert refusal_of(lambda: accounts.send_code(PHONE, "10.0.0.1", "a", mark)) == "access.too_often"


def test_a_browser_knows_the_last_few_residents_it_let_in() -> None:
    mark, people = "", [entered(f"1390000000{n}") for n in range(6)]
    for each in people:
        mark = accounts.browser_mark(each, mark)
    for _ in range(WRONG_PASSWORDS_HERE.uses):
        refusal_of(lambda: accounts.enter_with_password("13900000003", "x", "10.0.0.1", mark))
    assert (
        refusal_of(lambda: accounts.enter_with_password("13900000003", "x", "10.0.0.1", mark))
        == "access.too_often"
    )
    assert (
        refusal_of(lambda: accounts.enter_with_password("13900000003", "x", "10.0.0.1")) == "resident.wrong"
    )


def test_a_weak_password_is_refused_and_the_code_still_works() -> None:
    contact, code = accounts.send_code(PHONE, "10.0.0.1", "a")
    assert (
        refusal_of(lambda: accounts.enter_with_code(contact, code, "a", "123")) == "access.password_too_short"
    )
    assert accounts.enter_with_code(contact, code, "a")


def test_the_doors_of_the_account_are_shut_without_a_session() -> None:
    for name in ("mine", "my_data", "represent"):
        answer = Client().get(reverse(f"portal:{name}"))
        assert answer["Location"] == reverse("portal:my_sign_in")
    for name in ("my_export", "my_reveal", "my_close", "my_consent", "follow"):
        assert Client().post(reverse(f"portal:{name}")).status_code == 302


def test_a_resident_is_no_staff_and_staff_are_no_resident() -> None:
    one = browser()
    assert one.get(reverse("portal:mine")).status_code == 200
    assert one.get(reverse("console:my_work")).status_code in (302, 403)
    officer = signed_in(hired("yuan", role="window_clerk", area=HERE, organ=HERE), client=one)
    assert officer.get(reverse("portal:mine")).status_code == 302


def test_a_session_gets_a_new_key_and_ends() -> None:
    one = Client()
    one.get(reverse("portal:home"))
    one.post(reverse("portal:my_send_code"), {"contact": PHONE})
    before = one.cookies["sessionid"].value
    code = re.search(r"验证码 (\d{6})", newest_message())
    assert code
    one.post(reverse("portal:my_code"), {"code": code[1]})
    assert one.cookies["sessionid"].value != before
    with frozen(now() + timedelta(hours=3)):
        assert one.get(reverse("portal:mine")).status_code == 302
    assert one.get(reverse("portal:mine")).status_code == 200
    accounts.set_password(Resident.objects.get(), PASSWORD)
    assert one.get(reverse("portal:mine")).status_code == 302


def test_it_shows_what_was_handed_in_and_added_and_nothing_else() -> None:
    one, stranger = entered(), entered("13800003333")
    application = Matter.objects.get(id=applied(ALLOWANCE, applicant=WANG).matter_id)
    assert list(belongings.matters_of(one)) == []
    assert (
        refusal_of(lambda: belongings.follow(one, "BJ-2026-999999", application.tracking_code))
        == "resident.follow"
    )
    belongings.follow(one, application.number.lower(), application.tracking_code)
    belongings.follow(one, application.number, application.tracking_code)
    assert list(belongings.matters_of(one)) == [application]
    assert list(belongings.matters_of(stranger)) == []


def test_a_stated_number_opens_nothing_until_a_clerk_has_seen_the_card() -> None:
    one = entered()
    application = applied(ALLOWANCE, applicant=WANG)
    accounts.correct(one, {"name": "王小妹", "id_kind": "citizen", "id_number": ID})
    assert list(belongings.matters_of(Resident.objects.get(id=one.id))) == []
    representing.confirm_identity(clerk(), one, HERE, name="王小妹", id_kind="citizen", id_number=ID)
    known = Resident.objects.get(id=one.id)
    assert [m.id for m in belongings.matters_of(known)] == [application.matter_id]
    accounts.correct(known, {"name": "别人", "id_number": "110101199003070396", "address": "青石村"})
    assert accounts.details_of(Resident.objects.get(id=one.id))["name"] == "王小妹"


def test_acting_for_another_opens_theirs_once_confirmed_and_while_it_lasts() -> None:
    one = entered()
    application = applied(ALLOWANCE, applicant=WANG)
    found = representing.represent(
        one, relation="parent", name="王小妹", id_kind="citizen", id_number=ID, ends=None, evidence=None
    )
    assert list(belongings.matters_of(one)) == []
    representing.confirm_representation(clerk(), found, HERE, "户口簿")
    assert [m.id for m in belongings.matters_of(one)] == [application.matter_id]
    representing.end(one, found)
    assert list(belongings.matters_of(one)) == []


def test_an_account_found_to_be_another_persons_represents_nobody_on_the_first_ones_papers() -> None:
    one, person = entered(), {"name": "李四", "id_kind": "citizen"}
    application = applied(ALLOWANCE, applicant=WANG)
    representing.confirm_identity(clerk(), one, HERE, **person, id_number="110101199003070396")
    found = representing.represent(
        one, relation="parent", name="王小妹", id_kind="citizen", id_number=ID, ends=None, evidence=None
    )
    representing.confirm_representation(clerk(), found, HERE, "户口簿")
    representing.confirm_identity(clerk(), one, HERE, **person, id_number="110101199003070396")
    assert [m.id for m in belongings.matters_of(one)] == [application.matter_id]
    representing.confirm_identity(clerk(), one, HERE, **person, id_number="330106198506124518")
    assert list(belongings.matters_of(Resident.objects.get(id=one.id))) == []


def test_what_cannot_be_represented_is_refused() -> None:
    one = entered()
    given = {
        "relation": "parent",
        "name": "王",
        "id_kind": "citizen",
        "id_number": ID,
        "ends": None,
        "evidence": None,
    }
    for change, code in (
        ({"relation": "friend"}, "represent.relation"), ({"id_number": "1"}, "resident.id"), ({"id_kind": "passport", "id_number": ""}, "represent.number"),
        ({"ends": date(2020, 1, 1)}, "represent.ends"), ({"name": ""}, "register.words"),
        ({"relation": "company"}, "represent.kind"), ({"id_kind": "credit", "id_number": "91350211M000100Y46"}, "represent.kind"),
        ({"relation": "child"}, "represent.grown"), ({"relation": "child", "id_kind": "passport", "id_number": "E12345678"}, "represent.ends"),
    ):  # fmt: skip
        assert refusal_of(lambda c=change: representing.represent(one, **{**given, **c})) == code  # type: ignore[misc]


def test_a_child_is_represented_to_the_eve_of_its_eighteenth_birthday() -> None:
    one, number = entered(), "110101201202290033"
    given: dict[str, Any] = {
        "relation": "child",
        "name": "王宝",
        "id_kind": "citizen",
        "id_number": number,
        "evidence": None,
    }
    for ends, last in (
        (None, "2030-02-27"),
        (date(2029, 5, 1), "2029-05-01"),
        (date(2040, 1, 1), "2030-02-27"),
    ):
        found = representing.represent(one, ends=ends, **given)
        assert str(representing.last_day(found)) == last
    eve = datetime(2030, 2, 27, 12, tzinfo=LOCAL_ZONE)
    for at, count in ((eve, 2), (eve + timedelta(days=1), 0)):
        with frozen(at):
            assert representing.representations(one).count() == count


def test_nothing_is_kept_without_consent_and_nothing_after_it() -> None:
    one = entered()
    belongings.remember(one, {"bank": "6222"}, {"card": [str(uuid4())]})
    assert not SavedAnswers.objects.exists()
    belongings.consent(one, is_given=True)
    one = Resident.objects.get(id=one.id)
    belongings.remember(one, {"bank": "6222", "empty": ""}, {"card": ["x"], "none": []})
    assert belongings.saved(one) == {"answers": {"bank": "6222"}, "papers": {"card": ["x"]}}
    belongings.consent(one, is_given=False)
    assert SavedAnswers.objects.get().private is None
    assert belongings.saved(Resident.objects.get(id=one.id)) == {"answers": {}, "papers": {}}


def test_the_copy_is_complete_and_the_account_can_be_closed() -> None:
    one = browser()
    resident = Resident.objects.get()
    accounts.correct(resident, {"name": "王小妹", "address": "青石村一组"})
    application = Matter.objects.get(id=applied(ALLOWANCE, applicant=WANG).matter_id)
    representing.confirm_identity(clerk(), resident, HERE, name="王小妹", id_kind="citizen", id_number=ID)
    copy = one.post(reverse("portal:my_export"))
    given = copy.json()
    assert given["account"]["name"] == "王小妹"
    assert given["account"]["address"] == "青石村一组"
    assert given["account"]["contact"] == PHONE  # in full, as the account holds it
    assert [m["number"] for m in given["matters"]] == [application.number]
    assert given["matters"][0]["given"]["name"] == "王小妹"
    assert {"open_account", "correct_details", "export"} <= {a["act"] for a in given["acts"]}
    assert one.post(reverse("portal:my_close")).status_code == 302
    assert one.get(reverse("portal:mine")).status_code == 302
    closed = Resident.objects.get()
    assert accounts.details_of(closed) == {}
    assert PHONE not in str(closed.__dict__)
    assert Matter.objects.filter(id=application.id).exists()
    assert entered().id != resident.id


def test_the_code_of_somebody_elses_matter_brings_nothing_of_what_they_gave_into_ones_copy() -> None:
    resident = entered("13800003333")
    application = Matter.objects.get(id=applied(ALLOWANCE, applicant=WANG).matter_id)
    belongings.follow(resident, application.number, application.tracking_code)
    copy = belongings.export(resident)
    assert [(m["number"], m["given"]) for m in copy["matters"]] == [(application.number, {})]
    assert ID not in json.dumps(copy)
    assert PHONE not in json.dumps(copy)


def test_a_correction_begun_before_the_clerk_confirmed_does_not_undo_it() -> None:
    before = entered()
    representing.confirm_identity(clerk(), before, HERE, name="王小妹", id_kind="citizen", id_number=ID)
    accounts.correct(before, {"name": "别人", "address": "青石村"})
    known = accounts.details_of(Resident.objects.get(id=before.id))
    assert (known["name"], known["id_number"], known["address"]) == ("王小妹", ID, "青石村")
    accounts.close(before)
    assert refusal_of(lambda: accounts.correct(before, {"address": "青石村"})) == "resident.closed"
    assert accounts.details_of(Resident.objects.get(id=before.id)) == {}


def test_own_data_is_masked_until_asked_for_and_the_look_is_recorded() -> None:
    one = browser()
    accounts.correct(Resident.objects.get(), {"name": "王小妹", "address": "青石村一组九号院"})
    page = one.get(reverse("portal:my_data")).content.decode()
    assert "青石村一组九号院" not in page
    shown = one.post(reverse("portal:my_reveal")).content.decode()
    assert "青石村一组九号院" in shown
    assert Entry.objects.filter(act="reveal_details").count() == 1
    wrong = one.post(reverse("portal:my_data"), {"id_kind": "citizen", "id_number": "110105194912310021"})
    assert wrong.status_code == 422


def test_an_application_handed_in_while_signed_in_is_found_again_and_its_answers_are_offered() -> None:
    one = browser()
    one.post(reverse("portal:my_consent"), {"yes": "1"})
    accounts.correct(Resident.objects.get(), {"name": "王小妹", "id_kind": "citizen", "id_number": ID})
    one.post(reverse("portal:apply", args=[ALLOWANCE]))
    draft = drafts.find(one.session["drafts"][-1])
    assert draft
    person = reverse("portal:apply_person", args=[draft.code])
    assert "王*妹" in one.get(person).content.decode()
    assert ID in one.get(person + "?as=me").content.decode()
    assert ID not in Client().get(person + "?as=me").content.decode()
    holds = drafts.held(draft)
    holds.person = {
        "name": "王小妹",
        "id_kind": "citizen",
        "id_number": ID,
        "phone": PHONE,
        "place": village(),
        "address": "",
    }
    from tests.domains.services.applying import filled

    holds.answers = filled(ALLOWANCE)
    drafts.keep(draft, holds)
    sent = one.post(reverse("portal:apply_check", args=[draft.code]))
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    mine = one.get(reverse("portal:mine")).content.decode()
    assert Matter.objects.get().number in mine
    assert Matter.objects.get().opened_by == Resident.objects.get().id
    assert belongings.saved(Resident.objects.get())["answers"]
    one.post(reverse("portal:apply", args=[ALLOWANCE]))
    again = one.session["drafts"][-1]
    page = reverse("portal:apply_page", args=[again, 1])
    assert "用上次填的内容填入" in one.get(page).content.decode()
    assert "用上次填的内容填入" not in one.get(page + "?kept").content.decode()


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_what_is_handed_in_for_another_says_so_and_waits_for_a_clerk_where_none_confirmed_it(
    is_confirmed: bool,
) -> None:
    one = browser()
    found = representing.represent(
        Resident.objects.get(), relation="parent", name="王小妹", id_kind="citizen", id_number=ID, ends=None, evidence=None
    )  # fmt: skip
    if is_confirmed:
        representing.confirm_representation(clerk(), found, HERE, "户口簿")
    one.post(reverse("portal:apply", args=[ALLOWANCE]))
    draft = drafts.find(one.session["drafts"][-1])
    assert draft
    holds = drafts.held(draft)
    holds.person = {
        "name": "王小妹", "id_kind": "citizen", "id_number": ID, "phone": PHONE, "place": village(), "address": "",
    }  # fmt: skip
    holds.answers = filled(ALLOWANCE)
    drafts.keep(draft, holds)
    assert one.post(reverse("portal:apply_check", args=[draft.code])).status_code == 302
    matter = Matter.objects.get()
    assert (matter.facts["authority"], matter.facts["authority_is_unseen"]) == ("mandate", not is_confirmed)
    page = signed_in(hired("chuangkou", role="window_clerk", area=HERE, organ=HERE)).get(
        reverse("console:matter", args=[matter.id])
    )
    assert ("代办依据是否核验" in page.content.decode()) != is_confirmed
    assert ("核验代办依据" in page.content.decode()) != is_confirmed


def test_papers_given_once_are_offered_again_to_their_owner_only() -> None:
    one = browser()
    one.post(reverse("portal:my_consent"), {"yes": "1"})
    kept = str(uuid4())
    one.post(reverse("portal:apply", args=[SENIOR_CARD]))
    code = one.session["drafts"][-1]
    page = reverse("portal:apply_papers", args=[code])
    found = re.findall(
        r'name="([a-z_]+)"[^>]*type="file"|type="file"[^>]*name="([a-z_]+)"', one.get(page).content.decode()
    )
    if not found:
        pytest.fail("the item asks for no paper")
    material = next(filter(None, found[0]))
    belongings.remember(Resident.objects.get(), {}, {material: [kept]})
    assert f'value="{material}"' in one.get(page).content.decode()
    one.post(page, {"reuse": [material, "foreign"]})
    draft = drafts.find(code)
    assert draft
    assert drafts.held(draft).papers == {material: [kept]}


def test_a_clerk_confirms_at_the_window_and_nobody_else() -> None:
    resident = entered()
    page = reverse("console:confirm_resident")
    window = signed_in(hired("chuang", role="window_clerk", area=HERE, organ=HERE))
    given = {"person": "1", "p-contact": PHONE, "p-name": "王小妹", "p-id_kind": "citizen", "p-id_number": ID}
    assert window.post(page, {**given, "p-contact": "13911112222"}).status_code == 422
    assert window.post(page, {**given, "p-id_number": "1"}).status_code == 422
    assert window.post(page, given).status_code == 302
    assert Resident.objects.get(id=resident.id).confirmed_at
    other = {"other": "1", "r-contact": PHONE, "r-id_kind": "citizen", "r-id_number": ID, "r-shown": "户口簿"}
    assert window.post(page, other).status_code == 422
    representing.represent(
        resident, relation="parent", name="王宝", id_kind="citizen", id_number=ID, ends=None, evidence=None
    )
    assert window.post(page, other).status_code == 302
    stranger = signed_in(hired("lu", role="command_clerk", area=THERE, organ=THERE))
    assert stranger.get(page).status_code == 403


def test_who_came_by_single_sign_on_is_confirmed_at_the_window_by_a_spoken_code(
    settings: LazySettings,
) -> None:
    settings.YIMEN_OIDC = {
        "issuer": "https://sso.example.cn",
        "client_id": "y",
        "secret": "s",
        "label": "省网",
    }
    accounts.enter_with_subject("https://sso.example.cn 43", "李小弟")
    mine = Client()
    session = mine.session
    session["oidc_claims"] = {"subject": "https://sso.example.cn 42", "name": "王小妹"}
    session.save()
    mine.cookies["sessionid"] = session.session_key
    assert mine.post(reverse("portal:oidc_confirm")).status_code == 302
    resident = accounts.enter_with_subject("https://sso.example.cn 42", "")
    code = accounts.spoken_code(resident)
    assert code in mine.get(reverse("portal:mine")).content.decode()
    assert code in mine.get(reverse("portal:my_data")).content.decode()
    window = signed_in(hired("chuang", role="window_clerk", area=HERE, organ=HERE))
    page = reverse("console:confirm_resident")
    given = {"person": "1", "p-name": "王小妹", "p-id_kind": "citizen", "p-id_number": ID}
    assert window.post(page, {**given, "p-contact": "SSO-0000-0000-0000"}).status_code == 422
    assert window.post(page, {**given, "p-contact": code.lower().replace("-", " ")}).status_code == 302
    assert [r.id for r in Resident.objects.exclude(confirmed_at=None)] == [resident.id]
    representing.represent(
        resident, relation="parent", name="王宝", id_kind="citizen", id_number=ID, ends=None, evidence=None
    )
    other = {"other": "1", "r-contact": code, "r-id_kind": "citizen", "r-id_number": ID, "r-shown": "户口簿"}
    assert window.post(page, other).status_code == 302
    assert accounts.spoken_code(entered()) == ""


def test_a_representation_is_added_and_ended_on_the_page() -> None:
    one = browser()
    page = reverse("portal:represent")
    photo = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF")
    given = {
        "relation": "company",
        "name": "青石茶厂",
        "id_kind": "credit",
        "id_number": "91350211M000100Y46",
        "ends": "",
    }
    assert one.post(page, {**given, "id_number": "91350211M000100Y47"}).status_code == 422
    assert one.post(page, {**given, "evidence": photo}).status_code == 302
    found = representing.representations(Resident.objects.get()).get()
    assert found.evidence
    other = browser(contact="13800004444")
    assert other.post(reverse("portal:end_representation", args=[found.id])).status_code == 404
    assert one.post(reverse("portal:end_representation", args=[found.id])).status_code == 302
    assert not representing.representations(Resident.objects.get(id=found.resident_id)).exists()


@pytest.fixture
def provider() -> Iterator[str]:
    """A real OpenID provider, by somebody else, on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of its libraries
        from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread(port=0) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_single_sign_on_by_an_outside_provider(provider: str, settings: LazySettings) -> None:
    import requests

    settings.YIMEN_OIDC = {"issuer": provider, "client_id": "yimen", "secret": "s", "label": "省政务服务网"}
    requests.put(f"{provider}/users/wang", json={"name": "王小妹"}, timeout=5).raise_for_status()
    one = Client(headers={"host": "localhost"})
    assert "省政务服务网" in one.get(reverse("portal:my_sign_in")).content.decode()
    there = one.get(reverse("portal:oidc_leave"))["Location"]
    assert there.startswith(provider)
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[word][0]) >= 20 for word in ("state", "nonce", "code_challenge"))
    again = parse_qs(urlsplit(one.get(reverse("portal:oidc_leave"))["Location"]).query)
    assert all(again[word] != asked[word] for word in ("state", "nonce", "code_challenge"))
    answer = requests.post(there, data={"sub": "wang"}, allow_redirects=False, timeout=5)
    back = answer.headers["Location"].partition("localhost")[2]
    forged = Client(headers={"host": "localhost"}).get(back[back.index("/") :])
    assert forged.status_code == 502
    arrived = one.get(back[back.index("/") :])
    assert arrived["Location"] == reverse("portal:oidc_confirm")
    replayed = one.get(back[back.index("/") :])
    assert replayed.status_code == 502
    assert not Resident.objects.exists()
    assert "王小妹" in one.get(arrived["Location"]).content.decode()
    assert one.post(arrived["Location"])["Location"] == reverse("portal:mine")
    first = Resident.objects.get()
    assert accounts.enter_with_subject(first.subject, "").id == first.id


def test_single_sign_on_is_not_there_without_a_provider() -> None:
    assert Client().get(reverse("portal:oidc_leave")).status_code == 404
    assert Client().get(reverse("portal:oidc_confirm")).status_code == 302


def test_ids_of_others_open_nothing() -> None:
    one = browser()
    assert one.post(reverse("portal:end_representation", args=[UUID(int=7)])).status_code == 404
    assert one.get(reverse("portal:mine"), {"before": "x"}).status_code == 404


def test_whoever_enters_where_another_is_signed_in_finds_none_of_their_drafts() -> None:
    one = Client()
    one.post(reverse("portal:apply", args=[ALLOWANCE]))
    begun = one.session["drafts"]
    enter(one, PHONE)
    assert one.session["drafts"] == begun
    enter(one, PHONE)
    assert one.session["drafts"] == begun
    enter(one, "13800000077")
    assert one.session["drafts"] == []
    assert one.get(reverse("portal:apply_person", args=begun))["Location"] == reverse("portal:resume")
