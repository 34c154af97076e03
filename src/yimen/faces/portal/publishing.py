"""What anybody may read of decisions: granted permits (行政许可法 第四十条), and what is announced before it is decided (公示)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.domains.catalogue.api import cited
from yimen.domains.services.api import (
    SERVICE,
    PublicHearing,
    PublicNotice,
    PublicPermit,
    public_hearings,
    public_notices,
    public_permits,
)
from yimen.kernel.calendar.today import LOCAL_ZONE, today
from yimen.kernel.counties.models import Division
from yimen.kernel.documents.issuing import documents_of
from yimen.kernel.org.models import Organ
from yimen.kernel.org.queries import names_of, organ_names
from yimen.kernel.words import Text

_PAGE = 25
_OF_THE_GRANT = ("grant", "result", "revocation")


def _before(request: HttpRequest) -> UUID | None:
    """The key of the page before; none for the first."""
    typed = request.GET.get("before", "")
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise Http404 from None


@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """Granted permits, the latest decision first, found by number, item or an organisation's name; paged by key."""
    asked, before = request.GET.get("q", "").replace("\0", "").strip()[:80], _before(request)
    rows = public_permits(asked)
    found = list((rows.filter(id__lt=before) if before else rows)[: _PAGE + 1])
    organs, on = organ_names(today()), today()
    kept = {"q": asked} if asked else {}
    page: dict[str, Any] = {
        "asked": asked,
        "columns": (
            Column(_("许可"), "title"), Column(_("证照编号")), Column(_("持有人")), Column(_("决定机关")), Column(_("决定日期"), "date"),
            Column(_("有效期至"), "date"), Column(_("状态")),
        ),
        "rows": [
            (
                Cell(r.called, href=reverse("portal:permit", args=[r.id])), r.number, r.holder, organs.get(r.organ_code, "—"), r.granted_on,
                r.valid_until, _badge(r, on),
            )
            for r in found[:_PAGE]
        ],
        "next_url": f"?{urlencode({**kept, 'before': str(found[_PAGE - 1].id)})}" if len(found) > _PAGE else "",
        "first_url": f"?{urlencode(kept)}" if before else "",
    }  # fmt: skip
    return render(request, "portal/permits.html", page)


@require_safe
def permit(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """One permit: what was granted to whom, by whom, from when until when, and whether it still holds."""
    row = get_object_or_404(PublicPermit, id=permit_id)
    said, ended_on = _standing(row, today())
    place = Division.objects.filter(code=f"{row.township_code}000").first()
    facts = [
        Fact(_("证照编号"), row.number), Fact(_("持有人"), row.holder),
        Fact(_("决定机关"), organ_names(today()).get(row.organ_code, "—")), Fact(_("决定日期"), row.granted_on),
        Fact(_("有效期自"), row.valid_from or row.granted_on), Fact(_("有效期至"), row.valid_until or _("长期")),
        Fact(_("地点"), place.called if place else "—"), Fact(_("状态"), said, hint=f"{ended_on:%Y-%m-%d}" if ended_on else ""),
    ]  # fmt: skip
    papers = [
        (Text(d.title, d.title_en), d.number) for d in documents_of(row.matter_id) if d.kind in _OF_THE_GRANT and d.number
    ]  # fmt: skip
    page = {
        "permit": row,
        "name": row.called,
        "facts": facts,
        "papers": papers,
        "guide_url": reverse("portal:guide", args=[row.item_code]),
    }
    return render(request, "portal/permit.html", page)


def _standing(row: PublicPermit, on: date) -> tuple[Text, date | None]:
    """Whether it holds on a day, and since when not."""
    if row.ended:
        return SERVICE.state(row.ended).name, row.ended_on
    if row.valid_until and row.valid_until < on:
        return Text("已到期", "Expired"), row.valid_until
    if row.valid_from and row.valid_from > on:
        return Text("还没有生效", "Not yet in force"), None
    return Text("有效", "In force"), None


def _badge(row: PublicPermit, on: date) -> Cell:
    said, ended_on = _standing(row, on)
    return Cell(
        said, tone="neutral" if ended_on else "green", hint=f"{ended_on:%Y-%m-%d}" if ended_on else ""
    )


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What is announced now before it is decided: what, until when, on what ground, and how to object."""
    before = _before(request)
    found, hearings = public_notices(before, _PAGE), public_hearings()
    every: list[PublicNotice | PublicHearing] = [*found, *hearings]
    codes = {code for n in every for code in (n.place_code, f"{n.place_code[:9]}000")}
    places = names_of(Division.objects.filter(code__in=codes))
    organs = Organ.objects.in_bulk({n.organ_code for n in every})
    page = {
        "notices": [_announced(n, places, organs.get(n.organ_code)) for n in found[:_PAGE]],
        "hearings": [_to_be_held(h, places, organs.get(h.organ_code)) for h in hearings],
        "next_url": f"?{urlencode({'before': str(found[_PAGE - 1].id)})}" if len(found) > _PAGE else "",
        "first_url": "?" if before else "",
    }
    return render(request, "portal/notices.html", page)


def _to_be_held(hearing: PublicHearing, places: dict[str, str], organ: Organ | None) -> dict[str, Any]:
    return {
        "name": hearing.item.name,
        "facts": [
            Fact(_("申请人"), hearing.holder), Fact(_("地点"), _where(hearing.place_code, places)),
            Fact(_("听证时间"), hearing.on, hint=hearing.hour), Fact(_("听证地点"), hearing.where),
            Fact(_("由谁决定"), organ.called if organ else "—", hint=organ.duty_phone if organ else ""),
        ],
        "guide_url": reverse("portal:guide", args=[hearing.item.code]),
    }  # fmt: skip


def _where(place_code: str, places: dict[str, str]) -> str:
    town = places.get(f"{place_code[:9]}000", "")
    return f"{town} {places.get(place_code, '')}".strip()


def _announced(notice: PublicNotice, places: dict[str, str], organ: Organ | None) -> dict[str, Any]:
    until: date = notice.until.astimezone(LOCAL_ZONE).date()
    return {
        "name": notice.name,
        "facts": [
            Fact(_("申请人"), notice.holder), Fact(_("地点"), _where(notice.place_code, places)),
            Fact(_("公示自"), notice.since.astimezone(LOCAL_ZONE).date()), Fact(_("公示至"), until),
            Fact(_("由谁决定"), organ.called if organ else "—", hint=organ.duty_phone if organ else ""),
            Fact(_("依据"), cited([notice.basis]) if notice.basis else "—"),
        ],
        "guide_url": reverse("portal:guide", args=[notice.item.code]),
    }  # fmt: skip
