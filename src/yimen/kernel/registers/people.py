"""Registering people, appointing them to posts, and saying who stands in. What was true stays readable as of any day."""

import json
import re
from datetime import date
from uuid import UUID

from django.db.models import Q
from psycopg.types.range import DateRange

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import decide
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.models import (
    Absence,
    Appointment,
    Grid,
    OfficerCertificate,
    Organ,
    Person,
    Post,
    Substitution,
)
from yimen.kernel.org.post_kinds import POST_KINDS
from yimen.kernel.registers.acts import name_in_english, named, note, period, permit, phone_number, stream_of
from yimen.kernel.sealing import masked, seal, unseal
from yimen.kernel.words import Refusal

PRIVACY = "个人信息保护法 第六条、第二十八条"
CERTIFICATES = "行政处罚法 第四十二条"


def register_person(actor: Actor, *, name: str, phone: str = "") -> Person:
    """Enter a person; the telephone number is sealed and shown masked."""
    permit(actor, KernelPermission.PEOPLE_MANAGE, current_county().code)
    tidy, at = named(name, "name"), now()
    number = phone_number(phone)
    person = Person(
        id=uuid7(at),
        name=tidy,
        phone_masked=masked(number) if number else "",
        private=seal(json.dumps({"phone": number}).encode()) if number else None,
    )
    with one_act():
        person.save(force_insert=True)
        note(actor, person.id, "register_person", at, name=tidy)
    return person


def correct_person(actor: Actor, *, person_id: UUID, name: str, phone: str = "") -> None:
    """Correct a name or a telephone number; an empty number leaves it as it was."""
    permit(actor, KernelPermission.PEOPLE_MANAGE, current_county().code)
    tidy, number, at = named(name, "name"), phone_number(phone), now()
    with one_act():
        person = _locked(person_id)
        before = person.name
        person.name = tidy
        if number:
            known = json.loads(unseal(bytes(person.private))) if person.private else {}
            person.private = seal(json.dumps({**known, "phone": number}).encode())
            person.phone_masked = masked(number)
        person.save()
        note(actor, person_id, "correct_person", at, was=before, name=tidy, phone=bool(number) or None)


def reveal_person(actor: Actor, *, person_id: UUID, reason: str) -> dict[str, str]:
    """The person's sealed data; the look enters the ledger with its reason."""
    posts = Organ.objects.filter(
        posts__appointments__person_id=person_id, posts__appointments__valid__contains=today()
    )
    places = {current_county().code, *posts.values_list("place_code", flat=True)}
    refused = [
        finding for place in places if (finding := decide(actor, KernelPermission.PEOPLE_REVEAL, area=place))
    ]
    if len(refused) == len(places):
        raise Refusal(refused[0])
    why = named(reason, "reason", 200)
    with one_act():
        person = _locked(person_id)
        note(actor, person_id, "reveal_person", now(), PRIVACY, reason=why)
    return dict(json.loads(unseal(bytes(person.private)))) if person.private else {}


def _locked(person_id: UUID) -> Person:
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise Refusal.of("person.unknown", "没有这个人。", "There is no such person.", field="person")
    return person


