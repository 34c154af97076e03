"""What the portal shows of incidents: life situations, stages in public words, the county's map."""

from dataclasses import dataclass

from django.db.models import Avg
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.design.shapes import MapPoint, MapShape, MapSheet, Said, Tone
from yimen.design.wording import length_of, paired
from yimen.domains.grid.api import ClassRef, in_force
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import names_of

STAGES = (
    gettext_lazy("收到"),
    gettext_lazy("受理"),
    gettext_lazy("处理"),
    gettext_lazy("核实"),
    gettext_lazy("办结"),
)
_STAGE_OF = {
    "reported": 1,
    "verifying": 1,
    "verified": 1,
    "registered": 2,
    "dispatched": 3,
    "returned": 3,
    "escalated": 3,
    "handling": 3,
    "suspended": 3,
    "handled": 4,
    "checked": 5,
    "called_back": 5,
    "closed": 6,
    "self_handled": 6,
}
_MARKS: dict[str, tuple[str, Tone]] = {
    "reported": ("megaphone", "blue"),
    "verifying": ("binoculars", "blue"),
    "verified": ("check2", "blue"),
    "registered": ("clipboard-check", "blue"),
    "dispatched": ("send", "blue"),
    "returned": ("arrow-left-right", "amber"),
    "escalated": ("arrow-up-circle", "amber"),
    "handling": ("tools", "blue"),
    "suspended": ("pause", "amber"),
    "handled": ("search", "blue"),
    "checked": ("check2", "green"),
    "called_back": ("telephone", "green"),
    "closed": ("check2-all", "green"),
    "self_handled": ("check2-all", "green"),
    "merged_duplicate": ("intersect", "neutral"),
    "not_accepted": ("x-lg", "neutral"),
    "submitted": ("inbox", "blue"),
    "deficient": ("list-check", "amber"),
    "accepted": ("clipboard-check", "blue"),
    "inquiry": ("search", "blue"),
    "reviewed": ("journal-check", "blue"),
    "hearing_told": ("megaphone", "blue"),
    "hearing_due": ("calendar-event", "blue"),
    "handed_up": ("arrow-up-circle", "blue"),
    "granted": ("check2-all", "green"),
    "refused": ("x-lg", "red"),
    "issued": ("patch-check", "green"),
    "delivered": ("envelope-check", "green"),
    "refusal_delivered": ("envelope-check", "neutral"),
    "out_of_scope": ("signpost", "neutral"),
    "not_required": ("x-lg", "neutral"),
    "declined": ("x-lg", "red"),
    "withdrawn": ("arrow-counterclockwise", "neutral"),
    "lapsed": ("hourglass-bottom", "neutral"),
    "revoked": ("slash-circle", "red"),
    "replaced": ("arrow-repeat", "neutral"),
    "cancelled": ("slash-circle", "neutral"),
}


def stage_number(state: str) -> int:
    """Where a state stands on the public's line of stages, from 1; 0 when it left the line."""
    return _STAGE_OF.get(state, 0)


def step_mark(state: str) -> tuple[str, Tone]:
    """The icon and the colour of a state in the story of a matter."""
    return _MARKS.get(state, ("", ""))


@dataclass(frozen=True, slots=True)
class Situation:
    """Something that happens in life, and the classes of incident it may be."""

    code: str
    title: Said
    text: Said
    icon: str
    classes: tuple[str, ...]

    @property
    def href(self) -> str:
        """The page that lists what can be reported about it."""
        return f"{reverse('portal:home')}?{urlencode({'about': self.code})}#answers"


@dataclass(frozen=True, slots=True)
class Answer:
    """A class of incident as an answer to what somebody asked."""

    name: Said
    group: Said
    limit: str
    href: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found: under which title, and whether life may be in danger."""

    title: Said
    found: tuple[Answer, ...]
    is_urgent: bool
    other_href: str


def situations() -> tuple[Situation, ...]:
    """The life situations of the home page."""
    return (
        Situation(
            "cleanliness", _("环境卫生"), _("垃圾、污水、焚烧"), "trash3",
            ("0101", "0102", "0103", "0104", "0105", "0106", "0107", "0605", "10"),
        ),
        Situation(
            "roads", _("道路和设施"), _("路灯、井盖、坑洼"), "signpost-split",
            ("0109", "0110", "0303", "0402", "0801", "0802", "0804", "09"),
        ),
        Situation(
            "dangers", _("安全隐患"), _("燃气、火险、危房"), "shield-exclamation",
            ("0401", "0403", "0404", "0405", "0606", "0607", "0608", "0803"),
        ),
        Situation(
            "farming", _("农业农村"), _("耕地、水利、养殖"), "tree",
            ("0601", "0602", "0604", "0609", "0610", "0611", "0612", "12"),
        ),
        Situation(
            "street", _("噪声和占道"), _("施工、摊点、犬只"), "volume-up",
            ("0301", "0302", "0501", "0502", "0503", "0504"),
        ),
        Situation(
            "building", _("违建和广告"), _("私搭乱建、小广告"), "building-exclamation",
            ("0108", "02", "0603"),
        ),
        Situation("disputes", _("邻里和劳资"), _("邻里矛盾、欠薪"), "people", ("0701", "0702")),
        Situation("help", _("困难帮扶"), _("困难群众、独居老人"), "heart", ("0703", "0704")),
    )  # fmt: skip


def _report_url(text: str) -> str:
    return f"{reverse('portal:report')}?{urlencode({'text': text})}" if text else reverse("portal:report")


def _answer(each: ClassRef, asked: str) -> Answer:
    name = str(each.name)
    said = "" if asked.lower() in name.lower() else asked
    return Answer(each.name, each.group, length_of(*each.limit), _report_url(paired(name, said)))


def answers_to(asked: str, about: str) -> Answers | None:
    """The classes that fit the words asked or the situation chosen; None when neither was given."""
    known = in_force()
    if asked:
        named = [c for c in known.classes.values() if asked.lower() in str(c.name).lower()]
        found = named + [c for c in known.suggest(asked) if c not in named]
        title: Said = _("“{asked}”可以这样办").format(asked=asked)
    else:
        chosen = next((s for s in situations() if s.code == about), None)
        if chosen is None:
            return None
        found = [c for c in known.classes.values() if c.code.startswith(chosen.classes)]
        title = chosen.title
    return Answers(
        title,
        tuple(_answer(c, asked) for c in found[:12]),
        any(c.code.startswith("04") for c in found),
        _report_url(asked),
    )


def county_sheet() -> MapSheet:
    """The county's outline with its towns' names, to find one's way on."""
    county = current_county()
    shapes = (MapShape(county.boundary, str(county.called), "outline"),) if county.boundary else ()
    towns = (
        Grid.objects.filter(valid__contains=today())
        .annotate(town=Substr("place_code", 1, 9))
        .values("town")
        .annotate(at_lng=Avg("lng"), at_lat=Avg("lat"))
        .order_by("town")
    )
    names = names_of(Division.objects.filter(level="township", parent_code=f"{county.code}000000"))
    points = tuple(
        MapPoint(t["at_lng"], t["at_lat"], names[f"{t['town']}000"])
        for t in towns
        if f"{t['town']}000" in names
    )
    return MapSheet(county.lng, county.lat, 10, shapes, points)
