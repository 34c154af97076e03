"""Grid posts on screen: who serves which grid since when, what is missing, and how heavy each grid is."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.domains.duties.api import (
    GAP_KINDS,
    STANDARDS,
    TERMS,
    DutyPermission,
    Gap,
    GridStaff,
    Seat,
    gaps_in,
    loads_on,
    missing_standards,
    set_party_unit,
    set_standard,
    staffing,
    standards_on,
)
from yimen.domains.grid.api import incidents_by_grid
from yimen.faces.console.duty_forms import (
    AbsenceForm,
    GridPostForm,
    HandOverForm,
    PartyUnitForm,
    PersonToPostForm,
    PlaceForm,
    PostPhoneForm,
    StandardForm,
)
from yimen.faces.console.people import people_for
from yimen.faces.console.register_forms import EnglishNameForm
from yimen.faces.console.registers import appointment_for, ask, posts_url
from yimen.faces.console.tables import csv_answer
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.decide import areas, decide, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.access.permissions import KernelPermission as P
from yimen.kernel.calendar.today import now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Grid, Post
from yimen.kernel.org.post_kinds import post_kind_name
from yimen.kernel.org.queries import grid_name, grid_names, names_of, people_in, people_without_a_post
from yimen.kernel.registers import people
from yimen.kernel.words import Text

_YEAR = timedelta(days=365)
_PAGE = 100


def _given(request: HttpRequest) -> Mapping[str, Any]:
    form = PlaceForm(request.GET)
    if not form.is_valid():
        raise BadRequest
    return form.cleaned_data


def _scope(actor: Actor) -> list[str]:
    """The area prefixes in which the reader sees people and posts, none inside another."""
    held = sorted({area for area, organ in areas(actor, P.PEOPLE_READ) if not organ}, key=len)
    return [a for n, a in enumerate(held) if not any(a.startswith(b) for b in held[:n])]


def _staffing(actor: Actor, on: date, within: str = "") -> list[GridStaff]:
    """The grids that the reader may see, narrowed to a prefix."""
    found: list[GridStaff] = []
    for area in _scope(actor):
        if within.startswith(area):
            return staffing(within, on)
        if area.startswith(within):
            found += staffing(area, on)
    return found


def _names(level: str) -> dict[str, str]:
    rows = Division.objects.filter(level=level, code__startswith=current_county().code).order_by("code")
    return names_of(rows)


@require_safe
@needs(P.PEOPLE_READ)
def grid_posts(request: HttpRequest) -> HttpResponse:
    """The grids of one village with those who serve them, and the villages to choose from."""
    given, actor = _given(request), actor_of(request)
    on = given["on"] or today()
    scope = _scope(actor)
    villages = {
        code: name for code, name in _names("village").items() if any(code.startswith(a[:12]) for a in scope)
    }
    village = given["village"] or next(iter(villages), "")
    staffed = _staffing(actor, on, village) if village in villages else []
    names = grid_names(each.grid for each in staffed)
    context = {
        "on": on,
        "villages": list(villages.items()),
        "village": village,
        "columns": (
            Column(_("网格"), "title"), Column(_("岗位")), Column(_("任职人")), Column(_("自"), "date"),
            Column(_("至（不含当日）"), "date"), Column(_("今天由谁负责")), Column(_("工作电话")),
        ),
        "rows": [
            (
                Cell(names[each.grid.code], href=reverse("console:grid_post", args=[each.grid.code])),
                *_seat_cells(seat),
            )
            for each in staffed
            for seat in each.seats
        ],
    }  # fmt: skip
    return render(request, "console/grid_posts.html", context)


def _seat_cells(seat: Seat) -> tuple[Any, ...]:
    held = seat.appointment
    return (
        post_kind_name(seat.post.kind),
        Cell(held.person.name, href=reverse("console:person", args=[held.person_id]))
        if held
        else Cell(_("空缺"), tone="red"),
        held.valid.lower if held else "—",
        held.valid.upper or "—" if held else "—",
        _acting(seat),
        seat.post.duty_phone or "—",
    )


def _acting(seat: Seat) -> Cell:
    """Who answers today, and why it is not the holder."""
    if seat.present is None:
        return Cell(
            _("离岗，无人顶岗") if seat.is_uncovered else "—", tone="red" if seat.is_uncovered else ""
        )
    stands_in = seat.substitution is not None
    return Cell(seat.present.name, tone="amber" if stands_in else "", hint=_("顶岗") if stands_in else "")


def _grid(request: HttpRequest, grid_code: str, permission: str = P.PEOPLE_READ) -> Grid:
    """The grid, if the reader's permission reaches it; otherwise it does not exist."""
    grid = Grid.objects.filter(code=grid_code, valid__contains=today()).first()
    if grid is None or decide(actor_of(request), permission, area=grid_code):
        raise Http404
    return grid


