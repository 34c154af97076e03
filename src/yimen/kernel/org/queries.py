"""Questions to the registers, each as of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from yimen.kernel.counties.models import Division
from yimen.kernel.org.models import Appointment, Grid, OfficerCertificate, Organ, Person, Post, Substitution
from yimen.kernel.org.post_kinds import ANSWERING
from yimen.kernel.words import Text

_COUNTY_DIGITS, _VILLAGE_DIGITS = 6, 12


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answers for a post on a day; `standing_in_for` names the absent holder."""

    person: Person
    post: Post
    standing_in_for: Person | None = None


def organs(on: date) -> QuerySet[Organ]:
    """The organs that exist on a day, by code."""
    return Organ.objects.filter(valid__contains=on).order_by("code")


def organ_names(on: date) -> dict[str, str]:
    """Code → name, in the reader's language, of the organs that exist on a day."""
    return names_of(organs(on))


def names_of(rows: QuerySet[Any]) -> dict[str, str]:
    """Code → name, in the reader's language, of organs, posts or divisions. One query."""
    found = rows.values_list("code", "name", "name_en")
    return {code: str(Text(name, name_en or name)) for code, name, name_en in found}


def grid_names(grids: Iterable[Grid]) -> dict[str, str]:
    """Code → name, in the reader's language, of grids. For English readers one query more, for the villages.

    Nobody enters a grid's English name: it is its number in its village, “Grid 3, Qingshan Village”, and its Chinese name where the
    village has no English one.
    """
    found = list(grids)
    if not (get_language() or "").startswith("en"):
        return {g.code: g.name for g in found}
    villages = Division.objects.filter(code__in={g.place_code for g in found}).exclude(name_en="")
    english = dict(villages.values_list("code", "name_en"))
    return {
        g.code: f"Grid {int(g.code[_VILLAGE_DIGITS:])}, {english[g.place_code]}"
        if g.place_code in english
        else g.name
        for g in found
    }


def grid_name(grid: Grid) -> str:
    """What one grid is called (`grid_names`)."""
    return grid_names([grid])[grid.code]


def post_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name, in the reader's language, of posts past and present. One query."""
    return names_of(Post.objects.filter(code__in=set(codes)))


def holders(on: date, **where: object) -> list[Holder]:
    """Who holds the posts chosen by `where` (Post lookups) on a day, substitutes in the place of the absent."""
    appointments = (
        Appointment.objects.filter(valid__contains=on, **{f"post__{k}": v for k, v in where.items()})
        .select_related("person", "post__organ")
        .order_by("post_id", "id")
    )
    found = list(appointments)
    absent = {
        s.appointment_id: s.substitute
        for s in Substitution.objects.filter(
            appointment__in=[a.id for a in found], valid__contains=on
        ).select_related("substitute")
    }
    return [
        Holder(absent[a.id], a.post, a.person) if a.id in absent else Holder(a.person, a.post) for a in found
    ]


def responsible_for(grid_code: str, on: date) -> list[Holder]:
    """The grid's leader and workers on a day."""
    return holders(on, grid_code=grid_code, kind__in=ANSWERING)


def grids_without_a_person(on: date) -> QuerySet[Grid]:
    """The grids for which nobody answers on a day (要求：每个网格有人)."""
    manned = Appointment.objects.filter(
        valid__contains=on, post__grid_code=OuterRef("code"), post__kind__in=ANSWERING
    )
    return Grid.objects.filter(~Exists(manned), valid__contains=on).order_by("code")


def certificates_of(person_id: UUID, on: date) -> QuerySet[OfficerCertificate]:
    """The person's enforcement certificates valid on a day: in their period, and not withdrawn by then."""
    held = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on)
    return OfficerCertificate.objects.filter(held, person_id=person_id, valid__contains=on).order_by("number")


def people_without_a_post(on: date) -> QuerySet[Person]:
    """The people who hold no post on a day nor later: the new ones, and who has left."""
    held = Appointment.objects.filter(
        Q(valid__endswith=None) | Q(valid__endswith__gt=on), person=OuterRef("pk"), valid__isempty=False
    )
    return Person.objects.filter(~Exists(held))


def people_in(areas: Iterable[tuple[str, str]], on: date) -> QuerySet[Person]:
    """The people who hold a post on a day in one of the areas: (code prefix, organ or "") pairs as `decide.areas` gives them.

    Everybody for a whole county; with an organ, only those who hold a post of that organ.
    """
    inside = Q(pk__in=[])
    for prefix, organ in areas:
        if not organ and len(prefix) <= _COUNTY_DIGITS:
            return Person.objects.all()
        within = Q(post__organ__place_code__startswith=prefix[:12])
        inside |= within & Q(post__organ=organ) if organ else within
    held = Appointment.objects.filter(inside, person_id=OuterRef("id"), valid__contains=on)
    return Person.objects.filter(Exists(held))


def people_page(
    among: QuerySet[Person], search: str = "", after: str = "", size: int = 50
) -> tuple[list[Person], str]:
    """People by name, one page by key; gives the page and the key of the next."""
    people = among.order_by("name", "id")
    if search:
        people = people.filter(name__contains=search)
    if after:
        name, _, key = after.rpartition("/")
        people = people.filter(name__gt=name) | people.filter(name=name, id__gt=UUID(key))
    rows = list(people[: size + 1])
    more = f"{rows[size - 1].name}/{rows[size - 1].id}" if len(rows) > size else ""
    return rows[:size], more
