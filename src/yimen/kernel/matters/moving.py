"""`open_matter()` and `move()`: the one door. Every act on every matter passes here and leaves one entry.

In one transaction and in this order: lock the row, authorise, check the input's shape, gather facts, ask the
guards, then write state, ledger entry, clocks and outgoing messages in one statement. A refusal carries its
code, sentence and article, and nothing has been done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.clocks import OfficeHours
from yimen.kernel.calendar.notices import current_calendar
from yimen.kernel.calendar.today import now
from yimen.kernel.ids import public_code, uuid7
from yimen.kernel.ledger.entries import GENESIS, make_entry
from yimen.kernel.matters import numbers, offers, running, statement
from yimen.kernel.matters.inputs import checked
from yimen.kernel.matters.models import Clock, Matter
from yimen.kernel.matters.search import terms
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import SAME, GuardFacts, Procedure, Step
from yimen.kernel.sealing import seal
from yimen.kernel.words import Finding, Refusal, Text

NOT_FOUND = Finding("matter.not_found", Text("没有找到这件事。", "This matter was not found."))
MOVED_ON = Finding(
    "matter.moved_on",
    Text(
        "这件事刚刚由别人办过了，请刷新后再看。",
        "Somebody else has just acted on this matter; please reload it.",
    ),
)
ALREADY_RECEIVED = Finding(
    "matter.already_received", Text("这份材料已经收到过了。", "This has already been received.")
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a matter is when it opens. Places are 12-digit codes; degrees are WGS84."""

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


@dataclass(frozen=True, slots=True)
class Change:
    """What a step alters besides the state; None leaves a column as it was."""

    title: str | None = None
    kind: str | None = None
    place_code: str | None = None
    grid_code: str | None = None
    lng: float | None = None
    lat: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    organ_code: str | None = None
    person_id: UUID | None = None
    related_id: UUID | None = None
    extension: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The receipt of an act."""

    matter_id: UUID
    number: str
    tracking_code: str
    state: str
    revision: int
    entry_hash: bytes
    due_at: datetime | None


NO_CHANGE = Change()


def open_matter(
    actor: Actor,
    procedure: Procedure,
    step_code: str,
    opening: Opening,
    *,
    given: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Moved:
    """Open a matter by one of the procedure's opening steps; raises `Refusal`."""
    at = at or now()
    step = procedure.step(step_code)
    if step.sources:
        raise Refusal(offers.WRONG_STATE)
    matter = Matter(
        id=uuid7(at),
        number=numbers.next_number(procedure.prefix, at),
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
        opened_by=actor.account_id,
        opened_at=at,
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
    }
    try:
        with transaction.atomic():
            return _act(actor, procedure, step, matter, (), given or {}, NO_CHANGE, {}, at, extra, opens=True)
    except IntegrityError as clash:
        raise Refusal(ALREADY_RECEIVED) from clash


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
    with transaction.atomic():
        matter = Matter.objects.select_for_update().filter(id=matter_id).first()
        if matter is None:
            raise Refusal(NOT_FOUND)
        procedure = registry.get(matter.procedure, matter.version)
        try:
            step = procedure.step(step_code)
        except KeyError:
            raise Refusal(offers.WRONG_STATE) from None
        if expected_revision is not None and expected_revision != matter.revision:
            raise Refusal(MOVED_ON)
        if not offers.may_start(procedure, step, matter.state):
            raise Refusal(offers.WRONG_STATE)
        clocks = list(
            Clock.objects.filter(matter_id=matter_id, stopped_at__isnull=True).order_by("started_at")
        )
        related = {}
        if change.related_id:
            target = Matter.objects.filter(id=change.related_id).values_list("state", flat=True).first()
            related = {"target": target or "", "is_self": "yes" if change.related_id == matter_id else ""}
        return _act(actor, procedure, step, matter, clocks, given or {}, change, related, at, {}, opens=False)


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


