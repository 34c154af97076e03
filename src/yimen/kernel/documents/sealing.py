"""Sealing what waits: numbered, set, signed and kept, as soon as the organ has a seal that somebody keeps.

What waits for a seal is seen by who manages seals, and is sealed when there is one.
"""

import logging
from itertools import chain
from uuid import UUID

from django.db import connection, transaction

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.documents.document import Document
from yimen.kernel.documents.issuing import document_of, face_of, waiting
from yimen.kernel.documents.models import IssuedDocument, OfficialSeal
from yimen.kernel.documents.pades import sign
from yimen.kernel.documents.seals import LAW, custodian_on, seals_in_use
from yimen.kernel.documents.setting import set_pages
from yimen.kernel.papers.store import keep_made
from yimen.kernel.registers.acts import note

log = logging.getLogger(__name__)
_AT_ONCE = 50
_HOUSE = Actor.system("用印")
_NEXT = (
    "INSERT INTO documents_number (organ_code, word, year, last) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (organ_code, word, year) DO UPDATE SET last = documents_number.last + 1 RETURNING last"
)


def seal_waiting() -> int:
    """Seal what waits and may be sealed today, so many at once for each seal; returns how many. One that fails stays waiting and
    does not stop the others, and what fails under one seal does not hold up what waits for another."""
    by_organ = {s.organ_code: s for s in seals_in_use(today())}
    waits = [waiting().filter(organ_code=organ).values_list("id", flat=True)[:_AT_ONCE] for organ in by_organ]
    done = 0
    for each in chain.from_iterable(waits):
        try:
            done += _seal_one(each, by_organ)
        except Exception as error:  # whatever the key's holder or the disk may answer
            log.error("document %s could not be sealed: %r", each, error)
    return done


def _seal_one(document_id: UUID, by_organ: dict[str, OfficialSeal]) -> bool:
    """Number, set, sign and keep one document, with the seal's entry, in one transaction."""
    with one_act(), transaction.atomic():
        row = waiting().select_for_update(skip_locked=True).filter(id=document_id).first()
        if row is None:
            return False
        under = by_organ[row.organ_code]
        keeper = custodian_on(under, today())
        if not keeper:
            return False
        at, document = now(), document_of(row)
        row.number = _next_number(under, document)
        place = face_of(row, under)
        pdf = sign(
            set_pages(document, place),
            under.id,
            place=str(place.organ.zh),
            reason=f"{row.title} {row.number}",
        )
        paper = keep_made(pdf, "application/pdf", f"{row.title}.pdf", at)
        IssuedDocument.objects.filter(id=row.id).update(
            number=row.number, seal=under, sealed_at=at, paper_id=paper.id, sha256=paper.sha256
        )
        note(
            _HOUSE, under.id, "use_seal", at, row.law or LAW, document=str(row.id), matter=str(row.matter_id), title=row.title,
            number=row.number, sha256=paper.sha256, asked_by=row.asked_by, custodian=keeper,
        )  # fmt: skip
    return True


def _next_number(under: OfficialSeal, document: Document) -> str:
    """云青准许字〔2026〕12号: the organ's word, the kind's, the year, and the next number of that series."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [under.organ_code, document.word, document.on.year])
        (last,) = cursor.fetchone()
    return f"{under.number_word}{document.word}字〔{document.on.year}〕{last}号"