def open_post(
    actor: Actor,
    *,
    code: str,
    organ_code: str,
    name: str,
    kind: str,
    since: date,
    name_en: str = "",
    grid_code: str = "",
    duty_phone: str = "",
) -> Post:
    """Set up a post of an organ, perhaps for one grid in the place that the organ serves."""
    organ = Organ.objects.filter(code=organ_code, valid__contains=since).first()
    if organ is None:
        raise Refusal.of(
            "post.organ", "那天没有这个单位。", "That organ does not exist on that day.", field="organ"
        )
    permit(actor, KernelPermission.ORGANS_MANAGE, organ.place_code)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{2,39}", code):
        raise Refusal.of(
            "post.code",
            "编码用 3 至 40 个小写字母、数字和连字符。",
            "3 to 40 small letters, digits and hyphens.",
            field="code",
        )
    if kind not in POST_KINDS:
        raise Refusal.of("post.kind", "没有这个岗位类别。", "There is no such kind of post.", field="kind")
    if grid_code and not _grid_of(organ, grid_code, since):
        raise Refusal.of(
            "post.grid",
            "那天这个单位服务的地方没有这个网格。",
            "On that day there is no such grid in the place that the organ serves.",
            field="grid_code",
        )
    post = Post(
        code=code,
        organ=organ,
        name=named(name, "name"),
        name_en=name_in_english(name_en),
        kind=kind,
        grid_code=grid_code,
        duty_phone=phone_number(duty_phone, "duty_phone"),
        valid=period(since, None),
    )
    if Post.objects.filter(code=code).exists():
        raise Refusal.of("post.known", "这个编码已经用过。", "That code is in use.", field="code")
    with one_act():
        post.save(force_insert=True)
        note(
            actor, stream_of("post", code), "open_post", now(),
            organ=organ_code, name=post.name, name_en=post.name_en or None, kind=kind, grid=grid_code or None, since=str(since),
        )  # fmt: skip
    return post


def _grid_of(organ: Organ, grid_code: str, on: date) -> bool:
    """Whether the grid exists on the day in the county, township or village that the organ serves."""
    place = organ.place_code
    prefix = place[:6] if place.endswith("000000") else place[:9] if place.endswith("000") else place
    return grid_code.startswith(prefix) and Grid.objects.filter(code=grid_code, valid__contains=on).exists()


def set_post_phone(actor: Actor, *, code: str, duty_phone: str) -> None:
    """Set the number at which residents reach whoever is in the post; it is published, so it is never a private one."""
    post = Post.objects.select_related("organ").filter(code=code, valid__contains=today()).first()
    if post is None:
        raise Refusal.of("post.unknown", "没有这个岗位。", "There is no such post.", field="post")
    permit(actor, KernelPermission.ORGANS_MANAGE, post.organ.place_code)
    number = phone_number(duty_phone, "duty_phone")
    with one_act():
        Post.objects.filter(code=code).update(duty_phone=number)
        note(actor, stream_of("post", code), "set_post_phone", now(), was=post.duty_phone, duty_phone=number)


def call_post(actor: Actor, *, code: str, name_en: str) -> None:
    """Set a post's English name; an empty one leaves the Chinese name on English screens."""
    post = Post.objects.select_related("organ").filter(code=code, valid__contains=today()).first()
    if post is None:
        raise Refusal.of("post.unknown", "没有这个岗位。", "There is no such post.", field="post")
    permit(actor, KernelPermission.ORGANS_MANAGE, post.organ.place_code)
    said = name_in_english(name_en)
    with one_act():
        Post.objects.filter(code=code).update(name_en=said)
        note(actor, stream_of("post", code), "call_post", now(), was=post.name_en, name_en=said)


def close_post(actor: Actor, *, code: str, on: date) -> None:
    """End a post, with every appointment to it, from a day on."""
    post = Post.objects.select_related("organ").filter(code=code, valid__contains=on).first()
    if post is None:
        raise Refusal.of(
            "post.unknown", "那天没有这个岗位。", "That post does not exist on that day.", field="post"
        )
    permit(actor, KernelPermission.ORGANS_MANAGE, post.organ.place_code)
    period(post.valid.lower, on)
    with one_act():
        outlasting = Q(valid__endswith=None) | Q(valid__endswith__gt=on)
        for appointment in Appointment.objects.filter(outlasting, post_id=code, valid__isempty=False):
            _end(actor, appointment, on, "post closed")
        Post.objects.filter(code=code).update(valid=DateRange(post.valid.lower, on))
        note(actor, stream_of("post", code), "close_post", now(), on=str(on))


