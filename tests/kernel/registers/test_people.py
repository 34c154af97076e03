"""People, posts and stand-ins: what was true stays readable, what cannot be is refused, every act has its entry."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.utils import translation

from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.queries import heads
from yimen.kernel.org.models import OfficerCertificate, Person, Post
from yimen.kernel.org.queries import certificates_of, holders, organ_names, post_names
from yimen.kernel.registers import organs, people
from yimen.kernel.registers.acts import stream_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")

COUNTY = "339901"
EVERY = frozenset(KernelPermission)


def keeper(area: str = COUNTY, *permissions: KernelPermission) -> Actor:
    """Somebody who keeps the registers of an area."""
    may = frozenset(permissions) or EVERY
    return Actor("staff", uuid4(), uuid4(), "登记员", "p", "command", (Grant(may, area),), second_factor=True)


def a_post(code: str = "urban-new-1", since: date = date(2026, 1, 1)) -> Post:
    """A post in the county's enforcement bureau."""
    return people.open_post(keeper(), code=code, organ_code="urban", name="科员", kind="staff", since=since)


def a_person(name: str = "马小登", phone: str = "13900001111") -> Person:
    """Somebody registered."""
    return people.register_person(keeper(), name=name, phone=phone)


def test_a_person_is_registered_with_the_number_sealed_and_masked() -> None:
    person = a_person()
    kept = Person.objects.get(id=person.id)
    assert kept.phone_masked == "139****1111"
    assert b"13900001111" not in bytes(kept.private or b"")
    entry = Entry.objects.get(stream=person.id)
    assert entry.act == "register_person"
    assert "13900001111" not in entry.payload


def test_a_look_at_somebodys_number_leaves_an_entry_with_the_reason() -> None:
    person = a_person()
    assert people.reveal_person(keeper(), person_id=person.id, reason="联系到场")["phone"] == "13900001111"
    assert "联系到场" in Entry.objects.filter(stream=person.id).latest("seq").payload
    with pytest.raises(Refusal):
        people.reveal_person(keeper(), person_id=person.id, reason=" ")
    with pytest.raises(Refusal):
        people.reveal_person(keeper(COUNTY, KernelPermission.PEOPLE_READ), person_id=person.id, reason="好奇")


def test_an_appointment_holds_from_its_first_day_until_the_day_it_is_ended() -> None:
    post, person = a_post(), a_person()
    held = people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 3, 1))
    people.end_appointment(keeper(), appointment_id=held.id, on=date(2026, 9, 1), reason="调离")

    def who(on: date) -> list[str]:
        return [h.person.name for h in holders(on, code=post.code)]

    assert who(date(2026, 2, 28)) == []
    assert who(date(2026, 3, 1)) == who(date(2026, 8, 31)) == ["马小登"]
    assert who(date(2026, 9, 1)) == []
    acts = list(Entry.objects.filter(stream=person.id).order_by("seq").values_list("act", flat=True))
    assert acts == ["register_person", "appoint", "end_appointment"]


def test_a_post_and_an_organ_are_called_by_their_english_names_on_english_screens_only() -> None:
    post = a_post()
    assert post.called == ("科员", "科员")
    people.call_post(keeper(), code=post.code, name_en="  Officer ")
    organs.call_organ(keeper(), code="urban", name_en="Enforcement")
    kept = Post.objects.select_related("organ").get(code=post.code)
    assert (kept.called, kept.organ.called.en) == (("科员", "Officer"), "Enforcement")
    assert post_names([post.code]) == {post.code: "科员"}
    with translation.override("en"):
        assert post_names([post.code]) == {post.code: "Officer"}
        assert organ_names(today())["urban"] == "Enforcement"
    entry = Entry.objects.filter(stream=stream_of("post", post.code)).latest("seq")
    assert (entry.act, orjson.loads(entry.payload)) == ("call_post", {"was": "", "name_en": "Officer"})
    with pytest.raises(Refusal):
        people.call_post(keeper(COUNTY, KernelPermission.PEOPLE_READ), code=post.code, name_en="X")
    with pytest.raises(Refusal):
        organs.call_organ(keeper(), code="nobody", name_en="X")
    people.call_post(keeper(), code=post.code, name_en="")
    assert Post.objects.get(code=post.code).called.en == "科员"


