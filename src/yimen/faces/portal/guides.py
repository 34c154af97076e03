"""Guides: what one can come for, what it takes, and where. The page says what the clerk checks, word for word."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.design.shapes import Fact, Said
from yimen.design.wording import length_of, listed
from yimen.domains.catalogue.api import (
    CHANNEL_WORDS,
    DELIVERY_WORDS,
    FIELD_WORDS,
    INQUIRY_WORDS,
    Basis,
    Bundle,
    Channel,
    Field,
    Item,
    Kind,
    Material,
    cited,
    in_force,
    item,
    items,
    transfers,
)
from yimen.domains.services.api import SERVICE
from yimen.kernel.calendar.today import today
from yimen.kernel.matters.limits import length_today
from yimen.kernel.org.hours import office_hours
from yimen.kernel.org.queries import organ_names
from yimen.kernel.words import Refusal, Text

FIELD_ICONS: dict[Field, str] = {
    Field.EMPLOYMENT: "briefcase", Field.MEDICAL: "heart-pulse", Field.PROPERTY: "house-check", Field.RELIEF: "umbrella",
    Field.HOUSEHOLD: "person-vcard", Field.BUILDING: "house-add", Field.DILAPIDATED: "house-exclamation", Field.HERITAGE: "bank",
    Field.WATER: "droplet", Field.PARTY: "flag", Field.REVITALISATION: "tree", Field.AGED: "person-walking",
    Field.DISABILITY: "universal-access", Field.FAMILY: "people", Field.MACHINERY: "truck",
}  # fmt: skip
BUNDLE_ICONS: dict[str, str] = {
    "newborn": "emoji-smile", "retirement": "calendar-heart", "after-death": "flower1", "build-house": "house-add",
    "old-age": "cup-hot", "very-old": "person-walking", "unemployed": "briefcase", "disability": "universal-access",
    "serious-illness": "bandaid", "hardship": "umbrella", "dangerous-house": "house-exclamation", "old-house": "bank",
    "farm-machine": "truck", "new-household": "heart", "large-farm": "flower3",
}  # fmt: skip
FIELDS: dict[Field, tuple[Text, str]] = {f: (FIELD_WORDS[f], FIELD_ICONS[f]) for f in Field}
_CHANNELS: dict[Channel, Text] = {
    Channel.ONLINE: Text("网上", "online"),
    Channel.WINDOW: Text(
        "乡镇（街道）便民服务中心任一综合窗口", "any window of the township's service centre"
    ),
    Channel.VILLAGE: Text("村（社区）便民服务点", "the village's service point"),
    Channel.AGENT: Text("村级代办员上门代办", "a village agent who comes to you"),
}
_MATERIAL_FORMS = {
    "original": Text("原件", "original"),
    "copy": Text("复印件", "copy"),
    "shown": Text("原件（核对后退还）", "original, looked at and handed back"),
    "electronic": Text("电子件", "electronic"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """A material as the guide says it. `mark`: what makes it easier, "" for nothing."""

    name: Said
    form: str
    standard: Said
    basis: str
    mark: str
    is_needed: bool
    sample: str = ""
    fill_note: Said = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An item in a list of answers."""

    name: Said
    summary: Said
    hint: str
    href: str


def offer(each: Item) -> Offer:
    """An item as one line: what it is and how long it takes."""
    return Offer(each.name, each.summary, limit_of(each), reverse("portal:guide", args=[each.code]))


def limit_of(each: Item) -> str:
    """How long it takes, in words."""
    return _("当场办结") if each.kind == Kind.INSTANT else length_of(each.promised.number, each.promised.unit)


def offers_for(asked: str, most: int = 8) -> list[Offer]:
    """The items that everyday words speak of."""
    return [offer(each) for each in in_force().search.find(asked, most)]


