"""Build the demo: two counties, their organs, people and grids, and a year of incidents through the one door."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID, uuid5

import shapely
from django.db import transaction
from faker import Faker
from psycopg.types.range import DateRange
from rich.console import Console
from rich.progress import Progress

from yimen.domains.grid import reference
from yimen.domains.grid.commands import Report, act, report_incident
from yimen.domains.grid.models import DutyRule, IncidentClass
from yimen.kernel.access import second_factor
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.commands import create_account, grant_role
from yimen.kernel.access.models import Account
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import County, CountyHost, Division
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.matters.models import Matter
from yimen.kernel.org import grids as grid_index
from yimen.kernel.org.models import Appointment, Grid, Organ, Person, Post, Substitution
from yimen.kernel.org.queries import Holder, holders
from yimen.kernel.sealing import masked, seal
from yimen.kernel.words import Refusal
from yimen.site import database
from yimen.site.demo import geography
from yimen.site.demo.people import (
    CAST,
    COUNTY,
    DEPARTMENTS,
    SECOND_COUNTY,
    SECOND_TOWNSHIPS,
    TOWNSHIPS,
    CastMember,
    village_names,
)

PASSWORD = "Yimen-2026"  # noqa: S105 - the demo's, printed at every start
_NAMESPACE = UUID("7f6f0a52-3c1e-5d1a-9d0e-59494d454e31")
SINCE = date(2020, 1, 1)
_ALWAYS = DateRange(SINCE, None)
_OUTLINE, _SECOND_OUTLINE = "331124", "330824"
_SOURCE = "演示数据 synthetic"


def cast() -> tuple[CastMember, ...]:
    """The people one can sign in as."""
    return CAST


def _id(*words: object) -> UUID:
    return uuid5(_NAMESPACE, "/".join(map(str, words)))


def build_demo(say: Console, *, incidents: int = 600) -> None:
    """Build what is missing; does nothing when the demo stands already."""
    if County.objects.filter(schema_name="shiqiao").exists() and _has_incidents("shiqiao"):
        return
    with Progress(console=say, transient=True) as progress:
        build_county(
            "yunxi", COUNTY, "云溪县", "Yunxi County", ["127.0.0.1", "localhost", "yunxi.localhost"],
            geography.plan(
                COUNTY, geography.outline_of(_OUTLINE), TOWNSHIPS, village_names(168), villages=168, grids=600, seed=1
            ),
            _ticker(progress, "云溪县"),
        )  # fmt: skip
        with in_county("yunxi"):
            tell_a_year(incidents, _ticker(progress, "一年的事件"))
        second = shapely.affinity.scale(geography.outline_of(_SECOND_OUTLINE), 0.2, 0.2)
        build_county(
            "shiqiao", SECOND_COUNTY, "石桥县", "Shiqiao County", ["shiqiao.localhost"],
            geography.plan(SECOND_COUNTY, second, SECOND_TOWNSHIPS, village_names(6), villages=6, grids=20, seed=2),
            _ticker(progress, "石桥县"),
        )  # fmt: skip
        with in_county("shiqiao"):
            tell_a_year(12, _ticker(progress, "石桥县的事件"))


def _ticker(progress: Progress, words: str) -> Callable[[float], None]:
    task = progress.add_task(words, total=1.0)
    return lambda part: progress.update(task, completed=part)


def _has_incidents(schema: str) -> bool:
    with in_county(schema):
        return Matter.objects.exists()


def build_county(
    schema: str, code: str, name: str, name_en: str, hosts: list[str], drawn: geography.CountyPlan,
    tick: Callable[[float], None],
) -> None:  # fmt: skip
    """A county with organs, grids, people and accounts. Safe to repeat after an interruption."""
    centre = drawn.outline.centroid
    stand_in_public()
    county, is_new = County.objects.get_or_create(
        schema_name=schema,
        defaults={
            "code": code, "name": name, "name_en": name_en, "province": "演示省", "lng": centre.x, "lat": centre.y,
            "boundary": geography.geojson(drawn.outline),
        },
    )  # fmt: skip
    for host in hosts:
        CountyHost.objects.get_or_create(
            domain=host, defaults={"tenant": county, "is_primary": host == hosts[-1]}
        )
    if is_new:
        database.migrate(database.owner_url())
    tick(0.3)
    places = [(code + "000000", name, "county", ""), *(
        (p.code, p.name, "township", code + "000000") for p in drawn.townships
    ), *((v.code, v.name, "village", v.code[:9] + "000") for v in drawn.villages)]  # fmt: skip
    Division.objects.bulk_create(
        [Division(code=c, name=n, level=lv, parent_code=p, source=_SOURCE) for c, n, lv, p in places],
        ignore_conflicts=True,
    )
    with in_county(schema):
        if Account.objects.exists():
            return
        with transaction.atomic():
            _organs(code, drawn)
            tick(0.5)
            _people(drawn, schema)
            _classes(code)
            tick(0.7)
            _accounts(code, drawn)
        grid_index.forget()
        reference.forget()
    tick(1.0)


def _organs(code: str, drawn: geography.CountyPlan) -> None:
    """Departments, township governments under their right names, village committees."""
    rows = [
        Organ(code="command", name="县综合指挥中心", name_en="County Command Centre", kind="command_centre",
              place_code=code + "000000", valid=_ALWAYS),
        *(
            Organ(code=short, name="县" + zh, name_en=en, kind="county_department", place_code=code + "000000", valid=_ALWAYS)
            for short, (zh, en) in DEPARTMENTS.items()
        ),
    ]  # fmt: skip
    for place in drawn.townships:
        street = place.name.endswith("街道")
        rows.append(
            Organ(
                code=place.code[:9],
                name=place.name + ("办事处" if street else "人民政府"),
                kind="subdistrict" if street else "township",
                place_code=place.code,
                valid=_ALWAYS,
            )
        )
    for village in drawn.villages:
        committee = "居民委员会" if village.name.endswith("社区") else "民委员会"
        rows.append(
            Organ(
                code=village.code, name=village.name + committee, kind="village_committee",
                place_code=village.code, parent_code=village.code[:9], valid=_ALWAYS,
            )
        )  # fmt: skip
    Organ.objects.bulk_create(rows)
    Grid.objects.bulk_create(
        [
            Grid(
                id=_id("grid", g.code), code=g.code, name=g.name, place_code=g.village_code,
                boundary=geography.geojson(g.shape), lng=g.shape.representative_point().x,
                lat=g.shape.representative_point().y, households=300 + int(g.code[-2:]) * 7 % 200,
                is_synthetic=True, valid=_ALWAYS,
            )
            for g in drawn.grids
        ],
        batch_size=200,
    )  # fmt: skip


def _people(drawn: geography.CountyPlan, schema: str) -> None:
    """A worker for each grid (some look after two), leaders, handlers and clerks; a few on leave with substitutes."""
    fake = Faker("zh_CN")
    fake.seed_instance(schema)
    posts: list[Post] = []
    people: list[Person] = []
    appointments: list[Appointment] = []

    def appoint(key: str, post: Post, person: Person | None = None) -> Person:
        if person is None:
            # No operator hands out numbers that begin with 100; none of these can ring anywhere.
            phone = f"100{len(people):08d}"
            person = Person(
                id=_id(schema, "person", key), name=fake.name(), is_synthetic=True, phone_masked=masked(phone),
                private=seal(json.dumps({"phone": phone}).encode()),
            )  # fmt: skip
            people.append(person)
        posts.append(post)
        appointments.append(
            Appointment(id=_id(schema, "appointment", key), person=person, post=post, valid=_ALWAYS)
        )
        return person

    last: Person | None = None
    for n, grid in enumerate(drawn.grids):
        post = Post(
            code=f"grid-{grid.code}", organ_id=grid.village_code, name="网格员", kind="grid_worker",
            grid_code=grid.code, valid=_ALWAYS,
        )  # fmt: skip
        last = appoint(post.code, post, last if n % 6 == 5 else None)
    for village in drawn.villages:
        post = Post(
            code=f"leader-{village.code}",
            organ_id=village.code,
            name="网格长",
            kind="grid_leader",
            valid=_ALWAYS,
        )
        appoint(post.code, post)
    for place in drawn.townships:
        for kind, zh in (
            ("leader", "镇长"),
            ("deputy", "副镇长"),
            ("clerk", "综合窗口"),
            ("officer", "综合执法队员"),
        ):
            town = place.code[:9]
            post = Post(code=f"{kind}-{town}", organ_id=town, name=zh, kind=kind, valid=_ALWAYS)
            appoint(post.code, post)
    for organ in ("command", *DEPARTMENTS):
        for number in range(1, 8):
            post = Post(
                code=f"staff-{organ}-{number}", organ_id=organ, name="工作人员", kind="staff", valid=_ALWAYS
            )
            appoint(post.code, post)
    Post.objects.bulk_create(posts)
    Person.objects.bulk_create(people)
    Appointment.objects.bulk_create(appointments)
    Substitution.objects.bulk_create(
        [
            Substitution(
                id=_id(schema, "substitution", a.id), appointment=a, substitute=b.person, reason="休假",
                valid=DateRange(date(2026, 11, 16), date(2026, 12, 1)),
            )
            for a, b in zip(appointments[2:200:40], appointments[3:200:40], strict=False)
        ]
    )  # fmt: skip


def _classes(code: str) -> None:
    raw = json.loads(resources.files("yimen.domains.grid").joinpath("data/classes.json").read_text("utf-8"))
    IncidentClass.objects.bulk_create(
        [
            IncidentClass(
                id=_id(code, "class", c["code"]), code=c["code"], name=c["name"], name_en=c["name_en"],
                group=c["group"], group_en=c["group_en"], kind=c["kind"], filing_condition=c["filing_condition"],
                closing_condition=c["closing_condition"], limit_number=c["limit"][0], limit_unit=c["limit"][1],
                keywords=c["keywords"], source=c["source"], valid=_ALWAYS,
            )
            for c in raw
        ]
    )  # fmt: skip
    DutyRule.objects.bulk_create(
        [
            DutyRule(
                id=_id(code, "duty", c["code"]), class_prefix=c["code"], area_prefix=code,
                organ_code="{township}" if c["duty"] == "township" else c["duty"], source=_SOURCE, valid=_ALWAYS,
            )
            for c in raw
        ]
    )  # fmt: skip


def _accounts(code: str, drawn: geography.CountyPlan) -> None:
    """The cast of the county; opened by the house through the same commands an administrator uses."""
    house = Actor.system("演示", Grant(frozenset({KernelPermission.ACCESS_MANAGE}), code))
    town = next((t for t in drawn.townships if t.name == "青石镇"), drawn.townships[0]).code[:9]
    village = next(v for v in drawn.villages if v.code.startswith(town)).code
    for member in CAST:
        organ = member.organ.replace("{village}", village).replace(COUNTY + "100", town)
        post = Post.objects.create(
            code=f"demo-{member.login}", organ_id=organ, name=member.post, kind="demo", valid=_ALWAYS
        )
        person = Person.objects.create(
            id=_id(code, "cast", member.login), name=member.name, is_synthetic=True
        )
        Appointment.objects.create(
            id=_id(code, "cast post", member.login), person=person, post=post, valid=_ALWAYS
        )
        account = create_account(
            house,
            login=member.login,
            kind="staff",
            person_id=person.id,
            password=PASSWORD,
            must_change_password=False,
        )
        second_factor.set_second_factor(account.id, second_factor.secret_from(member.login))
        for role, area, held in member.grants:
            place = area.replace("{village}", village).replace(COUNTY + "100", town).replace(COUNTY, code)
            grant_role(house, account_id=account.id, role=role, area=place, organ_code=held)


_PLACES = (
    "村口",
    "小学门前",
    "河埠头",
    "桥头",
    "菜市场旁",
    "老樟树下",
    "卫生室对面",
    "公交站旁",
    "文化礼堂后面",
)
_SAYS = ("有人发现", "路过看到", "巡查发现", "村民反映")
_RESULTS = ("已清理完毕，现场恢复。", "已修复并设警示标志。", "已约谈当事人并整改到位。")


def _stories(total: int, rng: random.Random) -> Iterator[tuple[datetime, str]]:
    """When each incident was reported and how far it has come: old ones ended, recent ones in every state."""
    at = now()
    recent = (
        "reported",
        "registered",
        "dispatched",
        "returned",
        "handling",
        "suspended",
        "handled",
        "checked",
    )
    for n in range(total):
        days = 365 * (1 - (n + 1) / total) ** 1.3 + rng.random()
        if days < 12:
            fate = rng.choice((*recent, "closed", "closed"))
        else:
            fate = rng.choices(
                ("closed", "self_handled", "not_accepted", "merged", "reworked"), (80, 9, 4, 2, 5)
            )[0]
        yield at - timedelta(days=days), fate


def tell_a_year(total: int, tick: Callable[[float], None]) -> None:
    """A year of incidents, each act performed by one of the cast through the one door."""
    rng = random.Random(20261123)  # noqa: S311 - a story, not a secret
    actors = _standing_cast()
    grids = list(Grid.objects.order_by("code"))
    workers = {h.post.grid_code: h for h in holders(SINCE, kind="grid_worker")}
    classes = list(reference.in_force().classes.values())
    for n, (at, fate) in enumerate(sorted(_stories(total, rng))):
        home = rng.choice(grids)
        kind = rng.choice(classes)
        place = rng.choice(_PLACES)
        _tell(
            actors, _checker(workers[home.code]), rng, at, fate,
            Report(
                text=f"{rng.choice(_SAYS)}{place}{kind.name.zh}，请尽快处理。", lng=home.lng, lat=home.lat,
                channel=rng.choice(("grid_worker", "portal", "hotline", "console")), class_code=kind.code,
                address=f"{home.name[:-4]}{place}", reporter="林先生", phone="10000000000",
            ),
        )  # fmt: skip
        tick((n + 1) / total)


def _standing_cast() -> dict[str, Actor]:
    """Each member of the cast as an actor who has passed the second factor."""
    accounts = Account.objects.filter(login__in=[m.login for m in CAST])
    return {a.login: load_actor(a.id, second_factor=True) for a in accounts}


def _checker(worker: Holder) -> Actor:
    """The worker of the incident's own grid, who goes and looks."""
    return Actor(
        kind="staff", person_id=worker.person.id, name=worker.person.name, post=worker.post.code,
        organ=worker.post.organ_id, second_factor=True,
        grants=(Grant(permissions_of("grid_worker"), worker.post.organ_id, role="grid_worker"),),
    )  # fmt: skip


