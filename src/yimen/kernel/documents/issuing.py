"""Documents of a matter: composed on an act, read, translated, taken back. They are sealed by `sealing`, soon after."""

import secrets
from datetime import datetime
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.tenancy import address, current_county
from yimen.kernel.documents.document import Document, data_of, document_from
from yimen.kernel.documents.models import IssuedDocument, OfficialSeal
from yimen.kernel.documents.seals import LAW
from yimen.kernel.documents.setting import Face, set_pages
from yimen.kernel.org.models import Organ
from yimen.kernel.papers.store import path_of
from yimen.kernel.registers.acts import note
from yimen.kernel.sealing import seal, unseal
from yimen.kernel.words import Text

CHECK_PATH = "/check/"
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_HOUSE = Actor.system("用印")


def compose(
    document: Document,
    *,
    key: UUID,
    matter_id: UUID,
    kind: str,
    organ_code: str,
    asked_by: str,
    law: str,
    at: datetime,
) -> None:
    """Keep a document that is to be sealed; with a key that is known already, nothing."""
    IssuedDocument.objects.bulk_create(
        [
            IssuedDocument(
                id=key, matter_id=matter_id, kind=kind, organ_code=organ_code, title=document.title.zh,
                title_en=document.title.en, holder=document.holder, private=seal(orjson.dumps(data_of(document))),
                asked_by=asked_by, law=law, composed_at=at, check_code=_check_code(),
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _check_code() -> str:
    """Twelve characters that cannot be guessed or mixed up, in fours."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(12))
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def waiting() -> QuerySet[IssuedDocument]:
    """What is composed and not sealed yet, the oldest first."""
    return IssuedDocument.objects.filter(paper_id=None, withdrawn_at=None).order_by("id")


def document_of(row: IssuedDocument) -> Document:
    """What an issued document says."""
    return document_from(orjson.loads(unseal(bytes(row.private))))


def face_of(row: IssuedDocument, under: OfficialSeal) -> Face:
    """What stands beside its text."""
    return Face(
        organ=organ_name(row.organ_code), number=row.number, seal_words=under.words, seal_purpose=under.purpose,
        check_code=row.check_code, check_address=f"{address()}{CHECK_PATH}{row.check_code}/",
    )  # fmt: skip


def organ_name(code: str) -> Text:
    """An organ's full name in both languages, for what bears it: a department known as 县民政局 writes itself 云溪县民政局."""
    organ, county = Organ.objects.filter(code=code).first(), current_county()
    if organ is None:
        return Text(code, code)
    zh = county.name + organ.name[1:] if organ.name.startswith("县") else organ.name
    return Text(zh, organ.called.en)


def document_pdf(row: IssuedDocument, *, is_english: bool = False) -> tuple[bytes, str]:
    """A sealed document and what the file is called; in English a translation without the seal, marked as one."""
    assert row.seal is not None
    if is_english:
        return set_pages(document_of(row), face_of(row, row.seal), "en"), f"{row.title_en}.pdf"
    return path_of(row.sha256).read_bytes(), f"{row.number} {row.title}.pdf"


def read_document(actor: Actor, row: IssuedDocument, *, is_english: bool = False) -> tuple[bytes, str]:
    """The same for an officer: the look is recorded, since it names a person (个人信息保护法 第五十一条)."""
    note(actor, row.id, "read_document", now(), "个人信息保护法 第五十一条", number=row.number)
    return document_pdf(row, is_english=is_english)


def documents_of(matter_id: UUID) -> list[IssuedDocument]:
    """A matter's documents, the oldest act first; what one act made is in a fixed order."""
    return list(
        IssuedDocument.objects.filter(matter_id=matter_id)
        .select_related("seal")
        .order_by("composed_at", "-kind")
    )


def withdraw_documents(matter_id: UUID, kinds: tuple[str, ...], reason: str, at: datetime) -> None:
    """Take documents of a matter back: whoever checks one is told that it holds no longer."""
    of_these = Q(matter_id=matter_id, kind__in=kinds, withdrawn_at=None)
    for row in IssuedDocument.objects.filter(of_these):
        with one_act():
            IssuedDocument.objects.filter(id=row.id).update(withdrawn_at=at, withdrawn_because=reason)
            if row.seal_id:
                note(_HOUSE, row.seal_id, "withdraw_document", at, row.law or LAW, document=str(row.id), number=row.number, reason=reason)  # fmt: skip
