"""`open_matter()` and `move()`: the one door. Every act on every matter passes here and leaves one entry.

In one transaction and in this order: lock the row, authorise, check the input's shape, gather facts, ask the
guards, then write state, ledger entry, clocks and outgoing messages in one statement. A refusal carries its
code, sentence and article, and nothing has been done.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any
from uuid import UUID

import orjson

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.ids import public_code, uuid7
from yimen.kernel.ledger.entries import GENESIS, EntryRow, make_entry
from yimen.kernel.ledger.models import Entry
from yimen.kernel.matters import numbers, offers, running, statement
from yimen.kernel.matters.inputs import checked
from yimen.kernel.matters.limits import Reckoning, reckoning
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.search import folded, terms_of
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import SAME, GuardFacts, Procedure, Step
from yimen.kernel.sealing import seal
from yimen.kernel.words import Finding, Refusal, Text

NOT_FOUND = Finding("matter.not_found", Text("没有找到这件事。", "This matter was not found."))
REPEATED = frozenset({"matter_request_key_once", "matter_one_open_per_external_number"})
"""The codes under which something that came before is refused."""

MOVED_ON = Finding(
    "matter.moved_on",
    Text(
        "这件事刚刚由别人办过了，请刷新后再看。",
        "Somebody else has just acted on this matter; please reload it.",
    ),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a matter is when it opens. Places are 12-digit codes; degrees are WGS84.

    `related_id` is the matter it belongs under. `opened_at` and `closed_at` are for what began, and perhaps ended, in another system before it came here; the
    ledger's entry keeps the instant at which it came. `known` is what the guards of the opening step should know besides.
    """

    title: str
    kind: str
    channel: str
    place_code: str
    grid_code: str = ""
    lng: float | None = None
    lat: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    external_number: str = ""
    request_key: str | None = None
    organ_code: str = ""
    person_id: UUID | None = None
    related_id: UUID | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What a step alters besides the state (None leaves a column as it was), and what its guards should know.

    `joining` are organs asked to join in: they see the matter from then on, as those do that have held it.
    """

    title: str | None = None
    kind: str | None = None
    place_code: str | None = None
    grid_code: str | None = None
    lng: float | None = None
    lat: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    organ_code: str | None = None
    joining: tuple[str, ...] = ()
    person_id: UUID | None = None
    related_id: UUID | None = None
    extension: int | None = None
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """The receipt of an act; `is_repeat` when it is the one given the first time."""

    matter_id: UUID
    number: str
    tracking_code: str
    state: str
    revision: int
    entry_hash: bytes
    due_at: datetime | None
    is_repeat: bool = False


NO_CHANGE = Change()
_ALTERABLE = ("title", "kind", "place_code", "grid_code", "lng", "lat", "related_id")
_TOGETHER = 1000


@dataclass(frozen=True, slots=True)
class Then:
    """A step that follows at once in the same transaction, such as a dispatch that the duty table settles."""

    actor: Actor
    step: str
    given: Mapping[str, object] = field(default_factory=dict)


def open_matter(
    actor: Actor,
    procedure: Procedure,
    step_code: str,
    opening: Opening,
    *,
    given: Mapping[str, object] | None = None,
    then: Sequence[Then] = (),
    at: datetime | None = None,
) -> Moved:
    """Open a matter by one of the procedure's opening steps; raises `Refusal`.

    The steps in `then` follow while they are allowed: the first that is refused ends them and leaves the matter
    where it is, on a person's desk.
    """
    one = OpenedBy(step_code, opening, given or {})
    acts = _opened(actor, procedure, one, numbers.next_numbers(1)[0], at or now())
    with suppress(Refusal):
        for following in then:
            acts.perform(following.actor, procedure.step(following.step), following.given)
    with one_act():
        return acts.write(opens=True)


@dataclass(frozen=True, slots=True)
class OpenedBy:
    """One of many matters to open: by which step, as what, with what input."""

    step: str
    opening: Opening
    given: Mapping[str, object] = field(default_factory=dict)


def open_matters(
    actor: Actor, procedure: Procedure, many: Iterable[OpenedBy], *, told: Callable[[int], None] | None = None
) -> int:
    """Open many matters or none: each judged as `open_matter` judges it, all laid down by COPY in one transaction.

    Nobody is sent a message: what comes in bulk happened elsewhere, and who sent it was told there. `told` hears how
    many are written so far. Raises the first `Refusal`.
    """
    written = 0
    with one_act():
        rest = iter(many)
        while batch := list(islice(rest, _TOGETHER)):
            at, by = now(), reckoning()
            free = numbers.next_numbers(len(batch))
            acts = []
            with statement.laying(
                Matter
            ) as lay:  # the database lays a matter down while the next one is opened
                for number, each in zip(free, batch, strict=True):
                    acts.append(_opened(actor, procedure, each, number, at, by))
                    lay(acts[-1].matter)
            with statement.laying(Entry) as lay:
                for entry in chain.from_iterable(a.entries for a in acts):
                    lay(entry)
            with statement.laying(Clock) as lay:
                for clock in chain.from_iterable(a.clocks for a in acts):
                    lay(clock)
            written += len(acts)
            if told:
                told(written)
    return written


def _opened(
    actor: Actor, procedure: Procedure, one: OpenedBy, number: int, at: datetime, by: Reckoning | None = None
) -> "_Acts":
    """A matter opened in memory by one of its procedure's opening steps; raises `Refusal`."""
    step, opening = procedure.step(one.step), one.opening
    if step.sources:
        raise Refusal(offers.WRONG_STATE)
    began = min(opening.opened_at or at, at)
    matter = Matter(
        id=uuid7(began),
        number=numbers.written(procedure.prefix, began, number),
        tracking_code=public_code(),
        procedure=procedure.code,
        version=procedure.version,
        state="",
        title=opening.title,
        kind=opening.kind,
        channel=opening.channel,
        source=opening.source,
        external_number=opening.external_number,
        request_key=opening.request_key,
        place_code=opening.place_code,
        township_code=opening.place_code[:9],
        grid_code=opening.grid_code,
        lng=opening.lng,
        lat=opening.lat,
        facts=dict(opening.facts),
        private=seal(orjson.dumps(dict(opening.private))) if opening.private else None,
        organ_code=opening.organ_code,
        person_id=opening.person_id,
        organs=[opening.organ_code] if opening.organ_code else [],
        related_id=opening.related_id,
        opened_by=actor.account_id,
        opened_at=began,
        revision=0,
        head=GENESIS,
    )
    extra = {
        "number": matter.number,
        "title": matter.title,
        "kind": matter.kind,
        "channel": matter.channel,
        "place": matter.place_code,
        "grid": matter.grid_code,
        "at": [matter.lng, matter.lat],
        "facts": matter.facts,
        "private": matter.private.hex() if matter.private else None,
        "source": [matter.source, matter.external_number] if matter.source else None,
        **({"belongs_under": opening.related_id} if opening.related_id else {}),
        **({"opened_at": began, "closed_at": opening.closed_at} if opening.opened_at else {}),
    }
    acts = _Acts(procedure, matter, at, by=by)
    acts.perform(actor, step, one.given, extra=extra, related=opening.known)
    if opening.closed_at and matter.closed_at:
        matter.closed_at = max(min(opening.closed_at, at), began)
    return acts