def bundles_shown() -> list[tuple[Bundle, str]]:
    """The life events, each with its picture."""
    return [(each, BUNDLE_ICONS.get(each.code, "collection")) for each in in_force().bundles]


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Everything one can come for, by field; asked some words, what they speak of."""
    asked = request.GET.get("q", "").strip()[:80]
    chosen = request.GET.get("field", "")
    if chosen and chosen not in set(Field):
        raise Http404
    found = offers_for(asked, 20) if asked else []
    groups = [
        {"code": f.value, "name": name, "icon": icon, "offers": [offer(i) for i in offered]}
        for f, (name, icon) in FIELDS.items()
        if not found and chosen in ("", f) and (offered := items(field=f))
    ]
    page = {
        "asked": asked,
        "found": found,
        "groups": groups,
        "bundles": bundles_shown(),
        "is_narrowed": bool(chosen),
    }
    return render(request, "portal/services.html", page)


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of an item: what, who, with what, where, when, how long, at what cost, on what ground."""
    try:
        found = item(code)
    except Refusal:
        raise Http404 from None
    address = request.build_absolute_uri(request.path)
    organs = organ_names(today())
    page: dict[str, Any] = {
        "item": found,
        "fields": listed(FIELDS[f][0] for f in found.fields),
        "glance": _glance(found, organs),
        "needs": [_need(m) for m in found.materials],
        "has_needs": any(m.required for m in found.materials),
        "inquiries": [
            (INQUIRY_WORDS[q.kind], length_of(q.period.number, q.period.unit), _counted(q.is_counted), _cited(q.basis.law, q.basis.article))
            for q in found.inquiries
        ],
        "path": _path(found),
        "inspectors": _inspectors(found),
        "intermediaries": [(i.name, _cited(i.basis.law, i.basis.article)) for i in found.intermediaries],
        "contacts": _contacts(found),
        "entrusted_by": found.entrusted_by or "",
        "basis": [_cited(b.law, b.article) for b in found.basis],
        "organ": organs.get(found.organ, found.organ),
        "joint": listed(organs.get(o, o) for o in found.joint_organs),
        "results": [(_result(r.name, r.valid_months, is_renewable=r.is_renewable), r.sample or "") for r in found.results],
        "may_follow": any(m.may_follow for m in found.materials),
        "by_commitment": found.is_by_commitment,
        "is_online": Channel.ONLINE in found.channels,
        "bundles": [b for b in in_force().bundles if code in b.items],
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=3, border=2, dark="#000", light="#fff"),
    }  # fmt: skip
    return render(request, "portal/guide.html", page)


def _glance(found: Item, organs: Mapping[str, str]) -> list[Fact]:
    """What people ask first."""
    visits = _("不用跑") if not found.visits else _("最多 {n} 次").format(n=found.visits)
    statutory = length_of(found.statutory.number, found.statutory.unit)
    promised = " ".join(
        filter(None, (_("法定 {limit}").format(limit=statutory), str(found.promised_note or "")))
    )
    paid = _("可以网上缴") if found.fees and found.pays_online else ""
    return [
        Fact(_("办理时限"), limit_of(found), hint=promised),
        Fact(_("到现场"), visits, hint=found.visits_note or ""),
        Fact(
            _("费用"),
            _("不收费") if not found.fees else listed(f"{f.name} {f.amount}" for f in found.fees),
            hint=paid,
        ),
        Fact(
            _("由谁决定"),
            _("乡镇（街道）") if found.decided_by == "township" else _("县级部门（在乡镇受理、取件）"),
            hint=_deciding_instead(found, organs),
        ),
        Fact(
            _("到哪里办"),
            listed(_CHANNELS[c] for c in found.channels),
            hint=_("也可以在自助终端办") if found.at_terminals else "",
        ),
        Fact(
            _("什么时间"),
            _office_hours(found),
            hint=_("可以预约") if found.by_appointment else _("不用预约，随到随办"),
        ),
        Fact(_("结果怎么拿"), listed(DELIVERY_WORDS[d] for d in found.deliveries)),
    ]


def _inspectors(found: Item) -> str:
    """When inspectors are assigned, where safety is inspected or something is tested."""
    limit = _service_limit("assign")
    return _("受理后 {limit}内，指派两名以上工作人员检验。").format(limit=limit) if found.is_inspected else ""


def _contacts(found: Item) -> list[Fact]:
    """Where one asks and where one complains; the county's own number where the item says nothing."""
    return [
        Fact(_("咨询"), found.consult or _("政务服务热线 12345")),
        Fact(_("监督投诉"), found.complain or _("政务服务热线 12345")),
    ]


