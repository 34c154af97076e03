"""What is counted, and the rates made of it, after GB/T 30428.4 and the habits of digital urban management. Pure.

A *fact* is one thing that one matter adds to one measure on one day, for one area, organ, post, reporter and class.
All facts of a matter follow from its ledger entries alone: nothing is counted because somebody looked at it late.
What time brings about (a limit that ends without the act it asked for) is laid down beforehand, on the day on which
the limit ends, and taken back when the act comes in time. A limit's end therefore counts from the day after it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from yimen.kernel.ledger.proofs import day_of
from yimen.kernel.words import Text

FORMULA_VERSION = 1
"""Raised when a measure or a rate comes to mean something else; a published assessment names the one it used."""

SOURCE = "GB/T 30428.4"


class Measure(StrEnum):
    """What is counted; the words of `MEASURES` say exactly what."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    MERGED = "merged"
    SELF_HANDLED = "self_handled"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    RIGHTLY_DISPATCHED = "rightly_dispatched"
    HANDLED = "handled"
    DUE_TO_HANDLE = "due_to_handle"
    HANDLED_ON_TIME = "handled_on_time"
    OVERDUE = "overdue"
    REWORK = "rework"
    DUE_TO_CLOSE = "due_to_close"
    CLOSED = "closed"
    CLOSED_ON_TIME = "closed_on_time"
    SUPERVISED = "supervised"
    ACCEPT_MINUTES = "accept_minutes"
    HANDLE_MINUTES = "handle_minutes"


M = Measure


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """A measure's name, what it counts and on which day, and whose organ and post it is put down to."""

    name: Text
    counts: Text
    belongs: Text
    of_a_limit: bool = False


_ACTOR = Text("办理该步骤的单位和岗位", "the organ and post that took the step")
_HOLDER = Text("当时承办的单位", "the organ that held it")
_RECEIVER = Text("接受派遣的单位、派遣人的岗位", "the organ it went to and the dispatcher's post")

