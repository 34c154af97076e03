"""Where one can go: halls with how long one waits, village sites with what they take; appointments and one's number."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yimen.design.shapes import Fact, MapPoint, MapSheet, Tone
from yimen.design.wording import listed
from yimen.domains.catalogue.api import items
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import SITE_KINDS
from yimen.domains.residents.api import accounts
from yimen.faces.portal.codes import by_code
from yimen.faces.portal.presenting import county_sheet
from yimen.faces.portal.residents import actor_for, resident_of
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.throttle import Allowance, address_of, use
from yimen.kernel.calendar.today import LOCAL_ZONE, today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.queries import names_of
from yimen.kernel.words import Finding, Refusal, Text

BOOKINGS = Allowance(
    "booking",
    20,
    timedelta(hours=1),
    Text(
        "这个网络地址预约得太频繁，请在 {time} 以后再试，或直接到大厅取号。",
        "Too many bookings from this address; please try again after {time}, or take a number at the hall.",
    ),
)


class VillageForm(forms.Form):
    """Which village."""

    village = forms.ChoiceField(label=gettext_lazy("您的村（社区）"), required=False)

    def __init__(self, *args: Any, villages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].choices = [("", _("请选择")), *villages]  # type: ignore[attr-defined]


class BookForm(forms.Form):
    """Who comes, when, for what."""

    starts_at = forms.ChoiceField(label=gettext_lazy("时间"), widget=forms.RadioSelect)
    item_code = forms.ChoiceField(label=gettext_lazy("办什么"), required=False)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("电话"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )

    def __init__(self, *args: Any, slots: list[hall.Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("{time}（还剩 {left} 个）")
        self.fields["starts_at"].choices = [  # type: ignore[attr-defined]
            (s.starts_at.isoformat(), words.format(time=s.starts_at.astimezone(LOCAL_ZONE).strftime("%H:%M"), left=s.left))
            for s in slots
            if s.left > 0
        ]  # fmt: skip
        self.fields["item_code"].choices = [  # type: ignore[attr-defined]
            ("", _("还没想好")),
            *((i.code, str(i.name)) for i in items()),
        ]


def _villages() -> list[tuple[str, str]]:
    rows = Division.objects.filter(level__in=("township", "village"), code__startswith=current_county().code)
    names = names_of(rows.order_by("code"))
    return [
        (c, f"{names.get(c[:9] + '000', '')} {n}".strip()) for c, n in names.items() if not c.endswith("000")
    ]


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Halls and village sites; for a village, what can be done there and when."""
    villages = _villages()
    form = VillageForm(request.GET or None, villages=villages)
    village = form.cleaned_data["village"] if form.is_valid() else ""
    names = {i.code: i.name for i in items()}
    found = hall.sites_of(village) if village else []
    page = {
        "form": form,
        "village": dict(villages).get(village, ""),
        "sites": [_site(s, names) for s in found],
        "halls": [_hall_line(h) for h in _near(village)],
        "map": _map(list(hall.sites())),
    }
    return render(request, "portal/places.html", page)


def _near(village: str) -> list[Any]:
    """The hall of the village's township, or every hall where there is none."""
    every = list(hall.halls())
    return [h for h in every if village and h.place_code[:9] == village[:9]] or every


def _site(site: Any, names: dict[str, Text]) -> dict[str, Any]:
    return {
        "name": site.called,
        "kind": SITE_KINDS[site.kind],
        "facts": _known(
            Fact(_("服务时间"), site.hours), Fact(_("地址"), site.address), Fact(_("电话"), site.telephone),
            Fact(_("工作人员"), site.staff),
        ),
        "offers": [(names[c], reverse("portal:guide", args=[c])) for c in site.items if c in names],
    }  # fmt: skip


def _known(*facts: Fact) -> list[Fact]:
    """What there is something to say about."""
    return [f for f in facts if f.value]