def first_receipt(actor: Actor, request_key: str | None) -> Moved | None:
    """What the same sender was told when this key came the first time; None when it has not come yet."""
    if not request_key:
        return None
    matter = Matter.objects.filter(opened_by=actor.account_id, request_key=request_key).first()
    if matter is None:
        return None
    return Moved(
        matter.id,
        matter.number,
        matter.tracking_code,
        matter.state,
        matter.revision,
        bytes(matter.head),
        matter.due_at,
        is_repeat=True,
    )


def move(
    actor: Actor,
    matter_id: UUID,
    step_code: str,
    *,
    given: Mapping[str, object] | None = None,
    change: Change = NO_CHANGE,
    expected_revision: int | None = None,
    at: datetime | None = None,
) -> Moved:
    """Perform a step on a matter; raises `Refusal` and has then done nothing.

    `expected_revision` is what the actor was looking at: an act on a stale page is refused, not guessed.
    """
    at = at or now()
    with one_act():
        # Two matters are locked in the order of their ids: of two merged into each other at once, one comes too late.
        wanted = {matter_id, change.related_id or matter_id}
        locked = {m.id: m for m in Matter.objects.select_for_update().filter(id__in=wanted).order_by("id")}
        matter = locked.get(matter_id)
        if matter is None:
            raise Refusal(NOT_FOUND)
        procedure = registry.get(matter.procedure, matter.version)
        try:
            step = procedure.step(step_code)
        except KeyError:
            raise Refusal(offers.WRONG_STATE) from None
        if expected_revision is not None and expected_revision != matter.revision:
            raise Refusal(MOVED_ON)
        clocks = list(
            Clock.objects.filter(matter_id=matter_id, stopped_at__isnull=True).order_by("started_at")
        )
        related = dict(change.known)
        if change.related_id:
            target = locked.get(change.related_id)
            related |= {
                "target": target.state if target else "",
                "is_self": "yes" if change.related_id == matter_id else "",
            }
        acts = _Acts(procedure, matter, at, clocks)
        acts.perform(actor, step, given or {}, change=change, related=related)
        return acts.write(opens=False)


