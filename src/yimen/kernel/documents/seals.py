"""The register of seals: one for each organ at a time, kept by one person at a time; each use is in its chain.

A new seal ends those it replaces on the day it begins (国发〔1999〕25号 二十一: 旧印章停止使用). Acts on it are for who may
manage seals; what is sealed under it is the house's work, on the act of an officer, answered for by its custodian.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import F, Q, QuerySet
from psycopg.types.range import DateRange

from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import address, current_county
from yimen.kernel.documents import keys
from yimen.kernel.documents.models import Custody, OfficialSeal
from yimen.kernel.ids import uuid7
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Organ, Person
from yimen.kernel.registers.acts import named, note, period, permit, until
from yimen.kernel.words import Refusal

LAW = "国发〔1999〕25号 二十一、二十四"
ONE_SEAL = "关于推进基层整合审批服务执法力量的实施意见 一：一枚印章管审批（服务）"
CONCENTRATED = f"行政许可法 第二十五条；{ONE_SEAL}"
"""Where it stands for other organs' seals: that one organ exercises their permit powers is what this article allows."""
LIST_PATH = "/official-seals/revoked.crl"


@dataclass(frozen=True, slots=True)
class NewSeal:
    """A seal to be made. `replaces` are seals that end on the day it begins; `key` is PKCS#12, empty for one of our own."""

    organ_code: str
    words: str
    purpose: str
    number_word: str
    basis: str
    custodian: UUID
    since: date
    replaces: Sequence[UUID] = ()
    key: bytes = b""
    password: str = ""


def make_seal(actor: Actor, given: NewSeal) -> OfficialSeal:
    """Register a seal with its custodian; those it replaces end that day. Raises `Refusal`."""
    organ = Organ.objects.filter(code=given.organ_code, valid__contains=given.since).first()
    if organ is None:
        raise Refusal.of("seal.organ", "没有这个机构，或它那天还没有设立。", "There is no such organ on that day.", field="organ_code")  # fmt: skip
    permit(actor, KernelPermission.SEALS_MANAGE, _area(organ))
    at = now()
    row = OfficialSeal(
        id=uuid7(at), organ_code=organ.code, words=named(given.words, "words", 20), purpose=_purpose(given.purpose),
        number_word=named(given.number_word, "number_word", 8), basis=named(given.basis, "basis", 120),
        valid=period(given.since, None),
    )  # fmt: skip
    _refuse_another_organs_word(row)
    replaced = list(OfficialSeal.objects.filter(id__in=given.replaces, valid__contains=given.since))
    if len(replaced) != len(set(given.replaces)):
        raise Refusal.of("seal.replaces", "要替换的印章里有已经停用的。", "A seal to be replaced has ended already.", field="replaces")  # fmt: skip
    if given.key:
        row.certificate = keys.take_key(row.id, given.key, given.password)
    else:
        row.certificate = keys.certify(row.id, row.words, row.purpose, address() + LIST_PATH)
    row.fingerprint = keys.fingerprint(row.certificate)
    if OfficialSeal.objects.filter(fingerprint=row.fingerprint).exists():
        raise Refusal.of("seal.key", "这个密钥已经用于另一枚印章。", "This key belongs to another seal.", field="key")  # fmt: skip
    with one_act():
        for old in replaced:
            permit(actor, KernelPermission.SEALS_MANAGE, _area(Organ.objects.get(code=old.organ_code)))
            _end(actor, old, given.since, f"由“{row.words}{row.purpose}”替换", at)
        row.save(force_insert=True)
        note(
            actor, row.id, "make_seal", at, _law_of(row, replaced), organ=organ.code, words=row.words, purpose=row.purpose,
            basis=row.basis, certificate=row.fingerprint, since=str(given.since),
            replaces=[f"{o.words}{o.purpose}" for o in replaced] or None,
        )  # fmt: skip
        _entrust(actor, row, given.custodian, given.since, at)
    return row


def _law_of(made: OfficialSeal, replaced: Sequence[OfficialSeal]) -> str:
    if any(old.organ_code != made.organ_code for old in replaced):
        return CONCENTRATED
    return ONE_SEAL if replaced else LAW


def _refuse_another_organs_word(seal: OfficialSeal) -> None:
    """Two organs that number under one word would give two documents one number: the second could never be sealed."""
    if OfficialSeal.objects.filter(number_word=seal.number_word).exclude(organ_code=seal.organ_code).exists():
        raise Refusal.of(
            "seal.number_word", "另一个机关在用这个发文代字，文号会重复，请另写一个。",
            "Another organ numbers its documents under this word: choose another.", field="number_word",
        )  # fmt: skip


def _area(organ: Organ) -> str:
    """The place whose holder of the permission may manage an organ's seal."""
    return organ.place_code or current_county().code


def _purpose(typed: str) -> str:
    return named(typed, "purpose", 12) if typed.strip() else ""