MEASURES: Mapping[Measure, MeasureSpec] = {
    M.REPORTED: MeasureSpec(
        Text("上报数", "Reported"),
        Text("上报当日；从其他系统导入的，导入当日", "on the day of the report, or of its import from another system"),
        _ACTOR,
    ),
    M.ACCEPTED: MeasureSpec(
        Text("受理数", "Accepted"), Text("首次立案或合并当日", "on the day first registered or merged"), _ACTOR
    ),
    M.NOT_ACCEPTED: MeasureSpec(
        Text("不予受理数", "Not accepted"), Text("决定当日，撤销的不计", "on the day refused, unless revoked"), _ACTOR
    ),
    M.MERGED: MeasureSpec(
        Text("合并数", "Merged"), Text("合并当日，撤销的不计", "on the day merged, unless revoked"), _ACTOR
    ),
    M.SELF_HANDLED: MeasureSpec(
        Text("自行处置数", "Self-handled"), Text("当场处置并上报当日", "on the day settled on the spot"), _ACTOR
    ),
    M.REGISTERED: MeasureSpec(
        Text("立案数", "Registered"), Text("首次立案当日", "on the day first registered"), _ACTOR
    ),
    M.DISPATCHED: MeasureSpec(
        Text("派遣数", "Dispatched"), Text("每次派遣当日", "on the day of each dispatch"), _RECEIVER
    ),
    M.RIGHTLY_DISPATCHED: MeasureSpec(
        Text("准确派遣数", "Rightly dispatched"),
        Text("派遣当日，后来退回或改派的不计", "on the day of the dispatch, unless returned or taken back"),
        _RECEIVER,
    ),
    M.HANDLED: MeasureSpec(
        Text("处置数", "Handled"), Text("每次处置完成当日", "on the day of each finish"), _HOLDER
    ),
    M.DUE_TO_HANDLE: MeasureSpec(
        Text("应处置数", "Due to be handled"),
        Text("处置时限届满当日，挂起时不计", "on the day the handling limit ends; not while suspended"),
        _HOLDER, True,
    ),
    M.HANDLED_ON_TIME: MeasureSpec(
        Text("按期处置数", "Handled on time"),
        Text("处置时限届满当日，期内完成的", "on the day the limit ends, finished by then"),
        _HOLDER, True,
    ),
    M.OVERDUE: MeasureSpec(
        Text("超期数", "Overdue"),
        Text("处置时限届满当日，期内没有完成的", "on the day the limit ends, not finished by then"),
        _HOLDER, True,
    ),
    M.REWORK: MeasureSpec(Text("返工数", "Rework"), Text("退回返工当日", "on the day sent back"), _HOLDER),
    M.DUE_TO_CLOSE: MeasureSpec(
        Text("应结案数", "Due to be closed"),
        Text(
            "立案后首次超过任一环节时限之日；从未超过的，结案当日",
            "on the day a limit after registering was first missed, or else on the day of closing",
        ),
        _HOLDER, True,
    ),
    M.CLOSED: MeasureSpec(
        Text("结案数", "Closed"), Text("结案当日，撤销的不计", "on the day closed, unless revoked"), _HOLDER
    ),
    M.CLOSED_ON_TIME: MeasureSpec(
        Text("按期结案数", "Closed on time"),
        Text("结案当日，各环节都没有超过时限的", "on the day closed, with no limit missed"),
        _HOLDER, True,
    ),
    M.SUPERVISED: MeasureSpec(Text("督办数", "Pressed"), Text("督办当日", "on the day pressed"), _HOLDER),
    M.ACCEPT_MINUTES: MeasureSpec(
        Text("受理用时合计", "Minutes to accept"),
        Text("上报到受理的分钟数，受理当日", "minutes from report to acceptance"), _ACTOR,
    ),
    M.HANDLE_MINUTES: MeasureSpec(
        Text("处置用时合计", "Minutes to handle"),
        Text("派遣到处置完成的分钟数，完成当日", "minutes from dispatch to finish"), _HOLDER,
    ),
}  # fmt: skip

OF_A_LIMIT = frozenset(code for code, spec in MEASURES.items() if spec.of_a_limit)
"""Measures laid down on the day a limit ends; counted from the day after."""

MINUTES = frozenset({M.ACCEPT_MINUTES, M.HANDLE_MINUTES})


@dataclass(frozen=True, slots=True)
class Rate:
    """A quotient of two measures. `more_is_better` says which way a score goes."""

    code: str
    name: Text
    above: Measure
    below: Measure
    unit: str = "percent"
    more_is_better: bool = True
    source: str = SOURCE

    def of(self, counts: Mapping[str, int]) -> float | None:
        """Percent or minutes; None where nothing was there to be divided."""
        below = counts.get(self.below, 0)
        if not below:
            return None
        return counts.get(self.above, 0) / below * (100 if self.unit == "percent" else 1)

    def formula(self) -> Text:
        """The quotient in words."""
        above, below = MEASURES[self.above].name, MEASURES[self.below].name
        return Text(f"{above.zh}÷{below.zh}", f"{above.en} ÷ {below.en}")


