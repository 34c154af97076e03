"""Village service sites: what can be done where and when (就近办), and whether every village has one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yimen.domains.catalogue.api import Channel, items
from yimen.domains.catalogue.api import item as item_of
from yimen.domains.hall.models import Hall, Site
from yimen.domains.hall.permissions import HallPermission
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now, today
from yimen.kernel.constraints import one_act
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.ids import uuid7
from yimen.kernel.org.queries import names_of
from yimen.kernel.registers.acts import (
    begin_version,
    named,
    note,
    period,
    permit,
    phone_number,
    stream_of,
    until,
)
from yimen.kernel.words import Refusal, Text

LAW = "中办发〔2019〕5号 一（一）；国办发〔2020〕35号（就近能办）"
SITE_KINDS = {"counter": Text("实体服务点", "Service point"), "online": Text("网上服务站点", "Online point")}
_MOST_VILLAGES = 30


def set_site(
    actor: Actor, *, code: str, kind: str, name: str, name_en: str, place_code: str, village_codes: Sequence[str],
    item_codes: Sequence[str], address: str, telephone: str, staff: str, hours: str, source: str, since: date,
    lng: float | None = None, lat: float | None = None,
) -> Site:  # fmt: skip
    """Register a site, or a new version of one that begins on `since`. Refuses items that no site may take."""
    permit(actor, HallPermission.MANAGE, place_code)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", code):
        raise Refusal.of(
            "site.code", "编码用 2 至 40 个小写字母、数字和连字符。", "2 to 40 small letters, digits and hyphens.", field="code"
        )  # fmt: skip
    if kind not in SITE_KINDS:
        raise Refusal.of("site.kind", "请选择站点类别。", "Choose the kind of site.", field="kind")
    served = sorted({place_code, *village_codes})
    _refuse_unknown_villages(served)
    _refuse_untakable(item_codes, kind)
    at = now()
    row = Site(
        id=uuid7(at), code=code, kind=kind, name=named(name, "name"), name_en=named(name_en, "name_en", 120),
        place_code=place_code, village_codes=served, items=sorted(set(item_codes)), address=address.strip()[:120],
        telephone=phone_number(telephone, "telephone"), staff=staff.strip()[:120], hours=named(hours, "hours", 120),
        lng=lng, lat=lat, source=named(source, "source", 120), valid=period(since, None),
    )  # fmt: skip
    with one_act():
        before = begin_version(Site.objects.filter(code=code), since)
        if before is not None and before.place_code != place_code:
            raise Refusal.of(
                "site.moved", "站点不能改到另一个村，请停用后另设一个。", "A site does not move to another village: end it and set up another.",
                field="place_code",
            )  # fmt: skip
        row.save(force_insert=True)
        note(
            actor, stream_of("site", code), "set_site", at, LAW, name=row.name, kind=kind, villages=served,
            items=row.items, hours=row.hours, source=row.source, since=str(since),
        )  # fmt: skip
    return row


def _refuse_unknown_villages(codes: Sequence[str]) -> None:
    known = set(_villages().filter(code__in=codes).values_list("code", flat=True))
    if len(codes) > _MOST_VILLAGES or set(codes) - known:
        raise Refusal.of(
            "site.village", f"请选择本县的村（社区），最多 {_MOST_VILLAGES} 个。",
            f"Choose villages of the county, at most {_MOST_VILLAGES}.", field="place_code",
        )  # fmt: skip


def _refuse_untakable(codes: Sequence[str], kind: str) -> None:
    door = Channel.ONLINE if kind == "online" else Channel.VILLAGE
    takable = {i.code for i in items() if door in i.channels}
    if wrong := sorted(set(codes) - takable):
        raise Refusal.of(
            "site.items", f"这些事项不能在这类站点办：{'、'.join(wrong)}。",
            f"These items cannot be taken at such a site: {', '.join(wrong)}.", field="item_codes",
        )  # fmt: skip


def end_site(actor: Actor, *, code: str, on: date, reason: str) -> None:
    """A site is no more from a day on."""
    why = named(reason, "reason", 120)
    with one_act():
        row = Site.objects.select_for_update().filter(code=code, valid__endswith=None).first()
        if row is None:
            raise Refusal.of("site.unknown", "没有这个在用的站点。", "There is no such site in use.", field="code")  # fmt: skip
        permit(actor, HallPermission.MANAGE, row.place_code)
        period(row.valid.lower, on)
        Site.objects.filter(id=row.id).update(valid=until(on))
        note(actor, stream_of("site", code), "end_site", now(), LAW, on=str(on), reason=why)


def sites(on: date | None = None) -> QuerySet[Site]:
    """The sites of a day (today), by village."""
    return Site.objects.filter(valid__contains=on or today()).order_by("place_code", "code")


def sites_of(village: str) -> list[Site]:
    """The sites that serve a village today: its service points, then online ones."""
    return list(sites().filter(village_codes__contains=[village]).order_by("kind", "code"))


def refuse_elsewhere(site: Site, item_code: str) -> None:
    """Refuse an item that the site may not take, and say where to go instead."""
    if item_code in site.items:
        return
    item = item_of(item_code)
    served = set(site.village_codes)
    near = [
        s
        for s in sites()
        if item_code in s.items
        and s.place_code[:9] == site.place_code[:9]
        and (
            s.kind != "online" or served & set(s.village_codes)
        )  # that of another village is no place to go to
    ][:3]
    hall = Hall.objects.filter(valid__contains=today(), place_code=site.place_code[:9].ljust(12, "0")).first()
    places = [(s.name, s.name_en) for s in near] + ([(hall.name, hall.name_en)] if hall else [])
    zh = "、".join(p[0] for p in places) or "县政务服务中心"
    en = ", ".join(p[1] for p in places) or "the county's service centre"
    raise Refusal.of(
        "site.not_here", f"{site.name}不能办“{item.name.zh}”，请到：{zh}。",
        f"{site.name_en} cannot take “{item.name.en}”. Go to: {en}.", LAW, field="item",
    )  # fmt: skip


def site_versions(code: str) -> list[Site]:
    """Every version of a site, the newest first."""
    return list(Site.objects.filter(code=code).order_by("-valid"))


def _villages() -> QuerySet[Division]:
    return Division.objects.filter(level="village", code__startswith=current_county().code).order_by("code")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many villages there are, how many have a service point, an online point, both, and which have neither.

    `missing` are (code, name) of villages without any; `no_counter` of those without a service point.
    """

    villages: int
    counter: int
    online: int
    both: int
    missing: tuple[tuple[str, str], ...]
    no_counter: tuple[tuple[str, str], ...]
    no_online: tuple[tuple[str, str], ...]


def coverage(area: str, on: date | None = None) -> Coverage:
    """The coverage of all villages of the division list under an area's code, on a day."""
    names = names_of(_villages().filter(code__startswith=area))
    covered: dict[str, set[str]] = {kind: set() for kind in SITE_KINDS}
    for kind, served in sites(on).values_list("kind", "village_codes"):
        covered[kind].update(served)
    counter, online = covered["counter"] & names.keys(), covered["online"] & names.keys()

    def without(some: set[str]) -> tuple[tuple[str, str], ...]:
        return tuple((code, name) for code, name in names.items() if code not in some)

    return Coverage(
        len(names), len(counter), len(online), len(counter & online),
        without(counter | online), without(counter), without(online),
    )  # fmt: skip