def test_the_same_person_is_not_appointed_twice_to_a_post_at_a_time() -> None:
    post, person = a_post(), a_person()
    people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 3, 1))
    with pytest.raises(Refusal) as refused:
        people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 4, 1))
    assert refused.value.code == "appointment_once_at_a_time"
    assert "这个人" in refused.value.sentence.zh
    assert Entry.objects.filter(stream=person.id).count() == 2


def test_a_stand_in_answers_during_the_absence_and_not_after() -> None:
    post, person, other = a_post(), a_person(), a_person("常顶岗", "")
    held = people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 3, 1))
    with pytest.raises(Refusal) as refused:
        people.stand_in(
            keeper(),
            appointment_id=held.id,
            substitute_id=person.id,
            since=today(),
            until=today() + timedelta(9),
            reason="休假",
        )
    assert refused.value.code == "substitute.oneself"
    people.stand_in(
        keeper(),
        appointment_id=held.id,
        substitute_id=other.id,
        since=date(2026, 5, 1),
        until=date(2026, 5, 8),
        reason="休假",
    )
    answering = [holders(date(2026, 5, day), code=post.code)[0] for day in (1, 7, 8)]
    assert [h.person.name for h in answering] == ["常顶岗", "常顶岗", "马小登"]
    assert answering[0].standing_in_for == person


def test_closing_a_post_ends_what_is_held() -> None:
    post, person = a_post(), a_person()
    never = people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2027, 1, 1))
    people.end_appointment(keeper(), appointment_id=never.id, on=date(2026, 12, 1), reason="没有到任")
    people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 3, 1))
    people.close_post(keeper(), code=post.code, on=date(2026, 10, 1))
    assert holders(date(2026, 10, 1), code=post.code) == []
    assert len(holders(date(2026, 9, 30), code=post.code)) == 1
    assert Entry.objects.filter(stream=stream_of("post", post.code)).count() == 2


def test_the_chain_of_a_person_keeps_the_period_that_a_closed_post_cut_short() -> None:
    post, person = a_post(), a_person()
    ahead = people.appoint(
        keeper(), person_id=person.id, post_code=post.code, since=date(2027, 1, 1), until=date(2028, 1, 1)
    )
    people.close_post(keeper(), code=post.code, on=date(2026, 10, 1))
    ended = Entry.objects.filter(stream=person.id, act="end_appointment").get()
    said = orjson.loads(ended.payload)
    assert (said["appointment"], said["was"]) == (str(ahead.id), ["2027-01-01", "2028-01-01"])


@pytest.mark.parametrize(
    ("since", "until", "ok"),
    [
        (date(2026, 1, 1), None, True),
        (date(2026, 1, 1), date(2026, 1, 1), False),
        (date(2026, 1, 2), date(2026, 1, 1), False),
        (date(1, 1, 1), None, False),
        (date(9999, 12, 31), None, False),
    ],
)
def test_absurd_periods_are_refused(since: date, until: date | None, ok: bool) -> None:
    post, person = a_post(since=date(2020, 1, 1)), a_person()
    if ok:
        people.appoint(keeper(), person_id=person.id, post_code=post.code, since=since, until=until)
        return
    with pytest.raises(Refusal):
        people.appoint(keeper(), person_id=person.id, post_code=post.code, since=since, until=until)
    assert Entry.objects.filter(stream=person.id).count() == 1


@pytest.mark.parametrize("name", ["", "  ", "名" * 61, "a\x00b", "行\n行"])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        people.register_person(keeper(), name=name)


