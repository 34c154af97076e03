"""The registers on screen: people, posts, grids and who answers for them today."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.design.shapes import Cell, Column, Fact
from yimen.design.wording import listed
from yimen.faces.console.forms import PeopleFilterForm, PostsFilterForm
from yimen.kernel.access.decide import areas, holds
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.org.models import Appointment, Grid, OfficerCertificate, Person, Post
from yimen.kernel.org.queries import (
    certificates_of,
    grids_without_a_person,
    holders,
    names_of,
    organs,
    people_in,
    people_page,
)
from yimen.kernel.registers.people import all_certificates_of, appointments_of, is_over

_ORGAN_ORDER = {
    "command_centre": 0,
    "county_department": 1,
    "subdistrict": 2,
    "township": 2,
    "village_committee": 9,
}


def people_for(request: HttpRequest, permission: KernelPermission) -> QuerySet[Person]:
    """Those whom the reader's permission reaches: who holds a post in its area, and of its organ where it has one."""
    return people_in(areas(actor_of(request), permission), today())


@require_safe
@needs(KernelPermission.PEOPLE_READ)
def people_list(request: HttpRequest) -> HttpResponse:
    """People by name, found by name, paged by key."""
    form = PeopleFilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    search = given.get("q", "")
    try:
        people, following = people_page(
            people_for(request, KernelPermission.PEOPLE_READ), search, given.get("after", "")
        )
    except ValueError as error:
        raise BadRequest from error
    context = {
        "columns": (Column(_("姓名"), "title"), Column(_("电话"))),
        "rows": [
            (Cell(p.name, href=reverse("console:person", args=[p.id])), Cell(p.phone_masked or "—"))
            for p in people
        ],
        "q": search,
        "may_change": holds(actor_of(request), KernelPermission.PEOPLE_MANAGE) is None,
        "next_url": f"?{urlencode({'q': search, 'after': following})}" if following else "",
    }
    return render(request, "console/people.html", context)


@require_safe
@needs(KernelPermission.PEOPLE_READ)
def person_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's posts and certificates today."""
    person = people_for(request, KernelPermission.PEOPLE_READ).filter(id=person_id).first()
    if person is None:
        raise Http404
    actor = actor_of(request)
    may_change = holds(actor, KernelPermission.PEOPLE_MANAGE) is None
    context = {
        "person": person,
        "facts": [
            Fact(_("姓名"), person.name),
            Fact(_("电话"), person.phone_masked or "—"),
            Fact(_("今天有效的执法证"), listed(c.number for c in certificates_of(person_id, today())) or "—"),
        ],
        "columns": (
            Column(_("岗位"), "title"), Column(_("单位")), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"),
            *((Column(_("免去")), Column(_("顶岗"))) if may_change else ()),
        ),
        "rows": [_appointment_row(a, may_change) for a in appointments_of(person_id)],
        "certificate_columns": (
            Column(_("执法证号"), "title"), Column(_("发证机关")), Column(_("自"), "date"), Column(_("至（不含当日）"), "date"), Column(_("状态"), "prose"),
            *((Column(_("收回")),) if may_change else ()),
        ),
        "certificates": [_certificate_row(c, may_change) for c in all_certificates_of(person_id)],
        "may_change": may_change,
        "may_reveal": bool(person.private)
        and people_for(request, KernelPermission.PEOPLE_REVEAL).filter(id=person_id).exists(),
    }  # fmt: skip
    return render(request, "console/person.html", context)


def _certificate_row(held: OfficerCertificate, may_change: bool) -> tuple[object, ...]:
    on = today()
    if held.withdrawn_on is not None:
        state = _("自 %(day)s 起收回：%(reason)s") % {
            "day": held.withdrawn_on,
            "reason": held.withdrawal_reason,
        }
    elif on < held.valid.lower:
        state = _("尚未生效")
    else:
        state = _("有效") if on in held.valid else _("已过期")
    row = (held.number, held.issuer, held.valid.lower, held.valid.upper, state)
    if not may_change:
        return row
    if held.withdrawn_on is not None or held.valid.upper <= on:
        return (*row, "—")
    address = reverse("console:withdraw_certificate", args=[held.person_id, held.number])
    return (*row, Cell(_("收回"), href=address))