def _hall_line(each: Any) -> dict[str, Any]:
    queue = hall.queue_of(each)
    wait = _("现在没有窗口叫号") if queue.minutes is None else _("{n} 人在等，现在取号约等 {m} 分钟").format(n=queue.waiting, m=queue.minutes)  # fmt: skip
    return {
        "name": each.called,
        "wait": wait,
        "facts": _known(
            Fact(_("地址"), each.address), Fact(_("电话"), each.telephone),
            Fact(_("工作日开放时间"), listed("–".join(span) for span in each.hours)),
        ),
        "book_url": reverse("portal:book", args=[each.code]) if hall.bookable_days(each) else "",
    }  # fmt: skip


def _map(sites: list[Any]) -> MapSheet:
    """The county with its halls and sites."""
    sheet = county_sheet()
    toned: list[tuple[Any, Tone]] = [*((h, "red") for h in hall.halls()), *((s, "green") for s in sites)]
    points = [
        MapPoint(p.lng, p.lat, str(p.called), tone=tone)
        for p, tone in toned
        if p.lng is not None and p.lat is not None
    ]
    return MapSheet(sheet.centre_lng, sheet.centre_lat, sheet.zoom, sheet.shapes, points)


def _hall(code: str) -> Any:
    found = hall.halls().filter(code=code).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """Book a half hour."""
    found = _hall(code)
    days = [d for d in hall.bookable_days(found) if any(s.left > 0 for s in hall.slots(found, d))]
    on = _day(request.GET.get("on", ""), days)
    slots = hall.slots(found, on) if on else []
    form = BookForm(
        request.POST or None, slots=slots, initial={"item_code": request.GET.get("item", "")[:12]}
    )
    findings: tuple[Finding, ...] = ()
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            use(BOOKINGS, address_of(request))
            at = datetime.fromisoformat(given.pop("starts_at"))
            resident = resident_of(request)
            row = hall.book(
                actor_for(request), hall_code=code, starts_at=at, **given,
                is_own_phone=resident is not None and accounts.is_contact(resident, given["phone"]),
            )  # fmt: skip
        except Refusal as refusal:
            findings = refusal.findings
            status = 429 if refusal.code == "access.too_often" else 422
        else:
            return redirect("portal:booked", code=row.code)
    page = {
        "hall_name": found.called,
        "days": [(d, d == on) for d in days],
        "on": on,
        "form": form,
        "findings": findings,
    }
    return render(request, "portal/book.html", page, status=status)


def _day(typed: str, days: list[date]) -> date | None:
    """The day asked for, if it is offered; otherwise the first that is."""
    return next((d for d in days if str(d) == typed), days[0] if days else None)


def _booking(code: str) -> Any:
    row = hall.booking(code)
    if row is None:
        raise Http404
    return row


@require_safe
@by_code
def booked(request: HttpRequest, code: str) -> HttpResponse:
    """An appointment by its code."""
    return _booked(request, code)


def _booked(request: HttpRequest, code: str, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    row = _booking(code)
    names = {i.code: i.name for i in items()}
    page = {
        "row": row,
        "is_standing": row.state == "booked",
        "facts": [
            Fact(_("大厅"), row.hall.called), Fact(_("地址"), row.hall.address), Fact(_("时间"), row.starts_at),
            Fact(_("办什么"), names.get(row.item_code, _("到大厅再说"))), Fact(_("预约人"), row.holder),
        ],
        "findings": findings,
    }  # fmt: skip
    return render(request, "portal/booked.html", page, status=422 if findings else 200)


@require_POST
@by_code
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Give an appointment up."""
    _booking(code)
    try:
        hall.cancel(Actor.resident(), code=code)
    except Refusal as refusal:
        return _booked(request, code, refusal.findings)
    return redirect("portal:booked", code=code)


@require_safe
@by_code
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """One's number on one's own phone: how many are before it; the page asks again by itself."""
    found = hall.ticket_by_code(code)
    if found is None:
        raise Http404
    page = {
        "ticket": found,
        "hall_name": found.hall.called,
        "place": hall.place_of(found) if found.state == "waiting" and found.on == today() else None,
        "is_over": found.on != today(),
    }
    return render(request, "portal/ticket.html", page)