def _grid_url(grid_code: str) -> str:
    return reverse("console:grid_post", args=[grid_code])


@require_safe
@needs(P.PEOPLE_READ)
def grid_post(request: HttpRequest, grid_code: str) -> HttpResponse:
    """One grid: every post with its holder, what can be done about each, and the party unit."""
    grid, actor = _grid(request, grid_code), actor_of(request)
    (each,) = (s for s in staffing(grid_code, today()) if s.grid.code == grid_code)
    may_appoint = holds(actor, P.PEOPLE_MANAGE) is None
    may_set_up = holds(actor, P.ORGANS_MANAGE) is None
    unit = each.party_unit
    context = {
        "grid": grid,
        "facts": [
            Fact(_("网格编码"), grid.code),
            Fact(_("户数"), grid.households),
            Fact(_("党组织"), unit.name if unit else _("没有建")),
            Fact(_("自"), unit.valid.lower if unit else None),
        ],
        "seats": [_seat_page(seat, may_appoint, may_set_up) for seat in each.seats],
        "gaps": [_gap_row(g, grid_names([each.grid])) for g in gaps_in([each], today())],
        "gap_columns": _gap_columns(),
        "may_set_up": may_set_up,
    }
    return render(request, "console/grid_post.html", context)


def _seat_page(seat: Seat, may_appoint: bool, may_set_up: bool) -> dict[str, Any]:
    """A post as a panel with the links to what can be done."""
    held, post = seat.appointment, seat.post
    links: list[tuple[str, str, str]] = []
    if may_appoint and held:
        links += [
            (_("交接"), reverse("console:hand_over", args=[held.id]), "arrow-left-right"),
            (_("安排顶岗"), reverse("console:stand_in", args=[held.id]), "person-plus"),
            (_("登记离岗"), reverse("console:note_absence", args=[held.person_id]), "calendar-x"),
            (_("免去"), reverse("console:end_appointment", args=[held.id]), "person-dash"),
        ]
    elif may_appoint:
        links.append((_("任命"), reverse("console:appoint_to", args=[post.code]), "person-plus"))
    if may_set_up:
        links.append((_("改工作电话"), reverse("console:set_post_phone", args=[post.code]), "telephone"))
    acting = _acting(seat)
    return {
        "title": f"{post_kind_name(post.kind)} · {post.organ.called}",
        "facts": [
            Fact(_("任职人"), held.person.name if held else _("空缺")),
            Fact(_("任期"), f"{held.valid.lower} — {held.valid.upper or ''}" if held else "—"),
            Fact(_("今天由谁负责"), acting.text, hint=acting.hint),
            Fact(_("工作电话"), post.duty_phone or "—"),
            Fact(_("岗位编码"), post.code),
        ],
        "links": links,
    }


def _candidates(actor: Actor, place_code: str) -> list[tuple[str, str]]:
    """The people who hold a post in the township of a place; for who manages the whole county also those without any post."""
    found = people_in([(place_code[:9], "")], today())
    if decide(actor, P.PEOPLE_MANAGE, area=current_county().code) is None:
        found |= people_without_a_post(today())
    return [(str(p.id), p.name) for p in found.distinct().order_by("name", "id")[:500]]


def _post(request: HttpRequest, post_code: str, permission: str) -> Post:
    """A post of today, if the reader's permission reaches it; otherwise it does not exist."""
    post = Post.objects.select_related("organ").filter(code=post_code, valid__contains=today()).first()
    if post is None or decide(actor_of(request), permission, area=post.organ.place_code, organ=post.organ_id):
        raise Http404
    return post