def guard_facts(
    matter: Matter,
    clocks: Any,
    step: Step,
    given: Mapping[str, Any],
    related: Mapping[str, str],
    at: datetime,
) -> GuardFacts:
    """What the guards of a step may know."""
    return GuardFacts(
        state=matter.state,
        step=step.code,
        given=given,
        facts=matter.facts,
        performers={k: UUID(v) if v else None for k, v in matter.performers.items()},
        clocks={c.limit_code: c.due_at for c in clocks},
        clock_started={c.limit_code: c.started_at for c in clocks},
        at=at,
        opened_at=matter.opened_at,
        related=related,
    )


class _Acts:
    """One or more acts on a locked (or not yet existing) matter: each judged in memory, all written at once."""

    def __init__(
        self,
        procedure: Procedure,
        matter: Matter,
        at: datetime,
        clocks: Iterable[Clock] = (),
        by: Reckoning | None = None,
    ) -> None:
        self.procedure, self.matter, self.at, self.by = procedure, matter, at, by
        self.read_at = matter.revision
        self.clocks = list(clocks)
        self.entries: list[EntryRow] = []
        self.clocks_started: dict[UUID, dict[str, object]] = {}
        self.clocks_changed: list[dict[str, object]] = []
        self.messages: list[dict[str, object]] = []

    def perform(
        self,
        actor: Actor,
        step: Step,
        given: Mapping[str, object],
        *,
        change: Change = NO_CHANGE,
        related: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Judge one act and lay it ready; raises `Refusal` and has then altered nothing."""
        procedure, matter, at = self.procedure, self.matter, self.at
        if matter.state and not offers.may_start(procedure, step, matter.state):
            raise Refusal(offers.WRONG_STATE)
        refused = offers.authorised(actor, step, matter) or offers.separated(actor, procedure, step, matter)
        if refused:
            raise Refusal(refused)
        values = checked(step, given)
        if found := offers.objections(
            procedure, step, guard_facts(matter, self.clocks, step, values, related or {}, at)
        ):
            raise Refusal(*found)
        private = {f.code: values.pop(f.code) for f in step.fields if f.is_private and f.code in values}

        before = matter.state
        matter.state = before if step.to == SAME else step.to
        altered = _alter(matter, step, values, change)
        is_end = procedure.state(matter.state).is_end
        matter.closed_at = at if is_end and before != matter.state else (matter.closed_at if is_end else None)
        matter.changed_at = max(at, matter.opened_at)
        person = str(actor.person_id) if actor.person_id else None
        matter.performers = {**matter.performers, step.code: person}
        payload: dict[str, Any] = {"given": values, **(extra or {})}
        if altered:
            payload["changed"] = altered
        if notes := self._clocks(step, change.extension, is_end):
            payload["clocks"] = notes
        if private:
            payload["sealed"] = seal(orjson.dumps(private)).hex()
        entry = make_entry(
            stream=matter.id,
            seq=matter.revision + 1,
            prev=bytes(matter.head),
            at=at,
            who=actor.who(),
            act=step.code,
            law=step.law,
            from_state=before,
            to_state=matter.state,
            payload=payload,
        )
        self.entries.append(entry)
        matter.revision, matter.head = entry.seq, entry.hash
        if step.event:
            self.messages.append(_message(step.event, matter, step, at))

    def _clocks(self, step: Step, extension: int | None, is_end: bool) -> list[dict[str, object]]:
        """Start, stop, pause, resume and extend clocks as the step says; returns what the ledger notes."""
        matter = self.matter
        if not self.clocks and not step.starts:
            matter.due_at = matter.amber_at = None
            return []
        by = self.by or reckoning()
        rows = running.after_step(
            procedure=self.procedure,
            step=step,
            running=self.clocks,
            facts=matter.facts,
            extension=extension,
            is_end=is_end,
            at=self.at,
            calendar=by.calendar,
            hours=by.hours(matter.organ_code),
            local=by.local,
        )
        matter.due_at, matter.amber_at = rows.due_at, rows.amber_at
        kept = {c.id: c for c in self.clocks}
        for changed in rows.changed:
            clock = kept[changed["id"]]  # type: ignore[index]
            for name, value in changed.items():
                setattr(clock, name, value)
            if clock.id in self.clocks_started:
                self.clocks_started[clock.id].update(changed)
            else:
                self.clocks_changed.append(changed)
        for started in rows.started:
            row = {**started, "matter_id": matter.id}
            clock = Clock(**row)
            kept[clock.id] = clock
            self.clocks_started[clock.id] = row
        self.clocks = [c for c in kept.values() if c.stopped_at is None]
        return rows.notes

    def write(self, *, opens: bool) -> Moved:
        """Write everything laid ready in one statement; refuses when the matter has moved on in between."""
        matter = self.matter
        written = statement.write(
            matter=columns(matter),
            entries=self.entries,
            clocks_started=[*self.clocks_started.values()],
            clocks_changed=self.clocks_changed,
            messages=self.messages,
            moving=None if opens else (matter.id, self.read_at),
        )
        if not written:
            raise Refusal(MOVED_ON)
        return Moved(
            matter.id, matter.number, matter.tracking_code, matter.state,
            matter.revision, bytes(matter.head), matter.due_at,
        )  # fmt: skip


def _alter(matter: Matter, step: Step, values: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Apply a step's changes to the row; returns what changed, for the ledger."""
    altered: dict[str, Any] = {}
    for name in () if change is NO_CHANGE else _ALTERABLE:
        new = getattr(change, name)
        if new is not None and new != getattr(matter, name):
            altered[name] = new
            setattr(matter, name, new)
    if change.facts:
        matter.facts = {**matter.facts, **change.facts}
        altered["facts"] = dict(change.facts)
    if step.is_correction and step.to != SAME and matter.related_id is not None:
        matter.related_id, altered["related_id"] = None, None
    matter.township_code = matter.place_code[:9]
    holder = (matter.organ_code, matter.post_code, matter.person_id)
    match step.assign:
        case "organ_field":
            person = values.get("person")
            holder = (str(values.get("organ", "")), "", UUID(person) if person else None)
        case "post_field":
            holder = (matter.organ_code, str(values.get("post", "")), None)
        case "none":
            holder = ("", "", None)
    if change.organ_code is not None:
        holder = (change.organ_code, "", change.person_id)
    if holder != (matter.organ_code, matter.post_code, matter.person_id):
        matter.organ_code, matter.post_code, matter.person_id = holder
        altered["holder"] = list(holder)
    if change.joining:
        altered["joining"] = list(change.joining)
    matter.organs = list(dict.fromkeys([*matter.organs, *change.joining, *filter(None, [matter.organ_code])]))
    if altered.keys() & {"title", "kind"} or not matter.terms:
        matter.folded = folded(matter.title, matter.number, str(matter.facts.get("text", "")))
        matter.terms = terms_of(matter.folded)
    return altered


def columns(matter: Matter) -> dict[str, object]:
    """The row as column → value."""
    return {column: getattr(matter, name) for column, name in _columns()}


@cache
def _columns() -> list[tuple[str, str]]:
    return [(f.column, f.attname) for f in Matter._meta.concrete_fields if f.column]


def _message(topic: str, matter: Matter, step: Step, at: datetime) -> dict[str, object]:
    """The outgoing message that tells the rest of the house what happened."""
    return {
        "id": uuid7(at),
        "topic": topic,
        "stream": matter.id,
        "due_at": at,
        "created_at": at,
        "tries": 0,
        "state": "waiting",
        "last_error": "",
        "sent_at": None,
        "lease_until": None,
        "payload": {
            "matter": matter.id,
            "step": step.code,
            "state": matter.state,
            "revision": matter.revision,
            "organ": matter.organ_code,
            "due_at": matter.due_at,
        },
    }
