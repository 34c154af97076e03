"""The demo's party units; and, for a look around, planted gaps, admissions and a round."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from psycopg.types.range import DateRange

from yimen.domains.duties import commands
from yimen.domains.duties.models import PartyUnit
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.models import Account
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Appointment, Grid, Person, Post
from yimen.kernel.registers import people
from yimen.site.demo.people import POSTS_EN

DOCUMENT = "云委办发〔2026〕3号（演示）"
SOURCE = "演示数据：县里自定；每网格300至500户只是常见的地方做法，国家没有统一规定"
LISTED = date(2026, 1, 1)
_PARTY_TERM = DateRange(date(2024, 6, 1), date(2027, 6, 1))


def found_party_units(make_id: Callable[..., UUID]) -> None:
    """A party group on each grid, led by its worker for a term, and numbers for the notice boards."""
    held = (
        Appointment.objects.filter(post__code__startswith="grid-").select_related("post").order_by("post_id")
    )
    workers = list(held)
    grids = {g.code: g for g in Grid.objects.all()}
    posts = [
        Post(
            code=f"party-{a.post.grid_code}", organ_id=a.post.organ_id, name="网格党小组组长",
            name_en=POSTS_EN["网格党小组组长"], kind="party_group_leader", grid_code=a.post.grid_code, valid=DateRange(_PARTY_TERM.lower, None),
        )
        for a in workers
    ]  # fmt: skip
    Post.objects.bulk_create(posts)
    Appointment.objects.bulk_create(
        [
            Appointment(id=make_id("party", p.code), person_id=a.person_id, post=p, valid=_PARTY_TERM)
            for p, a in zip(posts, workers, strict=True)
        ]
    )
    PartyUnit.objects.bulk_create(
        [
            PartyUnit(
                id=make_id("unit", p.grid_code), grid_code=p.grid_code, name=f"{grids[p.grid_code].name}党小组",
                kind="group", source=DOCUMENT, valid=DateRange(_PARTY_TERM.lower, None),
            )
            for p in posts
        ]
    )  # fmt: skip


def tell_of_duties() -> None:
    """Gaps to find, an admission that townships are asked about, one that was refused, and a round that runs."""
    _plant_gaps()
    cast = {
        login: load_actor(Account.objects.get(login=login).id, second_factor=True)
        for login in ("hemin", "shenbian", "wangge")
    }
    pending = commands.apply_for_admission(cast["hemin"], _PENDING).matter_id
    commands.act_on_admission(
        cast["shenbian"], pending, "consult", {"note": "依据清楚，工作量偏大，请各乡镇（街道）如实提意见。"}
    )
    asked = [
        t for t in commands.townships() if t.code[:9] != cast["wangge"].organ[:9]
    ]  # theirs is left to say
    for township, (stance, reason) in zip(asked, _SAID, strict=False):
        commands.give_opinion(
            _leader_of(township.code[:9]), admission_id=pending, township_code=township.code[:9],
            stance=stance, reason=reason,
        )  # fmt: skip
    refused = commands.apply_for_admission(cast["hemin"], _UNFOUNDED).matter_id
    commands.act_on_admission(
        cast["shenbian"], refused, "refuse",
        {"reason": "没有法律法规依据，也与“不得以打卡、截图代替实际工作”的要求不符，不准入。"},
    )  # fmt: skip
    _push(cast["hemin"], cast["wangge"])


def _push(department: Actor, worker: Actor) -> None:
    area = worker.organ[:9]
    pushed = commands.push_round(
        department, task="0505", area=area, due_on=today() + timedelta(days=7),
        note_text="寒潮将至，请看一看独居老人取暖和用火用电。",
    )  # fmt: skip
    grids = Grid.objects.filter(code__startswith=area, valid__contains=today()).exclude(
        place_code=worker.organ
    )
    for n, grid in enumerate(grids.order_by("code")[:5]):
        commands.answer_round(
            _worker_of(area), round_id=pushed.matter_id, grid_code=grid.code,
            outcome="not_ours" if n == 4 else "nothing",
            note_text="网格里没有独居老人，名单请民政核对。" if n == 4 else "",
        )  # fmt: skip


def _plant_gaps() -> None:
    """One grid without a worker, a vacant post, a term that ends, an absence that nobody covers."""
    county, on = current_county().code, today()
    keeper = Actor.system("演示", Grant(frozenset({KernelPermission.PEOPLE_MANAGE}), county))
    held = Appointment.objects.filter(post__code__startswith="grid-", substitutions=None).order_by("post_id")
    rows = list(held.distinct())
    for gap, each in zip(("gone", "gone", "away", "away", "away"), rows[20::90], strict=False):
        if gap == "gone":
            people.end_appointment(keeper, appointment_id=each.id, on=on, reason="辞职，待补")
        else:
            people.note_absence(
                keeper, person_id=each.person_id, since=on - timedelta(days=2), until=on + timedelta(days=12),
                reason="休假",
            )  # fmt: skip
    party = list(Appointment.objects.filter(post__kind="party_group_leader").order_by("post_id"))
    for each in party[15::150]:
        people.end_appointment(keeper, appointment_id=each.id, on=on + timedelta(days=20), reason="任期届满")
    for each in party[40::200]:
        people.end_appointment(keeper, appointment_id=each.id, on=on, reason="调离")


def _leader_of(township: str) -> Actor:
    """The township's own leader, as the register has them."""
    return _somebody(
        Person.objects.filter(appointments__post__code=f"leader-{township}").first(),
        "township_leader",
        township,
    )


def _worker_of(area: str) -> Actor:
    """A grid worker who answers for an area."""
    held = Person.objects.filter(appointments__post__grid_code__startswith=area).order_by("id").first()
    return _somebody(held, "grid_worker", area)


def _somebody(person: Person | None, role: str, area: str) -> Actor:
    if person is None:
        raise LookupError(f"nobody in the register for {role} at {area}")
    return Actor(
        kind="staff", person_id=person.id, name=person.name, organ=area, second_factor=True,
        grants=(Grant(permissions_of(role), area, role=role),),
    )  # fmt: skip


_PENDING: dict[str, object] = {
    "name": "上报孤寡老人助餐需求", "name_en": "Report old people's need for meals", "domain": "05", "action": "report",
    "what": "走访时问一问高龄独居老人是否需要助餐，需要的上报姓名和住址。",
    "what_en": "On visits ask very old people living alone whether they need meals; report name and address if so.",
    "frequency": "monthly", "basis": "老年人权益保障法 第三十七条", "minutes": 40,
    "funds": "民政局按上报件数给予工作补贴，列入本局年度预算。", "is_pushable": True,
}  # fmt: skip
_UNFOUNDED: dict[str, object] = {
    "name": "每日健康打卡截图收集", "name_en": "Collect daily health check-in screenshots", "domain": "08",
    "action": "assist", "what": "每天收集住户打卡截图并上传。",
    "what_en": "Collect and upload residents' check-in screenshots every day.", "frequency": "weekly",
    "basis": "本局工作安排", "minutes": 600, "funds": "无", "evidence": "每日截图",
}  # fmt: skip
_SAID = (
    ("agree", "本来就在走访，顺带问一句，可以承担。"),
    ("conditional", "补贴到位、不要求另填表就同意。"),
    ("object", "山区网格走一趟要半天，建议由助餐点自己登记。"),
)
