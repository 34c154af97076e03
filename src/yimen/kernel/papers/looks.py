"""Who has looked at a person's papers: a chain of its own for each paper, one entry a person and day.

A view that shows one says so (`looking()`); it is recorded before anything is sent (`kernel.afterwards`), and what cannot
be recorded is not shown.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpRequest

from yimen.kernel.afterwards import afterwards
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
    """Have it recorded that the answer shows somebody a person's paper."""
    afterwards(request, partial(_record, who, paper_id))


def _record(who: Who, paper_id: UUID) -> None:
    stream = stream_of(paper_id)
    earlier = Entry.objects.filter(stream=stream, account_id=who.account_id, at__gte=midnight(today()))
    with transaction.atomic():
        if not earlier.exists():
            record(stream=stream, act="look", who=who, law=LAW, payload={"paper": str(paper_id)}, at=now())


def looks_at(papers: Iterable[UUID]) -> Mapping[UUID, list[Entry]]:
    """The looks at each of the papers, first to last."""
    streams = {stream_of(paper): paper for paper in papers}
    found: dict[UUID, list[Entry]] = {paper: [] for paper in streams.values()}
    for entry in Entry.objects.filter(stream__in=streams).order_by("at", "stream"):
        found[streams[entry.stream]].append(entry)
    return found
