"""Files as answers."""

from collections.abc import Callable, Iterable

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from yimen.kernel.documents.models import IssuedDocument


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, and keeps under `name`."""
    shown = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": shown})


def documents_shown(
    rows: Iterable[IssuedDocument], address: Callable[[IssuedDocument], str]
) -> list[dict[str, str]]:
    """Documents for `design/documents.html`; one that waits for its seal has no address."""
    return [
        {
            "title": row.title, "title_en": row.title_en, "number": row.number, "url": address(row) if row.paper_id else "",
            "withdrawn": row.withdrawn_because if row.withdrawn_at else "",
        }
        for row in rows
    ]  # fmt: skip