def appoint(
    actor: Actor, *, person_id: UUID, post_code: str, since: date, until: date | None = None
) -> Appointment:
    """Put a person into a post from a day on."""
    post = Post.objects.select_related("organ").filter(code=post_code, valid__contains=since).first()
    if post is None:
        raise Refusal.of(
            "post.unknown", "那天没有这个岗位。", "That post does not exist on that day.", field="post"
        )
    permit(actor, KernelPermission.PEOPLE_MANAGE, post.organ.place_code)
    closes = post.valid.upper
    if closes is not None and (until is None or until > closes):
        raise Refusal.of(
            "appointment.outlasts_post", f"这个岗位到 {closes} 为止，任职不能更长。",
            f"The post ends on {closes}; an appointment cannot outlast it.", field="until",
        )  # fmt: skip
    at = now()
    appointment = Appointment(id=uuid7(at), person_id=person_id, post=post, valid=period(since, until))
    with one_act():
        _locked(person_id)
        appointment.save(force_insert=True)
        note(
            actor, person_id, "appoint", at,
            post=post_code, since=str(since), until=str(until) if until else None, appointment=str(appointment.id),
        )  # fmt: skip
    return appointment


def end_appointment(actor: Actor, *, appointment_id: UUID, on: date, reason: str) -> None:
    """The person leaves the post: `on` is the first day on which it is no longer held."""
    appointment = _appointment(actor, appointment_id, on, may_lie_ahead=True)
    why = named(reason, "reason", 200)
    with one_act():
        _end(actor, appointment, on, why)


def hand_over(actor: Actor, *, appointment_id: UUID, person_id: UUID, on: date, reason: str) -> Appointment:
    """Another person takes the post over: the one before leaves on the day the successor begins, in one act."""
    before = _appointment(actor, appointment_id, on)
    if before.person_id == person_id:
        raise Refusal.of(
            "appointment.same_person", "交接要换一个人。", "A post is handed over to somebody else.",
            field="person_id",
        )  # fmt: skip
    with one_act():
        end_appointment(actor, appointment_id=appointment_id, on=on, reason=reason)
        return appoint(
            actor, person_id=person_id, post_code=before.post_id, since=on, until=before.post.valid.upper
        )


def note_absence(actor: Actor, *, person_id: UUID, since: date, until: date, reason: str) -> Absence:
    """Enter that somebody is away; who stands in at each post is said by `stand_in`."""
    permit(actor, KernelPermission.PEOPLE_MANAGE, current_county().code)
    at = now()
    row = Absence(
        id=uuid7(at), person_id=person_id, reason=named(reason, "reason", 200), valid=period(since, until)
    )
    with one_act():
        _locked(person_id)
        row.save(force_insert=True)
        note(actor, person_id, "note_absence", at, since=str(since), until=str(until), reason=row.reason)
    return row


def _appointment(actor: Actor, appointment_id: UUID, on: date, *, may_lie_ahead: bool = False) -> Appointment:
    """An appointment that holds on the day (or begins after it), if the actor may change it."""
    found = (
        Appointment.objects.select_related("post__organ")
        .filter(id=appointment_id, valid__isempty=False)
        .first()
    )
    ended = found is None or (found.valid.upper is not None and found.valid.upper <= on)
    if found is None or ended or (found.valid.lower > on and not may_lie_ahead):
        raise Refusal.of(
            "appointment.unknown",
            "那天没有这项任职。",
            "There is no such appointment on that day.",
            field="appointment",
        )
    permit(actor, KernelPermission.PEOPLE_MANAGE, found.post.organ.place_code)
    return found


def _end(actor: Actor, appointment: Appointment, on: date, reason: str) -> None:
    """Shorten an appointment; one that has not begun becomes void. A stand-in that outlasts it stands in for nobody.

    The person's chain keeps the period as it was.
    """
    was = appointment.valid
    valid = DateRange(empty=True) if was.lower >= on else DateRange(was.lower, on)
    Appointment.objects.filter(id=appointment.id).update(valid=valid)
    note(
        actor, appointment.person_id, "end_appointment", now(),
        post=appointment.post_id, on=str(on), reason=reason, appointment=str(appointment.id),
        was=[str(was.lower), str(was.upper) if was.upper else None],
    )  # fmt: skip


