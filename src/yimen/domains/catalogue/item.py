"""A service item, with the fields of the national implementing list (政务服务事项实施清单, GB/T 39554.1).

Pure values, the same for guide, form, counter and procedure: what the resident reads is what the clerk checks.
The names of the files under `data/items` are these names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from yimen.kernel.words import Text

PERMIT = "01"
"""The code of 行政许可 among the types of power."""


class Field(StrEnum):
    """The fields of work a township serves; the first nine are named by the policy of 2019."""

    EMPLOYMENT = "employment"
    MEDICAL = "medical"
    PROPERTY = "property"
    RELIEF = "relief"
    HOUSEHOLD = "household"
    BUILDING = "building"
    DILAPIDATED = "dilapidated"
    HERITAGE = "heritage"
    WATER = "water"
    PARTY = "party"
    REVITALISATION = "revitalisation"
    AGED = "aged"
    DISABILITY = "disability"
    FAMILY = "family"
    MACHINERY = "machinery"


class Kind(StrEnum):
    """办件类型: decided at the counter, or within a promised time."""

    INSTANT = "instant"
    PROMISED = "promised"


class Inquiry(StrEnum):
    """A special procedure of an item: who must be asked or what must be looked at before a decision."""

    INSPECTION = "inspection"
    EXPERT_REVIEW = "expert_review"
    HEARING = "hearing"
    PUBLIC_NOTICE = "public_notice"
    HOUSEHOLD_SURVEY = "household_survey"
    DEMOCRATIC_APPRAISAL = "democratic_appraisal"


class Meeting(StrEnum):
    """The township's meetings that something may have to be resolved by before it is decided."""

    TOWNSHIP_HEAD = "township_head"
    PARTY_COMMITTEE = "party_committee"


class Channel(StrEnum):
    """The doors through which an application may come."""

    ONLINE = "online"
    WINDOW = "window"
    VILLAGE = "village"
    AGENT = "agent"


class Delivery(StrEnum):
    """How a result reaches the applicant."""

    COUNTER = "counter"
    POST = "post"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: `number` of `unit` (one of the kernel's units, such as `working_days`)."""

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What an item or a material rests on: the statute or document, and its article ("" where it has none)."""

    law: Text
    article: str


@dataclass(frozen=True, slots=True)
class Material:
    """One thing asked for. Nothing without a basis, and nothing that the organ can obtain itself, may be demanded.

    `form` is original, copy, shown (looked at and handed back) or electronic. `source` is applicant, organ (who issued it) or
    intermediary. `shared_from` names the register it is read from: then it is looked up, not demanded. `when`
    is the condition on the form's answers under which it is needed (as in a form; empty: always). `may_follow`: the
    application is accepted without it on a written promise (容缺受理). `by_commitment`: a written commitment takes its
    place (告知承诺). `sample` names a form to copy, `fill_note` says how it is filled in (填报须知).
    """

    code: str
    name: Text
    form: str
    copies: int
    basis: Basis
    standard: Text
    source: str = "applicant"
    shared_from: Text | None = None
    required: bool = True
    when: Mapping[str, Any] | None = None
    may_follow: bool = False
    by_commitment: bool = False
    sample: str = ""
    fill_note: Text | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge with its amount in words, its basis and who pays less."""

    name: Text
    amount: Text
    basis: Basis
    reduction: Text | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the applicant receives. `kind`: certificate, approval, registration, benefit or reply.

    `valid_months` is None where it does not end; a result that ends and `is_renewable` may be renewed.
    `sample` says what it looks like, in words or by an address (结果样本).
    """

    kind: str
    name: Text
    valid_months: int | None = None
    is_renewable: bool = False
    sample: Text | None = None


@dataclass(frozen=True, slots=True)
class InquiryStep:
    """A special procedure with its length and basis; `is_counted` says whether its days count in the limit."""

    kind: Inquiry
    period: Period
    basis: Basis
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """A meeting whose resolution comes before the decision, and what asks for it."""

    meeting: Meeting
    basis: Basis


@dataclass(frozen=True, slots=True)
class Intermediary:
    """What somebody else is paid for before one applies (中介服务), on what ground, and the code of the material it makes."""

    name: Text
    basis: Basis
    material: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question people ask, with its answer."""

    question: Text
    answer: Text


@dataclass(frozen=True, slots=True)
class Item:
    """A service item as it stands from a day on.

    `code` is the 12-digit basic code (基本编码); with an organ's credit code and the level of exercise it makes the
    31-character implementing code. `power_type`, `power_level` and `power_source` carry the national codes.
    `organ` is the county department in charge of the matter; `decided_by` says whether the township or that department decides.
    `reviewers` is 2 where the law asks two to verify. `joint_organs` handle it together under one clock.
    `form` is the application form as declared data; `supervised_as` names what the holder becomes for enforcement and the
    grid once it is granted (审管衔接), None for nothing.
    `is_limited` says that only so many are granted, which `quota_note` explains: then they are decided in the order in which they
    were accepted (行政许可法 第五十七条). `organ_nature` is the national code of 实施主体性质, `entrusted_by` who entrusted the
    power (委托部门), `handling_code` the 业务办理项编码 where an item has one. `consult` and `complain` say where one asks and where
    one complains. `pays_online`, `by_appointment` and `at_terminals` say what is offered.
    """

    code: str
    version: int
    valid_from: date
    name: Text
    summary: Text
    fields: tuple[Field, ...]
    kind: Kind
    power_type: str
    power_level: str
    power_source: str
    organ: str
    decided_by: str
    served: tuple[str, ...]
    basis: tuple[Basis, ...]
    conditions: tuple[Text, ...]
    materials: tuple[Material, ...]
    statutory: Period
    promised: Period
    visits: int
    results: tuple[Result, ...]
    channels: tuple[Channel, ...]
    deliveries: tuple[Delivery, ...]
    form: Mapping[str, Any]
    keywords: tuple[str, ...]
    visits_note: Text | None = None
    quota_note: Text | None = None
    reviewers: int = 1
    inquiries: tuple[InquiryStep, ...] = ()
    resolutions: tuple[Gate, ...] = ()
    joint_organs: tuple[str, ...] = ()
    fees: tuple[Fee, ...] = ()
    questions: tuple[Question, ...] = ()
    online_depth: str = "accept"
    county_wide: bool = False
    is_by_commitment: bool = False
    supervised_as: Text | None = None
    is_safety: bool = False
    handling_code: str = ""
    organ_nature: str = "1"
    entrusted_by: Text | None = None
    statutory_note: Text | None = None
    promised_note: Text | None = None
    is_limited: bool = False
    intermediaries: tuple[Intermediary, ...] = ()
    consult: Text | None = None
    complain: Text | None = None
    pays_online: bool = False
    by_appointment: bool = True
    at_terminals: bool = False

    @property
    def is_inspected(self) -> bool:
        """Whether it is a permit for which things that concern safety are tested or inspected (行政许可法 第十二条第四项、第五十五条)."""
        return self.power_type == PERMIT and any(
            q.kind == Inquiry.INSPECTION and (self.is_safety or not q.is_counted) for q in self.inquiries
        )