def _back_of(post: Post) -> str:
    """The page of the post's grid, or of its organ's posts."""
    return _grid_url(post.grid_code) if post.grid_code else posts_url(post.organ_id)


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def appoint_to(request: HttpRequest, post_code: str) -> HttpResponse:
    """Appoint somebody to a post, from the grid's page."""
    post = _post(request, post_code, P.PEOPLE_MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        whom = UUID(given["person_id"])
        people.appoint(actor, person_id=whom, post_code=post_code, since=given["since"], until=given["until"])
        return _back_of(post)

    form = PersonToPostForm(
        request.POST or None,
        initial={"since": today()},
        people=_candidates(actor_of(request), post.organ.place_code),
    )
    title = _("任命 %(post)s") % {"post": post.called}
    return ask(request, title, form, act, _("已任命。"), back=_back_of(post))


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def hand_over(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Another person takes a post over on a day."""
    held = appointment_for(request, appointment_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        whom = UUID(given["person_id"])
        people.hand_over(
            actor, appointment_id=appointment_id, person_id=whom, on=given["on"], reason=given["reason"]
        )
        return _back_of(held.post)

    form = HandOverForm(
        request.POST or None,
        initial={"on": today()},
        people=_candidates(actor_of(request), held.post.organ.place_code),
    )
    title = _("%(post)s 交接（现任 %(name)s）") % {"post": held.post.called, "name": held.person.name}
    return ask(request, title, form, act, _("已交接。"), back=_back_of(held.post))


@require_http_methods(["GET", "POST"])
@needs(P.PEOPLE_MANAGE)
def note_absence(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Enter that somebody is away."""
    person = people_for(request, P.PEOPLE_MANAGE).filter(id=person_id).first()
    if person is None:
        raise Http404
    back = reverse("console:person", args=[person_id])

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.note_absence(actor, person_id=person_id, **given)
        return back

    title = _("登记 %(name)s 离岗") % {"name": person.name}
    return ask(
        request, title, AbsenceForm(request.POST or None, initial={"since": today()}), act, _("已登记。"), back=back,
        note=_("公示牌上只显示由谁顶岗，不显示离岗的理由。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def set_post_phone(request: HttpRequest, post_code: str) -> HttpResponse:
    """Set a post's published number."""
    post = _post(request, post_code, P.ORGANS_MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.set_post_phone(actor, code=post_code, **given)
        return _back_of(post)

    form = PostPhoneForm(request.POST or None, initial={"duty_phone": post.duty_phone})
    return ask(
        request, _("%(post)s 的工作电话") % {"post": post.called}, form, act, _("已设定。"), back=_back_of(post),
        note=_("这个号码公布在网格公示牌上，请不要填个人号码。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def call_post(request: HttpRequest, post_code: str) -> HttpResponse:
    """Set what a post is called in English."""
    post = _post(request, post_code, P.ORGANS_MANAGE)
    back = posts_url(post.organ_id)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.call_post(actor, code=post_code, **given)
        return back

    form = EnglishNameForm(request.POST or None, initial={"name_en": post.name_en})
    title = _("%(name)s 的英文名称") % {"name": post.called}
    return ask(request, title, form, act, _("已设定。"), back=back)


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def new_grid_post(request: HttpRequest, grid_code: str) -> HttpResponse:
    """Set up a post of a grid."""
    grid = _grid(request, grid_code, P.ORGANS_MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        people.open_post(actor, organ_code=grid.place_code, grid_code=grid_code, **given)
        return _grid_url(grid_code)

    form = GridPostForm(request.POST or None, initial={"since": today()})
    title = _("%(grid)s 设立岗位") % {"grid": grid_name(grid)}
    return ask(request, title, form, act, _("已设立。"), back=_grid_url(grid_code))


@require_http_methods(["GET", "POST"])
@needs(P.ORGANS_MANAGE)
def party_unit(request: HttpRequest, grid_code: str) -> HttpResponse:
    """Enter the party branch or group of a grid."""
    grid = _grid(request, grid_code, P.ORGANS_MANAGE)

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        set_party_unit(actor, grid_code=grid_code, **given)
        return _grid_url(grid_code)

    form = PartyUnitForm(request.POST or None, initial={"since": today()})
    title = _("%(grid)s 的党组织") % {"grid": grid_name(grid)}
    return ask(request, title, form, act, _("已保存。"), back=_grid_url(grid_code))


def _gap_columns() -> tuple[Column, ...]:
    return (
        Column(_("缺什么"), "title"), Column(_("网格")), Column(_("岗位")), Column(_("人员")), Column(_("到期"), "date"),
    )  # fmt: skip


def _gap_row(gap: Gap, grids: Mapping[str, str]) -> tuple[Any, ...]:
    return (
        GAP_KINDS[gap.kind],
        Cell(grids[gap.grid.code], href=_grid_url(gap.grid.code)),
        gap.post_words,
        gap.person.name if gap.person else "—",
        gap.day or "—",
    )


def _gaps(request: HttpRequest) -> tuple[Mapping[str, Any], date, list[Gap]]:
    given = _given(request)
    on = given["on"] or today()
    return given, on, gaps_in(_staffing(actor_of(request), on, given["township"]), on)


@require_safe
@needs(P.PEOPLE_READ)
def gaps(request: HttpRequest) -> HttpResponse:
    """What is missing on a day: by kind, by township, and each in its place."""
    given, on, found = _gaps(request)
    towns = {code[:9]: name for code, name in _names("township").items()}
    counts = Counter((g.township_code, g.kind) for g in found)
    kept = {"on": str(on), **{k: given[k] for k in ("township", "kind") if given[k]}}

    def link(**more: str) -> str:
        return f"?{urlencode({**kept, **more})}"

    listed = [g for g in found if given["kind"] in ("", g.kind) and g.grid.code > given["after"]]
    listed.sort(key=lambda g: g.grid.code)
    shown = [g for g in listed if len(listed) <= _PAGE or g.grid.code <= listed[_PAGE - 1].grid.code]
    grids = grid_names(g.grid for g in shown)
    context = {
        "on": on,
        "stats": [
            (sum(g.kind == kind for g in found), words, link(kind=kind)) for kind, words in GAP_KINDS.items()
        ],
        "town_columns": (
            Column(_("乡镇（街道）"), "title"),
            *(Column(w, "number") for w in GAP_KINDS.values()),
        ),
        "towns": [
            (
                Cell(name, href=link(township=code)),
                *(
                    Cell(counts[code, k], href=link(township=code, kind=k) if counts[code, k] else "")
                    for k in GAP_KINDS
                ),
            )
            for code, name in towns.items()
            if any(counts[code, k] for k in GAP_KINDS)
        ],
        "columns": _gap_columns(),
        "rows": [_gap_row(g, grids) for g in shown],
        "next_url": link(after=shown[-1].grid.code) if len(shown) < len(listed) else "",
        "csv_url": f"{reverse('console:gaps_csv')}?{urlencode(kept)}",
        "is_narrowed": bool(given["kind"] or given["township"]),
        "all_url": f"?{urlencode({'on': str(on)})}",
    }
    return render(request, "console/gaps.html", context)


@require_safe
@needs(P.PEOPLE_READ)
def gaps_csv(request: HttpRequest) -> HttpResponse:
    """The same list as a table for a spreadsheet."""
    given, on, found = _gaps(request)
    grids = grid_names(g.grid for g in found)
    header = (_("缺什么"), _("网格编码"), _("网格"), _("岗位"), _("人员"), _("到期"))
    rows = [
        (GAP_KINDS[g.kind], g.grid.code, grids[g.grid.code], g.post_words, g.person.name if g.person else "", g.day or "")
        for g in found
        if given["kind"] in ("", g.kind)
    ]  # fmt: skip
    return csv_answer(f"grid-gaps-{on}.csv", header, rows)


@require_safe
@needs(P.PEOPLE_READ)
def loads(request: HttpRequest) -> HttpResponse:
    """How heavy each grid is against its staff, with the arithmetic; the over-loaded first."""
    given, actor, on, at = _given(request), actor_of(request), today(), now()
    settings = standards_on(on)
    standards = {s.name: float(s.value) for s in settings}
    missing = missing_standards(standards)
    scope = [given["township"]] if given["township"] else _scope(actor)
    allowed = [a for a in scope if any(a.startswith(mine) for mine in _scope(actor))]
    counted = incidents_by_grid(at - _YEAR, at) if not missing else {}
    found = [g for a in allowed for g in loads_on(a, on, standards, counted)] if not missing else []
    words = {**STANDARDS, **{k: Text(zh, en) for k, (_value, zh, en) in TERMS.items()}}
    over = sum(g.load.is_over for g in found)
    context = {
        "missing": [str(STANDARDS[m]) for m in missing],
        "over": over,
        "total": len(found),
        "columns": (
            Column(_("网格"), "title"), Column(_("负荷"), "number"), Column(_("现有力量"), "number"),
            Column(_("建议人数"), "number"),
        ),
        "rows": [
            (
                Cell(g.name, href=_grid_url(g.code), hint=g.load.explained),
                Cell(f"{g.load.total:.2f}", tone="red" if g.load.is_over else "green"),
                f"{g.load.staff:.2f}",
                g.load.suggested,
            )
            for g in found[:_PAGE]
        ],
        "townships": [(code[:9], name) for code, name in _names("township").items()],
        "township": given["township"],
        "standard_columns": (
            Column(_("标准"), "title"), Column(_("数值"), "number"), Column(_("自"), "date"),
        ),
        "standards": [
            (Cell(words.get(s.name, s.name), hint=s.source), f"{s.value.normalize():f}", s.valid.lower) for s in settings
        ],
        "may_change": holds(actor, DutyPermission.MANAGE) is None,
    }  # fmt: skip
    return render(request, "console/loads.html", context)


@require_http_methods(["GET", "POST"])
@needs(DutyPermission.MANAGE)
def standard(request: HttpRequest) -> HttpResponse:
    """Set one of the county's numbers."""

    def act(actor: Actor, given: Mapping[str, Any]) -> str:
        set_standard(actor, **given)
        return reverse("console:loads")

    form = StandardForm(request.POST or None, initial={"since": today()})
    return ask(
        request, _("设定标准"), form, act, _("已保存。"), back=reverse("console:loads"),
        note=_("国家没有统一的网格配置标准；每网格 300 至 500 户只是常见的地方做法。请写明本县的文件。"),
    )  # fmt: skip