@pytest.mark.parametrize("phone", ["abc", "<b>1</b>", "12", "1" * 40, "13900001111; DROP TABLE"])
def test_a_number_that_is_none_is_refused(phone: str) -> None:
    with pytest.raises(Refusal):
        people.register_person(keeper(), name="某人", phone=phone)


def test_who_keeps_one_township_changes_nothing_elsewhere() -> None:
    post, person = a_post(), a_person()
    local = keeper("339901100")
    for attempt in (
        lambda: people.appoint(local, person_id=person.id, post_code=post.code, since=today()),
        lambda: people.register_person(local, name="某人"),
        lambda: people.close_post(local, code=post.code, on=today()),
        lambda: organs.set_hours(local, organ_code="urban", spans="9:00-12:00", source="x", since=today()),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "access.elsewhere"


def test_after_all_acts_the_ledger_is_whole() -> None:
    post, person = a_post(), a_person()
    held = people.appoint(keeper(), person_id=person.id, post_code=post.code, since=date(2026, 3, 1))
    people.correct_person(keeper(), person_id=person.id, name="马晓登")
    people.add_certificate(
        keeper(),
        person_id=person.id,
        number="浙G0001",
        issuer="司法局",
        since=date(2026, 1, 1),
        until=date(2031, 1, 1),
    )
    people.withdraw_certificate(
        keeper(), person_id=person.id, number="浙G0001", on=date(2026, 10, 1), reason="调离执法岗位"
    )
    people.end_appointment(keeper(), appointment_id=held.id, on=today(), reason="退休")
    assert verify_county(heads=heads()).ok


def a_certificate(person: Person, number: str = "浙G0002") -> OfficerCertificate:
    """Valid for the years 2026 to 2030."""
    period = {"since": date(2026, 1, 1), "until": date(2031, 1, 1)}
    return people.add_certificate(keeper(), person_id=person.id, number=number, issuer="司法局", **period)


def test_a_withdrawn_certificate_is_valid_until_the_day_and_not_from_it_on() -> None:
    person = a_person()
    held = a_certificate(person)
    people.withdraw_certificate(
        keeper(), person_id=person.id, number=held.number, on=date(2026, 10, 1), reason="调离执法岗位"
    )

    def valid(on: date) -> list[str]:
        return [c.number for c in certificates_of(person.id, on)]

    assert valid(date(2025, 12, 31)) == []
    assert valid(date(2026, 1, 1)) == valid(date(2026, 9, 30)) == [held.number]
    assert valid(date(2026, 10, 1)) == valid(date(2030, 12, 31)) == []
    entry = Entry.objects.filter(stream=person.id).latest("seq")
    assert entry.act == "withdraw_certificate"
    assert "行政处罚法" in entry.law
    assert orjson.loads(entry.payload) == {
        "number": held.number, "on": "2026-10-01", "reason": "调离执法岗位"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": date(2025, 12, 31)}, "certificate.period"),
        ({"on": date(2031, 1, 1)}, "certificate.period"),
        ({"number": "浙G9999"}, "certificate.unknown"),
        ({"person_id": uuid4()}, "certificate.unknown"),
        ({"reason": "  "}, "register.words"),
    ],
)
def test_a_certificate_is_withdrawn_once_on_a_day_of_its_own_and_for_a_reason(
    change: dict[str, Any], code: str
) -> None:
    person = a_person()
    held = a_certificate(person)
    right: dict[str, Any] = {
        "person_id": person.id,
        "number": held.number,
        "on": date(2026, 10, 1),
        "reason": "停职",
    }
    with pytest.raises(Refusal) as refused:
        people.withdraw_certificate(keeper(), **{**right, **change})
    assert refused.value.code == code
    with pytest.raises(Refusal):
        people.withdraw_certificate(keeper(COUNTY, KernelPermission.PEOPLE_READ), **right)
    people.withdraw_certificate(keeper(), **right)
    with pytest.raises(Refusal) as twice:
        people.withdraw_certificate(keeper(), **right)
    assert twice.value.code == "certificate.withdrawn"
