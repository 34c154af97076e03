"""What every county begins with, a real one and the demo's alike: organs, classes, duty table, tasks and items.

Each function writes into the county in whose schema we stand; a county changes all of it on screen afterwards.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange

from yimen.domains.catalogue.api import CataloguePermission, publish_items, read_files
from yimen.domains.duties.models import DutySetting, GridTask, TaskListEdition
from yimen.domains.grid.models import DutyRule, IncidentClass
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.counties.divisions import STATISTICAL
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Organ

MakeId = Callable[..., UUID]
"""An id for the row that some words name."""

COMMAND = "command"
DEPARTMENTS: dict[str, tuple[str, str]] = {
    "urban": ("综合行政执法局", "Bureau of Comprehensive Enforcement"),
    "housing": ("住房和城乡建设局", "Bureau of Housing and Construction"),
    "eco": ("生态环境局", "Bureau of Ecology and Environment"),
    "water": ("水利局", "Bureau of Water Resources"),
    "transport": ("交通运输局", "Bureau of Transport"),
    "emergency": ("应急管理局", "Bureau of Emergency Management"),
    "resources": ("自然资源和规划局", "Bureau of Natural Resources and Planning"),
    "farm": ("农业农村局", "Bureau of Agriculture and Rural Affairs"),
    "police": ("公安局", "Public Security Bureau"),
    "labour": ("人力资源和社会保障局", "Bureau of Human Resources and Social Security"),
    "civil": ("民政局", "Bureau of Civil Affairs"),
    "medical": ("医疗保障局", "Bureau of Medical Insurance"),
    "health": ("卫生健康局", "Bureau of Health"),
    "market": ("市场监督管理局", "Bureau of Market Regulation"),
    "justice": ("司法局", "Bureau of Justice"),
    "establishment": ("机构编制委员会办公室", "Establishment Office"),
    "petitions": ("信访局", "Bureau of Petitions"),
    "culture": ("文化旅游文物局", "Bureau of Culture, Tourism and Relics"),
}

_STANDARDS = {
    "households": "400", "area_km2": "6", "incidents": "60", "weight_households": "0.6", "weight_area_km2": "0.15",
    "weight_incidents": "0.25", "part_time_share": "0.5", "opinion_days": "10", "review_days": "5",
}  # fmt: skip
_COMMITTEES = {
    "居委会": "居民委员会", "村委会": "村民委员会", "社区": "社区居民委员会", "村": "村村民委员会",
    "嘎查": "嘎查村民委员会",
}  # fmt: skip


def lay_organs(since: date, *, phones: Callable[[str, int], str] = lambda kind, number: "") -> int:
    """The command centre, the departments, each township's government and each village's committee; how many.

    Townships and villages are the county's divisions. What only the statistics know (a development zone, a farm) has
    no government; villages in it answer to the command centre. `phones` gives an organ's duty telephone.
    """
    county, valid = current_county(), DateRange(since, None)
    kind_of_county, whole = county.name[-1:], county.code + "000000"
    rows = [
        Organ(code=COMMAND, name=f"{kind_of_county}综合指挥中心", name_en="County Command Centre", kind="command_centre",
              place_code=whole, valid=valid),
        *(
            Organ(code=code, name=kind_of_county + zh, name_en=en, kind="county_department", place_code=whole,
                  parent_code=COMMAND, duty_phone=phones("department", n), valid=valid)
            for n, (code, (zh, en)) in enumerate(DEPARTMENTS.items())
        ),
    ]  # fmt: skip
    places = Division.objects.filter(code__startswith=county.code).order_by("code")
    townships = places.filter(level="township").exclude(kind=STATISTICAL)
    governments = [_government(t, valid, phones("township", n)) for n, t in enumerate(townships)]
    codes = {g.code for g in governments}
    committees = [_committee(v, codes, valid) for v in places.filter(level="village")]
    Organ.objects.bulk_create([*rows, *governments, *committees], batch_size=1000)
    return len(rows) + len(governments) + len(committees)


def _government(place: Division, valid: DateRange, phone: str) -> Organ:
    """A township's government, or a subdistrict's office, under its right name."""
    name = place.name.removesuffix("办事处").removesuffix("人民政府")
    is_street = name.endswith("街道")
    english = place.name_en.removesuffix(" Subdistrict").removesuffix(" Township").removesuffix(" Town")
    return Organ(
        code=place.code[:9],
        name=name + ("办事处" if is_street else "人民政府"),
        name_en=f"{english} {'Subdistrict Office' if is_street else 'Township Government'}"
        if english
        else "",
        kind="subdistrict" if is_street else "township",
        place_code=place.code,
        parent_code=COMMAND,
        duty_phone=phone,
        valid=valid,
    )


def committee_name(village: str) -> str:
    """The committee of a village or community, which the publication may name in short or by its place alone."""
    for ending, committee in _COMMITTEES.items():
        if village.endswith(ending):
            return village.removesuffix(ending) + committee
    return village


def _committee(place: Division, governments: Iterable[str], valid: DateRange) -> Organ:
    name, town = committee_name(place.name), place.code[:9]
    english = place.name_en.removesuffix(" Community").removesuffix(" Village")
    kind = "Residents" if name.endswith("居民委员会") else "Villagers"
    return Organ(
        code=place.code, name=name, name_en=f"{english} {kind}’ Committee" if english else "", kind="village_committee",
        place_code=place.code, parent_code=town if town in governments else COMMAND, valid=valid,
    )  # fmt: skip


def lay_classes(make_id: MakeId, since: date, source: str) -> int:
    """The incident classes and which organ each falls to; how many."""
    county, valid, raw = current_county().code, DateRange(since, None), _read("grid", "classes")
    IncidentClass.objects.bulk_create(
        [
            IncidentClass(
                id=make_id("class", c["code"]), code=c["code"], name=c["name"], name_en=c["name_en"],
                group=c["group"], group_en=c["group_en"], kind=c["kind"], filing_condition=c["filing_condition"],
                closing_condition=c["closing_condition"], limit_number=c["limit"][0], limit_unit=c["limit"][1],
                keywords=c["keywords"], source=c["source"], valid=valid,
            )
            for c in raw
        ]
    )  # fmt: skip
    DutyRule.objects.bulk_create(
        [
            DutyRule(
                id=make_id("duty", c["code"]), class_prefix=c["code"], area_prefix=county,
                organ_code="{township}" if c["duty"] == "township" else c["duty"], source=source, valid=valid,
                is_automatic=c["kind"] == "component",
            )
            for c in raw
        ]
    )  # fmt: skip
    return len(raw)


def lay_tasks(make_id: MakeId, since: date, *, source: str, title: str, standards: str) -> int:
    """The list of grid tasks with its edition, and the county's standards (on the document `standards`); how many tasks."""
    raw, in_force = _read("duties", "tasks"), DateRange(since, None)
    GridTask.objects.bulk_create(
        [
            GridTask(
                id=make_id("task", t["code"]), code=t["code"], name=t["name"], name_en=t["name_en"],
                actions=t["actions"], what=t["what"], what_en=t["what_en"], frequency=t["frequency"],
                basis=t["basis"], organ_code=t["organ"], minutes=t["minutes"], is_pushable=t["is_pushable"],
                source=source, valid=in_force,
            )
            for t in raw
        ]
    )  # fmt: skip
    TaskListEdition.objects.create(
        id=make_id("edition"), number=source, title=title, published_on=since, valid=in_force
    )
    DutySetting.objects.bulk_create(
        [
            DutySetting(id=make_id("standard", n), name=n, value=Decimal(v), source=standards, valid=in_force)
            for n, v in _STANDARDS.items()
        ]
    )
    return len(raw)


def lay_items(who: str, source: str) -> int:
    """The items that come with the house, published through the command an officer uses; how many. Organs come first."""
    house = Actor.system(who, Grant(frozenset({CataloguePermission.MANAGE}), current_county().code))
    items = read_files()
    publish_items(house, items, source=source)
    return len(items)


def _read(domain: str, name: str) -> list[dict[str, Any]]:
    file = resources.files(f"yimen.domains.{domain}").joinpath(f"data/{name}.json")
    return list(json.loads(file.read_text("utf-8")))
