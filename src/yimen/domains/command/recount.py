"""The same figures counted a second time, in the plainest way, from the raw entries: a check on the rollups.

This shares no code with `indicators.facts_of`, on purpose. It is slow and holds a county's counts in memory.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson

from yimen.domains.command.models import Fact, Tally
from yimen.domains.grid.api import INCIDENT
from yimen.kernel.ledger.models import Entry
from yimen.kernel.ledger.proofs import day_of
from yimen.kernel.matters.models import Matter

Key = tuple[str, str, str, Any, str]
"""Scope, code, class, day, measure."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not what a recount gives."""

    key: Key
    kept: int
    recounted: int


def differences() -> list[Difference]:
    """Every sum that differs from a recount of the ledger, and every matter whose facts do not add up to it."""
    right = recounted()
    kept: Counter[Key] = Counter()
    for row in Tally.objects.values_list(
        "scope", "code", "class_code", "day", "measure", "number"
    ).iterator():
        kept[row[:5]] += row[5]
    found = [
        Difference(key, kept[key], right[key])
        for key in right.keys() | kept.keys()
        if right[key] != kept[key]
    ]
    return sorted(found, key=lambda d: str(d.key)) or _loose_facts(right)


def _loose_facts(right: Counter[Key]) -> list[Difference]:
    """The county's facts, one by one, against the recount; what a number opens to must add up to the number."""
    facts: Counter[tuple[Any, str]] = Counter()
    for day, measure, number in Fact.objects.values_list("day", "measure", "number").iterator():
        facts[day, measure] += number
    whole: Counter[tuple[Any, str]] = Counter()
    for (scope, _, class_code, day, measure), number in right.items():
        if scope == "county" and not class_code:
            whole[day, measure] += number
    return [
        Difference(("county", "", "", day, measure), facts[day, measure], whole[day, measure])
        for day, measure in facts.keys() | whole.keys()
        if facts[day, measure] != whole[day, measure]
    ]


def recounted() -> Counter[Key]:
    """All sums, from all entries of all incidents."""
    sums: Counter[Key] = Counter()
    ours = Matter.objects.filter(procedure=INCIDENT.code).values("id")
    entries = Entry.objects.filter(stream__in=ours).order_by("stream", "seq")
    for _, chain in groupby(entries.iterator(), key=lambda e: e.stream):
        history = list(chain)
        contents = [orjson.loads(e.payload) for e in history]
        where, what = contents[0]["grid"] or contents[0]["place"], contents[0]["kind"]
        for content in contents:
            what = content.get("changed", {}).get("kind", what)
        reporter = str(history[0].person_id or "")
        for measure, at, organ, post, number in _counted(history, contents):
            codes = [("county", where[:6]), ("township", where[:9]), ("village", where[:12])]
            codes += [("grid", where)] if len(where) == 15 else []
            codes += [("organ", organ), ("post", post), ("person", reporter)]
            for scope, code in codes:
                for class_code in {"", what} if code else ():
                    sums[scope, code, class_code, day_of(at), measure] += number
    return sums


def _counted(
    history: Sequence[Entry], contents: Sequence[Any]
) -> Iterator[tuple[str, datetime, str, str, int]]:
    """(measure, instant, organ, post, number) of one matter."""
    acts = [e.act for e in history]
    first = history[0]
    if acts[0] != "take_over":
        yield "reported", first.at, first.organ, first.post, 1
    if acts[0] == "self_handle":
        yield "self_handled", first.at, first.organ, first.post, 1
    accepted = [e for e in history if e.act in ("register", "merge", "reopen")][:1]
    for e in accepted:
        yield "accepted", e.at, e.organ, e.post, 1
        yield "accept_minutes", e.at, e.organ, e.post, _minutes(first.at, e.at)
    for e in [e for e in history if e.act in ("register", "reopen")][:1]:
        yield "registered", e.at, e.organ, e.post, 1
    last = [a for a in acts if a in ("close", "merge", "refuse", "reopen", "self_handle")][-1:]
    for n, e in enumerate(history):
        later, organ = acts[n + 1 :], _holder(contents[: n + 1])
        match e.act:
            case "merge" | "refuse" if "reopen" not in later:
                yield {"merge": "merged", "refuse": "not_accepted"}[e.act], e.at, e.organ, e.post, 1
            case "dispatch":
                yield "dispatched", e.at, organ, e.post, 1
                hands = [a for a in later if a in ("dispatch", "return", "withdraw_dispatch")]
                if hands[:1] in ([], ["dispatch"]):
                    yield "rightly_dispatched", e.at, organ, e.post, 1
            case "finish":
                yield "handled", e.at, organ, e.post, 1
                sent = [x.at for x in history[:n] if x.act == "dispatch"][-1]
                yield "handle_minutes", e.at, organ, e.post, _minutes(sent, e.at)
            case "rework" | "send_back":
                yield "rework", e.at, organ, _finisher(history[:n]), 1
            case "close" if "reopen" not in later:
                yield "closed", e.at, organ, _finisher(history[:n]), 1
            case "supervise" | "list":
                yield "supervised", e.at, organ, "", 1
    yield from _limits(history, contents, last)


def _limits(
    history: Sequence[Entry], contents: Sequence[Any], last: Sequence[str]
) -> Iterator[tuple[str, datetime, str, str, int]]:
    """What limits count: one that started until the note that stopped it, or without an end."""
    missed: list[datetime] = []
    notes = [(n, note) for n, content in enumerate(contents) for note in content.get("clocks", ())]
    for at, (_n, note) in enumerate(notes):
        if note["did"] != "started":
            continue
        same = [(m, other) for m, other in notes[at + 1 :] if other["clock"] == note["clock"]]
        ends = [k for k, (_, other) in enumerate(same) if other["did"] == "stopped"][:1]
        between = [other for _, other in (same[: ends[0]] if ends else same)]
        due = datetime.fromisoformat((between or [note])[-1]["due_at"])
        switches = [other["did"] for other in between if other["did"] in ("paused", "resumed")]
        if switches[-1:] == ["paused"]:
            continue
        stop = same[ends[0]][0] if ends else None
        late = stop is None or history[stop].at > due
        until = history[: stop + 1] if stop is not None else history
        if late and any(e.act in ("register", "reopen") for e in (until[:-1] if stop is not None else until)):
            missed.append(due)
        if note["clock"] == "handle" and (late or history[stop or 0].act == "finish"):
            # Before the entry that stopped it: that one may already have given it into other hands.
            organ = _holder(contents[: stop if stop is not None else len(contents)])
            yield "due_to_handle", due, organ, "", 1
            yield "overdue" if late else "handled_on_time", due, organ, "", 1
    if missed and last not in (["merge"], ["refuse"]):
        yield "due_to_close", min(missed), _holder(contents), "", 1
    elif not missed and last == ["close"]:
        closing = max(n for n, e in enumerate(history) if e.act == "close")
        for measure in ("due_to_close", "closed_on_time"):
            yield measure, history[closing].at, _holder(contents[:closing]), _finisher(history[:closing]), 1


def _holder(contents: Sequence[Any]) -> str:
    """The organ that held it last."""
    organ = ""
    for content in contents:
        organ = (content.get("changed", {}).get("holder") or [""])[0] or organ
    return organ


def _finisher(history: Sequence[Entry]) -> str:
    """The post that last finished the handling."""
    return next((e.post for e in reversed(history) if e.act == "finish"), "")


def _minutes(start: datetime, end: datetime) -> int:
    return max(0, int((end - start).total_seconds() // 60))