def _deciding_instead(found: Item, organs: Mapping[str, str]) -> str:
    """The townships' approval organs to which the item was transferred, each of which decides it at home."""
    taken = [organs.get(t.to_organ, t.to_organ) for t in transfers(found.code, on=today())]
    return _("已划转，由{organs}在本地决定").format(organs=listed(taken)) if taken else ""


def _office_hours(found: Item) -> str:
    """When the windows are open; the door that never shuts where there is one."""
    between = listed(f"{a:%H:%M}–{b:%H:%M}" for a, b in office_hours("").spans)
    open_hours = _("工作日 {hours}").format(hours=between)
    return _("{hours}；网上随时").format(hours=open_hours) if Channel.ONLINE in found.channels else open_hours


def _path(found: Item) -> list[tuple[str, str]]:
    """The way of an application in a few steps, as long as the procedure and the item say."""
    apply = (_("提交申请"), listed(CHANNEL_WORDS[c] for c in found.channels))
    receive = (_("送达结果"), listed(DELIVERY_WORDS[d] for d in found.deliveries))
    if found.kind == Kind.INSTANT:
        return [apply, (_("受理、决定"), _("材料齐全的，当场办结。")), receive]
    accept = _("{limit}内决定是否受理；缺什么，一次告诉您。").format(limit=_service_limit("accept"))
    looked_into = [
        (str(INQUIRY_WORDS[q.kind]), length_of(q.period.number, q.period.unit)) for q in found.inquiries
    ]
    decide = _("受理后 {limit}内作出决定；不予的，书面说明理由。").format(limit=limit_of(found))
    deliver = _("决定后 {limit}内：{how}").format(limit=_service_limit("issue"), how=receive[1])
    return [apply, (_("受理"), accept), *looked_into, (_("审查决定"), decide), (receive[0], deliver)]


def _service_limit(code: str) -> str:
    """The length of a limit of the procedure that every application takes."""
    limit = next(x for x in SERVICE.limits if x.code == code)
    return length_of(*(length_today(SERVICE, limit) or (0, limit.unit)))


def _need(material: Material) -> Need:
    copies = _("{n} 份").format(n=material.copies) if material.copies else ""
    form = " · ".join(filter(None, (str(_MATERIAL_FORMS[material.form]), copies)))
    return Need(
        material.name, form, material.standard, _cited(material.basis.law, material.basis.article),
        _ease(material), material.required, material.sample, material.fill_note or "",
    )  # fmt: skip


def _ease(material: Material) -> str:
    if material.shared_from is not None:
        return _("不用您提供，由工作人员从{register}核对").format(register=material.shared_from)
    if material.by_commitment:
        return _("可以用书面承诺代替")
    if material.may_follow:
        return _("暂时没有的，书面承诺后可以先受理")
    return _("按您的情况需要时才要") if material.when or not material.required else ""


def _counted(is_counted: bool) -> str:
    return _("计入办理时限") if is_counted else _("不计入办理时限")


def _result(name: Text, months: int | None, *, is_renewable: bool) -> str:
    if months is None:
        return str(name)
    valid = _("{name}，有效期 {n} 个月").format(name=name, n=months)
    return _("{said}，要延续的在期满 30 日前申请").format(said=valid) if is_renewable else valid


def _cited(law: Text, article: str) -> str:
    return str(cited([Basis(law, article)]))


@require_safe
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """A life event: its items in order, and what they need together, each material once."""
    found = next((b for b in in_force().bundles if b.code == code), None)
    if found is None:
        raise Http404
    chosen = [item(each) for each in found.items]
    needs: dict[str, Need] = {}
    for each in chosen:
        for material in each.materials:
            if material.required:
                needs.setdefault(str(material.name), _need(material))
    page = {
        "bundle": found,
        "offers": [offer(each) for each in chosen],
        "online": [each for each in chosen if Channel.ONLINE in each.channels],
        "needs": list(needs.values()),
        "saved": sum(m.required for each in chosen for m in each.materials) - len(needs),
    }
    return render(request, "portal/bundle.html", page)
