"""The registers on screen: people, posts, grids and who answers for them today."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yimen.design.shapes import Cell, Column, Fact
from yimen.kernel.access.middleware import needs
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.org.models import Person
from yimen.kernel.org.queries import certificates_of, grids_without_a_person, holders, people_page, posts_of


@require_GET
@needs(KernelPermission.PEOPLE_READ)
def people_list(request: HttpRequest) -> HttpResponse:
    """People by name, found by name, paged by key."""
    search = request.GET.get("q", "")[:40]
    try:
        people, following = people_page(search, request.GET.get("after", ""))
    except ValueError as error:
        raise BadRequest from error
    context = {
        "columns": (Column(_("姓名"), "title"), Column(_("电话"))),
        "rows": [
            (Cell(p.name, href=reverse("console:person", args=[p.id])), Cell(p.phone_masked or "—"))
            for p in people
        ],
        "q": search,
        "next_url": f"?{urlencode({'q': search, 'after': following})}" if following else "",
    }
    return render(request, "console/people.html", context)


@require_GET
@needs(KernelPermission.PEOPLE_READ)
def person_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's posts and certificates today."""
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise Http404
    on = today()
    context = {
        "person": person,
        "facts": [
            Fact(_("姓名"), person.name),
            Fact(_("电话"), person.phone_masked or "—"),
            *(Fact(_("岗位"), f"{p.organ.name} {p.name}") for p in posts_of(person_id, on)),
            *(Fact(_("执法证"), c.number) for c in certificates_of(person_id, on)),
        ],
    }
    return render(request, "console/person.html", context)


@require_GET
@needs(KernelPermission.PEOPLE_READ)
def posts(request: HttpRequest) -> HttpResponse:
    """The grids of one village and who answers for each, substitutes included; and the grids with nobody."""
    on = today()
    village = request.GET.get("village", "")[:12]
    found = holders(on, organ_id=village) if village else holders(on, organ_id="command")
    villages = Division.objects.filter(level="village", code__startswith=request.county.code).order_by("code")  # type: ignore[attr-defined]
    context = {
        "columns": (
            Column(_("岗位"), "title"),
            Column(_("网格")),
            Column(_("今天由谁负责")),
            Column(_("代替")),
        ),
        "rows": [
            (
                h.post.name,
                h.post.grid_code or "—",
                Cell(h.person.name, href=reverse("console:person", args=[h.person.id])),
                h.standing_in_for.name if h.standing_in_for else "—",
            )
            for h in found
        ],
        "villages": list(villages.values_list("code", "name")),
        "village": village,
        "gaps": [(g.code, g.name) for g in grids_without_a_person(on)[:50]],
        "gap_columns": (Column(_("网格")), Column(_("名称"), "title")),
    }
    return render(request, "console/posts.html", context)