def _act(
    actor: Actor,
    procedure: Procedure,
    step: Step,
    matter: Matter,
    clocks: Any,
    given: Mapping[str, object],
    change: Change,
    related: Mapping[str, str],
    at: datetime,
    extra: Mapping[str, Any],
    *,
    opens: bool,
) -> Moved:
    """Judge and write one act on a locked (or not yet existing) matter."""
    refused = offers.authorised(actor, step, matter) or offers.separated(actor, procedure, step, matter)
    if refused:
        raise Refusal(refused)
    values = checked(step, given)
    if found := offers.objections(step, guard_facts(matter, clocks, step, values, related, at)):
        raise Refusal(*found)
    private = {f.code: values.pop(f.code) for f in step.fields if f.is_private and f.code in values}

    before, read_at = matter.state, matter.revision
    matter.state = before if step.to == SAME else step.to
    altered = _alter(matter, step, values, change)
    is_end = procedure.state(matter.state).is_end
    matter.closed_at = at if is_end and before != matter.state else (matter.closed_at if is_end else None)
    matter.changed_at = max(at, matter.opened_at)
    matter.performers = {**matter.performers, step.code: str(actor.person_id) if actor.person_id else None}
    rows = running.after_step(
        procedure=procedure,
        step=step,
        running=clocks,
        facts=matter.facts,
        extension=change.extension,
        is_end=is_end,
        at=at,
        calendar=current_calendar(),
        hours=OfficeHours(),
    )
    matter.due_at, matter.amber_at = rows.due_at, rows.amber_at
    payload: dict[str, Any] = {"given": values, **extra}
    if altered:
        payload["changed"] = altered
    if rows.notes:
        payload["clocks"] = rows.notes
    if private:
        payload["sealed"] = seal(orjson.dumps(private)).hex()
    entry = make_entry(
        stream=matter.id,
        seq=read_at + 1,
        prev=bytes(matter.head),
        at=at,
        who=actor.who(),
        act=step.code,
        law=step.law,
        from_state=before,
        to_state=matter.state,
        payload=payload,
    )
    matter.revision, matter.head = entry.seq, entry.hash
    messages = [_message(step.event, matter, step, at)] if step.event else []
    for row in rows.started:
        row["matter_id"] = matter.id
    written = statement.write(
        matter=columns(matter),
        entry=entry,
        clocks_started=rows.started,
        clocks_changed=rows.changed,
        messages=messages,
        moving=None if opens else (matter.id, read_at),
    )
    if not written:
        raise Refusal(MOVED_ON)
    return Moved(
        matter.id, matter.number, matter.tracking_code, matter.state, entry.seq, entry.hash, matter.due_at
    )


def _alter(matter: Matter, step: Step, values: Mapping[str, Any], change: Change) -> dict[str, Any]:
    """Apply a step's changes to the row; returns what changed, for the ledger."""
    altered: dict[str, Any] = {}
    for name in ("title", "kind", "place_code", "grid_code", "lng", "lat", "related_id"):
        new = getattr(change, name)
        if new is not None and new != getattr(matter, name):
            altered[name] = new
            setattr(matter, name, new)
    if change.facts:
        matter.facts = {**matter.facts, **change.facts}
        altered["facts"] = dict(change.facts)
    matter.township_code = matter.place_code[:9]
    holder = (matter.organ_code, matter.person_id)
    match step.assign:
        case "organ_field":
            person = values.get("person")
            holder = (str(values.get("organ", "")), UUID(person) if person else None)
        case "opener":
            holder = (matter.organ_code, matter.opened_by)
        case "none":
            holder = ("", None)
    if change.organ_code is not None:
        holder = (change.organ_code, change.person_id)
    if holder != (matter.organ_code, matter.person_id):
        matter.organ_code, matter.person_id = holder
        altered["holder"] = list(holder)
        if matter.organ_code and matter.organ_code not in matter.organs:
            matter.organs = [*matter.organs, matter.organ_code]
    if altered.keys() & {"title", "kind"} or not matter.terms:
        matter.terms = terms(matter.title, matter.number, str(matter.facts.get("text", "")))
    return altered


def columns(matter: Matter) -> dict[str, object]:
    """The row as column → value."""
    return {f.column: getattr(matter, f.attname) for f in Matter._meta.concrete_fields if f.column}


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
        },
    }