def stand_in(
    actor: Actor, *, appointment_id: UUID, substitute_id: UUID, since: date, until: date, reason: str
) -> Substitution:
    """Say who stands in during an absence; a person does not stand in for oneself."""
    appointment = _appointment(actor, appointment_id, since)
    why, at = named(reason, "reason", 200), now()
    if substitute_id == appointment.person_id:
        raise Refusal.of(
            "substitute.oneself", "不能由本人顶岗。", "Nobody stands in for oneself.", field="substitute"
        )
    row = Substitution(
        id=uuid7(at),
        appointment=appointment,
        substitute_id=substitute_id,
        reason=why,
        valid=period(since, until),
    )
    with one_act():
        _locked(substitute_id)
        row.save(force_insert=True)
        note(
            actor, appointment.person_id, "stand_in", at,
            post=appointment.post_id, substitute=str(substitute_id), since=str(since), until=str(until), reason=why,
        )  # fmt: skip
    return row


def add_certificate(
    actor: Actor, *, person_id: UUID, number: str, issuer: str, since: date, until: date
) -> OfficerCertificate:
    """Enter an enforcement certificate with the period for which it is valid."""
    permit(actor, KernelPermission.PEOPLE_MANAGE, current_county().code)
    row = OfficerCertificate(
        number=named(number, "number", 40),
        person_id=person_id,
        issuer=named(issuer, "issuer"),
        valid=period(since, until),
    )
    if OfficerCertificate.objects.filter(number=row.number).exists():
        raise Refusal.of(
            "certificate.known", "这个证号已经登记。", "That number is registered.", field="number"
        )
    with one_act():
        _locked(person_id)
        row.save(force_insert=True)
        note(
            actor, person_id, "add_certificate", now(), CERTIFICATES,
            number=row.number, issuer=row.issuer, since=str(since), until=str(until),
        )  # fmt: skip
    return row


def withdraw_certificate(actor: Actor, *, person_id: UUID, number: str, on: date, reason: str) -> None:
    """End an enforcement certificate before its time, from a day on; what was done under it until then stands."""
    permit(actor, KernelPermission.PEOPLE_MANAGE, current_county().code)
    why = named(reason, "reason", 200)
    with one_act():
        found = (
            OfficerCertificate.objects.select_for_update().filter(person_id=person_id, number=number).first()
        )
        if found is None:
            raise Refusal.of("certificate.unknown", "没有这个证号。", "There is no such certificate.")
        if found.withdrawn_on is not None:
            raise Refusal.of(
                "certificate.withdrawn", f"这个证已自 {found.withdrawn_on} 起收回。",
                f"It was withdrawn from {found.withdrawn_on} on.",
            )  # fmt: skip
        if on not in found.valid:
            raise Refusal.of(
                "certificate.period",
                f"收回的日期要在有效期内（{found.valid.lower} 至 {found.valid.upper}，不含末日）。",
                f"Withdraw it on a day on which it is valid ({found.valid.lower} until {found.valid.upper}).",
                field="on",
            )
        found.withdrawn_on, found.withdrawal_reason = on, why
        found.save(update_fields=["withdrawn_on", "withdrawal_reason"])
        note(
            actor,
            person_id,
            "withdraw_certificate",
            now(),
            CERTIFICATES,
            number=number,
            on=str(on),
            reason=why,
        )


def all_certificates_of(person_id: UUID) -> list[OfficerCertificate]:
    """All enforcement certificates of a person, ended, withdrawn and valid ones, the latest first."""
    rows = OfficerCertificate.objects.filter(person_id=person_id)
    return sorted(rows, key=lambda c: (c.valid.lower, c.number), reverse=True)


def appointments_of(person_id: UUID) -> list[Appointment]:
    """All appointments of a person, past and to come, the latest first."""
    rows = Appointment.objects.filter(person_id=person_id, valid__isempty=False).select_related("post__organ")
    return sorted(rows, key=lambda a: (a.valid.lower, a.post_id), reverse=True)


def is_over(appointment: Appointment) -> bool:
    """Whether an appointment has ended by today."""
    return appointment.valid.upper is not None and appointment.valid.upper <= today()