RATES = (
    Rate("register_rate", Text("立案率", "Registration rate"), M.REGISTERED, M.ACCEPTED),
    Rate("right_dispatch_rate", Text("准确派遣率", "Right dispatch rate"), M.RIGHTLY_DISPATCHED, M.DISPATCHED),
    Rate("handle_rate", Text("处置率", "Handling rate"), M.HANDLED, M.DUE_TO_HANDLE),
    Rate("on_time_handle_rate", Text("按期处置率", "On-time handling rate"), M.HANDLED_ON_TIME, M.DUE_TO_HANDLE),
    Rate("rework_rate", Text("返工率", "Rework rate"), M.REWORK, M.HANDLED, more_is_better=False),
    Rate("close_rate", Text("结案率", "Closing rate"), M.CLOSED, M.DUE_TO_CLOSE),
    Rate("on_time_close_rate", Text("按期结案率", "On-time closing rate"), M.CLOSED_ON_TIME, M.DUE_TO_CLOSE),
    Rate("mean_accept", Text("平均受理时长", "Mean time to accept"), M.ACCEPT_MINUTES, M.ACCEPTED, "minutes", False),
    Rate("mean_handle", Text("平均处置时长", "Mean time to handle"), M.HANDLE_MINUTES, M.HANDLED, "minutes", False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActSeen:
    """A ledger entry as far as it counts; `payload` is its parsed content."""

    at: datetime
    act: str
    to_state: str
    organ: str
    post: str
    person: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing counted. `area` is the grid's 15 digits, or the village's 12; `number` is 1, or minutes."""

    measure: str
    day: date
    area: str
    organ: str
    post: str
    person: str
    class_code: str
    number: int = 1


@dataclass(slots=True)
class _Running:
    """A limit that runs: its end, and whether it is paused."""

    due_at: datetime
    is_paused: bool = False


@dataclass(slots=True)
class _Case:
    """A matter as far as its entries have been read."""

    opened_at: datetime
    counted: list[tuple[Measure, date, str, str, int]] = field(default_factory=list)
    running: dict[str, _Running] = field(default_factory=dict)
    organ: str = ""
    finisher: str = ""
    dispatched_at: datetime | None = None
    is_registered: bool = False
    missed_at: datetime | None = None

    def count(self, measure: Measure, at: datetime, organ: str, post: str = "", number: int = 1) -> None:
        self.counted.append((measure, day_of(at), organ, post, number))

    def has(self, measure: Measure) -> bool:
        return any(c[0] is measure for c in self.counted)

    def take_back(self, *measures: Measure) -> None:
        """Uncount the latest thing counted under one of the measures."""
        for n in range(len(self.counted) - 1, -1, -1):
            if self.counted[n][0] in measures:
                del self.counted[n]
                return


def facts_of(acts: Sequence[ActSeen]) -> list[Fact]:
    """Everything a matter adds to the counts, from all its entries in order.

    A class or place that was corrected counts as corrected, for all of the matter's facts: the first was an error.
    The reporter is the person who opened it, none for the public.
    """
    case = _Case(acts[0].at)
    for act in acts:
        _read(case, act)
    _settle(case)
    area, class_code = _where_and_what(acts)
    return [
        Fact(measure, day, area, organ, post, acts[0].person, class_code, number)
        for measure, day, organ, post, number in case.counted
    ]


def _where_and_what(acts: Iterable[ActSeen]) -> tuple[str, str]:
    """The area and class of the matter as it now stands."""
    place = grid = kind = ""
    for act in acts:
        payload, changed = act.payload, act.payload.get("changed", {})
        place = changed.get("place_code", payload.get("place", place))
        grid = changed.get("grid_code", payload.get("grid", grid))
        kind = changed.get("kind", payload.get("kind", kind))
    return grid or place, kind


def _read(case: _Case, act: ActSeen) -> None:
    """One entry: limits that it stops are judged before the hands change, then what the act itself counts."""
    for note in act.payload.get("clocks", ()):
        _follow_limit(case, act, note)
    _count_act(case, act)
    holder = act.payload.get("changed", {}).get("holder")
    if holder and holder[0]:
        case.organ = holder[0]
    if act.act == "dispatch":
        case.organ, case.dispatched_at = act.payload["given"]["organ"], act.at
        for measure in (M.DISPATCHED, M.RIGHTLY_DISPATCHED):
            case.count(measure, act.at, case.organ, act.post)


def _count_act(case: _Case, act: ActSeen) -> None:
    """What the act counts by itself, by its step's code; steps not named here count nothing.

    What was settled in another system and taken over counts there, not here; what came in open is reported here.
    """
    match act.act:
        case "report":
            case.count(M.REPORTED, act.at, act.organ, act.post)
        case "self_handle":
            case.count(M.REPORTED, act.at, act.organ, act.post)
            case.count(M.SELF_HANDLED, act.at, act.organ, act.post)
        case "register":
            _accept(case, act)
            _register(case, act)
        case "merge":
            _accept(case, act)
            case.count(M.MERGED, act.at, act.organ, act.post)
        case "refuse":
            case.count(M.NOT_ACCEPTED, act.at, act.organ, act.post)
        case "reopen":
            case.take_back(M.CLOSED, M.MERGED, M.NOT_ACCEPTED)
            _accept(case, act)
            _register(case, act)
        case "return" | "withdraw_dispatch":
            case.take_back(M.RIGHTLY_DISPATCHED)
        case "finish":
            case.finisher = act.post
            case.count(M.HANDLED, act.at, case.organ, act.post)
            minutes = _minutes(case.dispatched_at or case.opened_at, act.at)
            case.count(M.HANDLE_MINUTES, act.at, case.organ, act.post, minutes)
        case "rework" | "send_back":
            case.count(M.REWORK, act.at, case.organ, case.finisher)
        case "close":
            case.count(M.CLOSED, act.at, case.organ, case.finisher)
        case "supervise" | "list":
            case.count(M.SUPERVISED, act.at, case.organ)


def _accept(case: _Case, act: ActSeen) -> None:
    if not case.has(M.ACCEPTED):
        case.count(M.ACCEPTED, act.at, act.organ, act.post)
        case.count(M.ACCEPT_MINUTES, act.at, act.organ, act.post, _minutes(case.opened_at, act.at))


def _register(case: _Case, act: ActSeen) -> None:
    if not case.has(M.REGISTERED):
        case.count(M.REGISTERED, act.at, act.organ, act.post)
    case.is_registered = True


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))


def _follow_limit(case: _Case, act: ActSeen, note: Mapping[str, Any]) -> None:
    """What the entry says of one limit."""
    code, did, due_at = note["clock"], note["did"], datetime.fromisoformat(note["due_at"])
    if did == "started":
        case.running[code] = _Running(due_at)
        return
    limit = case.running.get(code)
    if limit is None:
        return
    if did == "stopped":
        del case.running[code]
        _judge_limit(case, code, limit, act)
        return
    limit.due_at = due_at
    limit.is_paused = did == "paused" or (limit.is_paused and did != "resumed")


def _judge_limit(case: _Case, code: str, limit: _Running, act: ActSeen) -> None:
    """A limit that ended with an act: kept, missed, or void because the work was taken away before its end."""
    late = not limit.is_paused and act.at > limit.due_at
    if late:
        _miss(case, limit.due_at)
    if code != "handle" or not (late or act.act == "finish"):
        return
    case.count(M.DUE_TO_HANDLE, limit.due_at, case.organ)
    case.count(M.OVERDUE if late else M.HANDLED_ON_TIME, limit.due_at, case.organ)


def _miss(case: _Case, due_at: datetime) -> None:
    if case.is_registered:
        case.missed_at = min(case.missed_at or due_at, due_at)


def _settle(case: _Case) -> None:
    """Lay down beforehand what the limits that still run will count if nothing is done."""
    for code, limit in case.running.items():
        if limit.is_paused:
            continue
        _miss(case, limit.due_at)
        if code == "handle":
            case.count(M.DUE_TO_HANDLE, limit.due_at, case.organ)
            case.count(M.OVERDUE, limit.due_at, case.organ)
    closed = next((c for c in case.counted if c[0] is M.CLOSED), None)
    if case.missed_at is not None:
        if not (case.has(M.MERGED) or case.has(M.NOT_ACCEPTED)):
            case.count(M.DUE_TO_CLOSE, case.missed_at, case.organ)
    elif closed is not None:
        _, day, organ, post, _ = closed
        case.counted += [(M.DUE_TO_CLOSE, day, organ, post, 1), (M.CLOSED_ON_TIME, day, organ, post, 1)]