def _tell(
    actors: dict[str, Actor], checker: Actor, rng: random.Random, at: datetime, fate: str, report: Report
) -> None:
    """One incident as far as its fate; office work happens in the daytime."""
    clerk, dispatcher, chief = (actors[k] for k in ("chenshou", "zhoupai", "wuzhi"))
    organ = rng.choice(("urban", "water"))
    handler = actors["zhengfa" if organ == "urban" else "sunshui"]
    matter = report_incident(Actor.resident(), report, at=at).matter_id

    def then(actor: Actor, step: str, hours: float, **given: Any) -> None:
        nonlocal at
        at = min(at + timedelta(hours=hours * rng.uniform(0.5, 1.5)), now())
        act(actor, matter, step, given, at=at)

    line: list[tuple[str, Actor, str, float, dict[str, Any]]] = [
        ("registered", clerk, "register", 2, {}),
        ("dispatched", dispatcher, "dispatch", 3, {"organ": organ}),
        ("handling", handler, "begin", 4, {}),
        ("handled", handler, "finish", 20, {"result": rng.choice(_RESULTS)}),
        ("checked", checker, "pass", 8, {}),
        ("closed", chief, "close", 10, {}),
    ]
    if fate in ("not_accepted", "self_handled", "merged"):
        then(clerk, "refuse", 2, reason="不属于本平台受理范围，已告知向主管部门反映。")
        return
    try:
        for state, actor, step, hours, given in line:
            if fate == "reported":
                return
            if fate == "returned" and step == "begin":
                then(handler, "return", 3, reason="不属于本单位职责。")
                return
            if fate == "reworked" and step == "pass":
                then(checker, "rework", 6, reason="现场仍有残留，请返工。")
                then(handler, "finish", 12, result="已返工清理完毕。")
            then(actor, step, hours, **given)
            if fate == "suspended" and state == "handling":
                then(handler, "suspend", 4, reason="等待配件到货。")
                return
            if fate == state:
                return
    except Refusal as refusal:
        if refusal.code != "incident.too_late_to_return":
            raise
