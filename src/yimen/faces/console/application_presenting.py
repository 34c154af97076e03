"""What the console shows of an application: its facts, its materials against the guide, and what it lacks in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yimen.design.shapes import Fact, Said
from yimen.design.wording import length_of
from yimen.domains.catalogue.api import Item, in_force, item_version
from yimen.domains.services.api import (
    AUTHORITIES,
    BEFORE_DECISION,
    JOINT_OPINION,
    SERVICE,
    earlier_in_order,
    joint_answers,
    stands_with,
    visible_applications,
)
from yimen.kernel.access.actors import Actor
from yimen.kernel.matters.models import Matter
from yimen.kernel.papers.store import pictures_among

_CHANNELS = {
    "online": gettext_lazy("网上"),
    "window": gettext_lazy("窗口"),
    "village": gettext_lazy("村（社区）"),
    "agent": gettext_lazy("代办"),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A paper to look at beside the review: its address to be opened, and that of its picture, empty for a PDF."""

    href: str
    picture: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A material of the item: whether it is needed here, whether it is there, and the papers handed in for it."""

    name: Said
    standard: Said
    is_needed: bool
    is_there: bool
    papers: tuple[Scan, ...]


def item_of(matter: Matter) -> Item:
    """The item in the version the matter was opened under: what was asked then is what is checked now."""
    return item_version(matter.kind, int(matter.facts["item_version"]))


def application_facts(matter: Matter, organs: Mapping[str, str], places: Mapping[str, str]) -> list[Fact]:
    """What was applied for, by which door, decided by whom and by when."""
    facts = [
        Fact(_("编号"), matter.number),
        Fact(_("地点"), places.get(matter.place_code, matter.place_code)),
        Fact(_("经办单位"), organs.get(matter.organ_code, "—")),
    ]
    if matter.procedure != SERVICE.code:
        return [*facts, *_of(matter)]
    item, decides = item_of(matter), stands_with(matter).organ
    return [
        *facts,
        Fact(_("事项"), item.name, href=reverse("portal:guide", args=[item.code])),
        Fact(_("申请方式"), _CHANNELS.get(matter.channel, matter.channel)),
        Fact(_("提交时间"), matter.opened_at),
        Fact(_("由谁决定"), organs.get(decides, decides)),
        Fact(_("承诺时限"), length_of(item.promised.number, item.promised.unit)),
        Fact(_("法定时限"), length_of(item.statutory.number, item.statutory.unit)),
        *_builds_on(matter),
        *_authority(matter),
        *_in_order(matter, item),
        *_together(matter),
        *([Fact(_("结果编号"), matter.facts["result_number"])] if "result_number" in matter.facts else []),
        *([Fact(_("有效期至"), matter.facts["valid_until"])] if "valid_until" in matter.facts else []),
    ]


def _of(matter: Matter) -> list[Fact]:
    """Which application an opinion or the answer to a rating is about; none for one that was rated without a name."""
    if matter.related_id is None:
        return []
    about = Matter.objects.filter(id=matter.related_id).values_list("number", flat=True).first()
    return [Fact(_("所属办件"), about, href=_page(matter))] if about else []


def _builds_on(matter: Matter) -> list[Fact]:
    """The result that is to be renewed or changed: its number, until when it holds, and its own page."""
    for what, label in (("renews", _("延续")), ("changes", _("变更"))):
        before = Matter.objects.filter(id=matter.facts[what]).first() if matter.facts.get(what) else None
        if before is not None:
            number = str(before.facts.get("result_number") or before.number)
            until = before.facts.get("valid_until")
            ends = _("有效期至 {day}").format(day=until) if until else ""
            return [Fact(label, number, reverse("console:matter", args=[before.id]), ends)]
    return []


def _authority(matter: Matter) -> list[Fact]:
    """By what somebody acts for the applicant, with the paper that shows it."""
    found = AUTHORITIES.get(matter.facts.get("authority", ""))
    papers = matter.facts.get("authority_papers") or [""]
    seen = reverse("console:paper", args=[matter.id, papers[0]]) + "?view" if papers[0] else ""
    if not found:
        return []
    unseen = [Fact(_("代办依据是否核验"), _("还没有"))] if matter.facts.get("authority_is_unseen") else []
    return [Fact(_("代办依据"), found, href=seen), *unseen]


def _in_order(matter: Matter, item: Item) -> list[Fact]:
    """Where only so many are granted: that the order of acceptance decides, and who comes before."""
    if not item.is_limited or matter.state not in BEFORE_DECISION:
        return []
    before = earlier_in_order(matter)
    if before is None:
        return [Fact(_("数量限制"), _("按受理先后决定，前面没有待决定的"))]
    return [
        Fact(
            _("数量限制"), _("按受理先后决定，先决定 {number}").format(number=before.number),
            href=reverse("console:matter", args=[before.id]),
        )
    ]  # fmt: skip


def _together(matter: Matter) -> list[Fact]:
    """The life event it was applied for with, and the first application of it."""
    code = matter.facts.get("bundle")
    if not code:
        return []
    name = next((b.name for b in in_force().bundles if b.code == code), code)
    return [Fact(_("一件事"), name, href=_page(matter))]


def _page(matter: Matter) -> str:
    return reverse("console:matter", args=[matter.related_id]) if matter.related_id else ""


def opinions_of(actor: Actor, matter: Matter, organs: Mapping[str, str]) -> list[Fact]:
    """What the organs that join in handling said; a link where the reader may open the opinion itself."""
    answers = joint_answers(matter)
    mine = visible_applications(actor, JOINT_OPINION.code).filter(id__in=[a.id for a in answers])
    open_to_me = set(mine.values_list("id", flat=True)) if answers else set()
    return [
        Fact(
            organs.get(a.organ_code, a.organ_code), JOINT_OPINION.state(a.state).name, hint=a.words,
            href=reverse("console:matter", args=[a.id]) if a.id in open_to_me else "",
        )
        for a in answers
    ]  # fmt: skip


def materials_of(matter: Matter) -> list[Brought]:
    """The item's materials in the guide's order; nothing for what is no application."""
    if matter.procedure != SERVICE.code:
        return []
    missing = set(matter.facts.get("missing") or ())
    papers = matter.facts.get("papers") or {}
    there = {*papers, *(matter.facts.get("shown") or ())}
    pictures = pictures_among(paper for of_one in papers.values() for paper in of_one)
    return [
        Brought(
            m.name, m.standard, m.code in missing or m.code in there, m.code in there and m.code not in missing,
            tuple(_scan(matter, p, is_picture=p in pictures) for p in papers.get(m.code, ())),
        )
        for m in item_of(matter).materials
    ]  # fmt: skip


def material_names(matter: Matter) -> Mapping[str, Said]:
    """What the item calls its materials, by code."""
    return {m.code: m.name for m in item_of(matter).materials} if matter.procedure == SERVICE.code else {}


def _scan(matter: Matter, paper: str, *, is_picture: bool) -> Scan:
    seen = reverse("console:paper", args=[matter.id, paper]) + "?view"
    return Scan(seen, seen if is_picture else "")


class StillMissing(forms.MultipleChoiceField):
    """The materials still missing, ticked; the step takes their codes in one text."""

    def __init__(self, matter: Matter) -> None:
        """What is missing now is ticked; what was brought is unticked."""
        super().__init__(
            label=_("还缺的材料"), help_text=_("已经补齐的取消勾选；都齐了就都不勾。"), required=False,
            choices=[(m.code, str(m.name)) for m in item_of(matter).materials],
            initial=list(matter.facts.get("missing") or ()), widget=forms.CheckboxSelectMultiple,
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        """The codes, divided as the step reads them."""
        return "、".join(super().clean(value))


def defects_of(matter: Matter) -> str:
    """What is missing in words, for the notice that names all defects; the clerk adds what else is wrong."""
    missing = set(matter.facts.get("missing") or ())
    lacking = [m for m in item_of(matter).materials if m.code in missing]
    return "\n".join(f"{n}. 缺少“{m.name.zh}”：{m.standard.zh}。" for n, m in enumerate(lacking, 1))