def hand_over(actor: Actor, seal: OfficialSeal, person_id: UUID, since: date) -> None:
    """Entrust a seal to another person from a day on."""
    permit(actor, KernelPermission.SEALS_MANAGE, _area(Organ.objects.get(code=seal.organ_code)))
    if not (seal.valid.lower <= since and (seal.valid.upper is None or since < seal.valid.upper)):
        raise Refusal.of("seal.since", "那天这枚印章不在使用期内。", "The seal is not in use on that day.", field="since")  # fmt: skip
    with one_act():
        _entrust(actor, seal, person_id, since, now())


def _entrust(actor: Actor, seal: OfficialSeal, person_id: UUID, since: date, at: datetime) -> None:
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise Refusal.of("seal.custodian", "请选择保管人。", "Choose who keeps it.", field="custodian")
    before = Custody.objects.select_for_update().filter(seal=seal, valid__endswith=None).first()
    if before is not None:
        if since <= before.valid.lower:
            raise Refusal.of(
                "seal.since", f"{before.valid.lower} 起已有保管人，交接要晚于那天。",
                f"Somebody keeps it since {before.valid.lower}; hand over on a later day.", field="since",
            )  # fmt: skip
        Custody.objects.filter(id=before.id).update(valid=until(since))
    Custody.objects.create(id=uuid7(at), seal=seal, person_id=person.id, valid=DateRange(since, None))
    note(actor, seal.id, "entrust_seal", at, LAW, person=str(person.id), name=person.name, since=str(since))


def end_seal(actor: Actor, seal: OfficialSeal, on: date, reason: str) -> None:
    """Disable a seal from a day on, today at the earliest: what bears it stays, nothing more is sealed under it."""
    permit(actor, KernelPermission.SEALS_MANAGE, _area(Organ.objects.get(code=seal.organ_code)))
    if on < today():
        raise Refusal.of("seal.on", "不能倒填停用日期。", "The day may not lie in the past.", field="on")
    with one_act():
        _end(actor, seal, on, named(reason, "reason", 200), now())


def _end(actor: Actor, seal: OfficialSeal, on: date, reason: str, at: datetime) -> None:
    if seal.valid.upper is not None:
        raise Refusal.of(
            "seal.ended", "这枚印章已经定了停用日期。", "This seal has an end already.", field="on"
        )
    if on <= seal.valid.lower:
        raise Refusal.of("seal.on", f"这枚印章 {seal.valid.lower} 启用，停用要晚于那天。", f"It begins on {seal.valid.lower}; end it later.", field="on")  # fmt: skip
    OfficialSeal.objects.filter(id=seal.id).update(valid=until(on), ended_because=reason)
    Custody.objects.filter(seal=seal, valid__endswith=None).update(valid=until(on))
    note(actor, seal.id, "end_seal", at, LAW, on=str(on), reason=reason)


def seals(actor: Actor) -> QuerySet[OfficialSeal]:
    """The seals of the organs in the places where the actor may see them, those in use first."""
    seen = Q(pk__in=[])
    for area, _organ in areas(actor, KernelPermission.SEALS_READ):
        seen |= Q(organ_code__in=Organ.objects.filter(place_code__startswith=area).values("code"))
    return OfficialSeal.objects.filter(seen).order_by(F("valid__endswith").desc(nulls_first=True), "id")


def seals_in_use(on: date) -> QuerySet[OfficialSeal]:
    """The seals in force on a day that somebody keeps on that day."""
    return OfficialSeal.objects.filter(valid__contains=on, custodies__valid__contains=on)


def custodian_on(seal: OfficialSeal, on: date) -> str:
    """The name of who keeps a seal on a day; empty for nobody."""
    return custodians_on([seal], on).get(seal.id, "")


def custodians_on(of: Sequence[OfficialSeal], on: date) -> dict[UUID, str]:
    """Seal → the name of who keeps it on a day."""
    rows = Custody.objects.filter(seal__in=of, valid__contains=on).values_list("seal_id", "person_id")
    keepers = dict(rows)
    names = dict(Person.objects.filter(id__in=set(keepers.values())).values_list("id", "name"))
    return {seal: names[person] for seal, person in keepers.items()}


def log_of(seal: OfficialSeal, before: int | None = None, most: int = 50) -> list[Entry]:
    """The seal's chain, the newest first: made, entrusted, each use, ended."""
    entries = Entry.objects.filter(stream=seal.id)
    return list((entries.filter(seq__lt=before) if before else entries).order_by("-seq")[:most])


def revoked_certificates() -> bytes:
    """The published list (DER) of the certificates of seals that have ended."""
    ended = OfficialSeal.objects.filter(valid__endswith__lte=today()).order_by("id")
    return keys.revocation_list(
        (s.certificate, datetime.combine(s.valid.upper, time.min, LOCAL_ZONE)) for s in ended
    )
