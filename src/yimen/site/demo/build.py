"""Build the demo: two counties, their organs, people and grids, and a year of incidents through the one door."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID, uuid5

import shapely
from django.db import connection, transaction
from faker import Faker
from psycopg.types.range import DateRange
from rich.console import Console
from rich.progress import Progress

from yimen.kernel.access import second_factor
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.commands import create_account, grant_role
from yimen.kernel.access.models import Account
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.counties import memory
from yimen.kernel.counties.models import County, CountyHost, Division
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Appointment, Grid, Person, Post, Substitution
from yimen.kernel.sealing import masked, seal
from yimen.site import database, seeds
from yimen.site.demo import duties, geography, halls
from yimen.site.demo.applications import apply_and_handle
from yimen.site.demo.assessed import assess_last_month
from yimen.site.demo.old_grids import bring_old_grids
from yimen.site.demo.people import (
    CAST,
    COUNTY,
    POSTS_EN,
    SECOND_COUNTY,
    SECOND_TOWNSHIPS,
    TOWNSHIPS,
    CastMember,
    place_in_english,
    village_names,
)
from yimen.site.demo.seals import make_seals
from yimen.site.demo.year import tell_a_year

PASSWORD = "Yimen-2026"  # noqa: S105 - the demo's, printed at every start
_NAMESPACE = UUID("7f6f0a52-3c1e-5d1a-9d0e-59494d454e31")
SINCE = date(2020, 1, 1)
_ALWAYS = DateRange(SINCE, None)
PROVINCE = "演示省"
_OUTLINE, _SECOND_OUTLINE = "331124", "330824"
_SOURCE = "演示数据 synthetic"
_KINDS = {
    "网格员": "grid_worker",
    "网格长": "grid_leader",
    "综合执法队员": "officer",
    "镇长": "leader",
    "县领导": "leader",
    "局长": "leader",
}


def cast() -> tuple[CastMember, ...]:
    """The people one can sign in as."""
    return CAST


def _id(*words: object) -> UUID:
    return uuid5(_NAMESPACE, "/".join(map(str, words)))


def has_counties() -> bool:
    """Whether there is any county in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.counties_county') IS NOT NULL")
        return bool(cursor.fetchone()[0]) and County.objects.exists()


def real_county() -> str:
    """The name of a county in the database that is not the demo's; an empty string when there is none."""
    if not has_counties():
        return ""
    own = [("yunxi", COUNTY, PROVINCE), ("shiqiao", SECOND_COUNTY, PROVINCE)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schema_name, code, province, name FROM public.counties_county ORDER BY schema_name"
        )
        return next((name for *which, name in cursor.fetchall() if tuple(which) not in own), "")


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
            duties.tell_of_duties()
            make_seals(COUNTY + "100")
            apply_and_handle(COUNTY + "100")
            halls.open_halls()
            halls.tell_of_halls()
            bring_old_grids()
            assess_last_month()
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
            "code": code, "name": name, "name_en": name_en, "province": PROVINCE, "lng": centre.x, "lat": centre.y,
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
        [
            Division(code=c, name=n, name_en=name_en if lv == "county" else place_in_english(n), level=lv, parent_code=p, source=_SOURCE)
            for c, n, lv, p in places
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    with in_county(schema):
        if Account.objects.exists():
            return
        with transaction.atomic():
            _organs(drawn)
            tick(0.5)
            _people(drawn, schema)
            make_id = partial(_id, code)
            seeds.lay_classes(make_id, SINCE, _SOURCE)
            seeds.lay_items("演示", "云政办〔2025〕31号（演示）")
            seeds.lay_tasks(
                make_id,
                duties.LISTED,
                source=duties.DOCUMENT,
                title="网格事项清单（2026 年版）",
                standards=duties.SOURCE,
            )
            tick(0.7)
            _accounts(code, drawn)
            duties.found_party_units(make_id)
        memory.forget_all()
    tick(1.0)


def _organs(drawn: geography.CountyPlan) -> None:
    """Every organ with a number of its own that rings nowhere, and the grids."""
    numbers = {"department": "1000001", "township": "1000003"}
    seeds.lay_organs(SINCE, phones=lambda kind, number: f"{numbers[kind]}{number:04d}")
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
            code=f"grid-{grid.code}", organ_id=grid.village_code, name="网格员", name_en=POSTS_EN["网格员"], kind="grid_worker",
            grid_code=grid.code, duty_phone=f"100002{n:05d}", valid=_ALWAYS,
        )  # fmt: skip
        last = appoint(post.code, post, last if n % 6 == 5 else None)
    for n, village in enumerate(drawn.villages):
        post = Post(
            code=f"leader-{village.code}",
            organ_id=village.code,
            name="网格长",
            name_en=POSTS_EN["网格长"],
            kind="grid_leader",
            duty_phone=f"100004{n:05d}",
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
            post = Post(
                code=f"{kind}-{town}", organ_id=town, name=zh, name_en=POSTS_EN[zh], kind=kind, valid=_ALWAYS
            )  # fmt: skip
            appoint(post.code, post)
    for organ in (seeds.COMMAND, *seeds.DEPARTMENTS):
        for number in range(1, 8):
            post = Post(
                code=f"staff-{organ}-{number}", organ_id=organ, name="工作人员", name_en=POSTS_EN["工作人员"],
                kind="staff", valid=_ALWAYS,
            )  # fmt: skip
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


def _accounts(code: str, drawn: geography.CountyPlan) -> None:
    """The cast of the county; opened by the house through the same commands an administrator uses."""
    house = Actor.system("演示", Grant(frozenset({KernelPermission.ACCESS_MANAGE}), code))
    town = next((t for t in drawn.townships if t.name == "青石镇"), drawn.townships[0]).code[:9]
    village = next(v for v in drawn.villages if v.code.startswith(town)).code
    home = next(g for g in drawn.grids if g.village_code == village).code
    seats = {"网格员": f"grid-{home}", "网格长": f"leader-{village}"}
    for member in CAST:
        organ = member.organ.replace("{village}", village).replace(COUNTY + "100", town)
        person = Person.objects.create(
            id=_id(code, "cast", member.login), name=member.name, is_synthetic=True
        )
        if (seat := seats.get(member.post)) is not None:
            Appointment.objects.filter(post_id=seat).update(person=person)
        else:
            post = Post.objects.create(
                code=f"demo-{member.login}", organ_id=organ, name=member.post,
                name_en=POSTS_EN[member.post], kind=_KINDS.get(member.post, "staff"), valid=_ALWAYS,
            )  # fmt: skip
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