def _appointment_row(held: Appointment, may_change: bool) -> tuple[object, ...]:
    row = (held.post.called, held.post.organ.called, held.valid.lower, held.valid.upper or "—")
    if not may_change:
        return row
    if is_over(held):
        return (*row, _("已结束"), "—")
    return (
        *row,
        Cell(_("免去"), href=reverse("console:end_appointment", args=[held.id])),
        Cell(_("安排顶岗"), href=reverse("console:stand_in", args=[held.id])),
    )


@require_safe
@needs(KernelPermission.PEOPLE_READ)
def posts(request: HttpRequest) -> HttpResponse:
    """The posts of one organ and who answers for each, substitutes included; and the grids with nobody."""
    on, actor = today(), actor_of(request)
    form = PostsFilterForm(request.GET)
    wanted = form.cleaned_data["organ"] if form.is_valid() else ""
    reach = areas(actor, KernelPermission.PEOPLE_READ)
    choices = _organs_of(reach)
    if wanted and wanted not in choices:
        raise Http404
    organ = wanted or next(iter(choices), "")
    may_change = holds(actor, KernelPermission.ORGANS_MANAGE) is None
    may_appoint = holds(actor, KernelPermission.PEOPLE_MANAGE) is None
    held = holders(on, organ_id=organ)
    vacant = Post.objects.filter(organ_id=organ, valid__contains=on).exclude(
        code__in=[h.post.code for h in held]
    )
    inside = Q(pk__in=[])
    for area, only in reach:
        if not only:
            inside |= Q(code__startswith=area[:12])
    gaps = [(g.code, g.name) for g in grids_without_a_person(on).filter(inside)[:50]]
    context = {
        "may_change": may_change,
        "columns": (
            Column(_("岗位"), "title"),
            Column(_("编码")),
            Column(_("网格")),
            Column(_("今天由谁负责")),
            Column(_("代替")),
            *((Column(_("英文名称"), "prose"), Column(_("办理"))) if may_change else ()),
        ),
        "rows": [
            *(_post_row(h.post, _holder(h.person), h.standing_in_for, may_change) for h in held),
            *(
                _post_row(post, _vacancy(post, may_appoint), None, may_change)
                for post in vacant.order_by("code")
            ),
        ],
        "organs": list(choices.items()),
        "organ": organ,
        "gaps": gaps,
        "has_grids": bool(gaps) or Grid.objects.filter(inside, valid__contains=on).exists(),
        "gap_columns": (Column(_("网格")), Column(_("名称"), "title")),
    }
    return render(request, "console/posts.html", context)


def _organs_of(reach: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Code → name of the organs whose people the reader sees: the command centre, departments and governments first."""
    inside = Q(pk__in=[])
    for area, only in reach:
        inside |= Q(place_code__startswith=area[:12], **({"code": only} if only else {}))
    found = organs(today()).filter(inside)
    names = names_of(found)
    kinds = dict(found.values_list("code", "kind"))
    return dict(sorted(names.items(), key=lambda o: (_ORGAN_ORDER.get(kinds[o[0]], len(_ORGAN_ORDER)), o[0])))


def _holder(person: Person) -> Cell:
    return Cell(person.name, href=reverse("console:person", args=[person.id]))


def _vacancy(post: Post, may_appoint: bool) -> Cell:
    """Nobody: a way to appoint somebody, for those who may."""
    if not may_appoint:
        return Cell(_("空缺"))
    return Cell(_("空缺，任命"), href=reverse("console:appoint_to", args=[post.code]))


def _post_row(post: Post, who: Cell, absent: Person | None, may_change: bool) -> tuple[object, ...]:
    row = (post.called, post.code, post.grid_code or "—", who, absent.name if absent else "—")
    if not may_change:
        return row
    return (
        *row,
        Cell(post.name_en or "—", href=reverse("console:call_post", args=[post.code])),
        Cell(_("撤销"), href=reverse("console:close_post", args=[post.code])),
    )
