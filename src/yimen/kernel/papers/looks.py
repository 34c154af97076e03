"""Who has looked at a person's papers: a chain of its own for each paper, one entry a person and day.

An answer that only looks writes nothing itself: the view says `looking()`, and what it said is kept after the view's
read-only transaction and before anything is sent (`kernel.matters.reading`). What cannot be recorded is not shown.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpRequest

from yimen.kernel.calendar.today import midnight, now, today
from yimen.kernel.ledger.append import record
from yimen.kernel.ledger.entries import Who
from yimen.kernel.ledger.models import Entry

LAW = "个人信息保护法 第五十一条"
_LOOKS = UUID("5f0c7a54-6f43-5b8e-9a59-6c6f6f6b7300")


def stream_of(paper_id: UUID) -> UUID:
    """The chain of the looks at a paper."""
    return uuid5(_LOOKS, str(paper_id))


def looking(request: HttpRequest, who: Who, paper_id: UUID) -> None:
    """Say that the answer shows somebody a person's paper."""
    request.__dict__.setdefault("looks", []).append((who, paper_id))


def keep_looks(request: HttpRequest) -> None:
    """Record the looks that the view has said, in a transaction of their own."""
    for who, paper_id in request.__dict__.get("looks", ()):
        stream = stream_of(paper_id)
        with transaction.atomic():
            if not Entry.objects.filter(
                stream=stream, account_id=who.account_id, at__gte=midnight(today())
            ).exists():
                record(
                    stream=stream, act="look", who=who, law=LAW, payload={"paper": str(paper_id)}, at=now()
                )


def looks_at(papers: Iterable[UUID]) -> Mapping[UUID, list[Entry]]:
    """The looks at each of the papers, first to last."""
    streams = {stream_of(paper): paper for paper in papers}
    found: dict[UUID, list[Entry]] = {paper: [] for paper in streams.values()}
    for entry in Entry.objects.filter(stream__in=streams).order_by("at", "stream"):
        found[streams[entry.stream]].append(entry)
    return found
