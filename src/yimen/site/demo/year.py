"""A year of incidents for the demo: each act performed through the one door by somebody who may perform it."""

import io
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from yimen.domains.grid.commands import Report, act, report_incident
from yimen.domains.grid.reference import ClassRef, Reference, in_force
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.models import Account
from yimen.kernel.access.roles import permissions_of
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import LOCAL_ZONE, now, today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.moving import Moved
from yimen.kernel.org.models import Grid
from yimen.kernel.org.queries import Holder, holders
from yimen.kernel.papers.store import keep_upload
from yimen.kernel.words import Refusal
from yimen.site.demo.people import CAST

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
_RECENT = (
    "reported", "verifying", "verified", "registered", "dispatched", "returned", "escalated", "handling", "suspended",
    "handled", "checked", "called_back",
)  # fmt: skip
_ON_THE_DESK = ("reported", "verifying", "verified", "registered")
_FATES = ("closed", "self_handled", "not_accepted", "merged", "reworked")
_WEIGHTS = (80, 9, 4, 3, 5)
_PHONE = "10000000000"
_AT_HOME = 0.1
_VERIFIED = 0.15


def tell_a_year(total: int, tick: Callable[[float], None]) -> None:
    """Old incidents have ended, recent ones stand in every state; one in ten lies where the cast's grid worker is."""
    rng = random.Random(20261123)  # noqa: S311 - a story, not a secret
    house = _House(rng)
    grids = list(Grid.objects.order_by("code"))
    worker = house.cast["wangge"]
    home = [g for g in grids if g.place_code == worker.organ] or grids
    classes = list(house.table.classes.values())
    events = [c for c in classes if not house.duty(c, grids[0])[1]]
    for n, (at, fate) in enumerate(sorted(_fates(total, rng))):
        grid = rng.choice(home if rng.random() < _AT_HOME else grids)
        kind = rng.choice(events if fate in _ON_THE_DESK else classes)
        house.tell(at, fate, grid, kind)
        tick((n + 1) / total)


def _fates(total: int, rng: random.Random) -> Iterator[tuple[datetime, str]]:
    """When each incident was reported, in the daytime, and how far it comes."""
    at = now()
    for n in range(total):
        days = 365 * (1 - (n + 1) / total) ** 1.3 + rng.random()
        fate = rng.choice((*_RECENT, "closed", "closed")) if days < 12 else rng.choices(_FATES, _WEIGHTS)[0]
        local = (at - timedelta(days=days)).astimezone(LOCAL_ZONE)
        reported = local.replace(hour=rng.randint(7, 19), minute=rng.randint(0, 59))
        yield min(reported, at - timedelta(minutes=rng.randint(1, 200))), fate


class _House:
    """Those who act: the cast where one of them is responsible, else the register's own people."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        accounts = Account.objects.filter(login__in=[m.login for m in CAST])
        self.cast = {a.login: load_actor(a.id, second_factor=True) for a in accounts}
        self.table: Reference = in_force()
        self.workers = {h.post.grid_code: h for h in holders(today(), kind="grid_worker")}
        people = holders(today(), kind="staff") + holders(today(), kind="officer")
        self.handlers = {h.post.organ_id: _as(h, "department_handler", current_county().code) for h in people}
        self.handlers |= {"urban": self.cast["zhengfa"], "water": self.cast["sunshui"]}
        self.photos = [keep_upload(SimpleUploadedFile(f"{n}.jpg", _picture(n)), by=None).id for n in range(8)]

    def duty(self, kind: ClassRef, grid: Grid) -> tuple[str, bool]:
        """The organ that the duty table names, and whether it is dispatched at once."""
        found = self.table.duty(kind.code, grid.place_code)
        return (found.organ_code, found.is_automatic) if found else ("urban", False)

    def worker(self, grid: Grid) -> Actor:
        """The grid's own worker, who reports, settles small things, and goes to look."""
        cast = self.cast["wangge"]
        return (
            cast
            if cast.organ == grid.place_code
            else _as(self.workers[grid.code], "grid_worker", grid.place_code)
        )

    def report(self, at: datetime, grid: Grid, kind: ClassRef, result: str = "") -> Moved:
        """One report through one of the channels."""
        rng = self.rng
        place = rng.choice(_PLACES)
        channel = (
            "grid_worker"
            if result
            else rng.choice(("grid_worker", "grid_worker", "portal", "hotline", "console"))
        )
        reporter = {"grid_worker": self.worker(grid), "portal": Actor.resident()}.get(
            channel, self.cast["chenshou"]
        )
        return report_incident(
            reporter,
            Report(
                text=f"{rng.choice(_SAYS)}{place}{kind.name.zh}，请尽快处理。", lng=grid.lng, lat=grid.lat,
                channel=channel, class_code=kind.code, address=f"{grid.name[:-4]}{place}", reporter="林先生",
                phone=_PHONE, result=result,
            ),
            keep=lambda: rng.sample(self.photos, rng.randint(0, 2)),
            at=at,
        )  # fmt: skip

    def tell(self, at: datetime, fate: str, grid: Grid, kind: ClassRef) -> None:
        """One incident as far as its fate."""
        if fate == "self_handled":
            self.report(at, grid, kind, self.rng.choice(_RESULTS))
            return
        moved = self.report(at, grid, kind)
        line = _Line(self, moved, at, grid, kind)
        if fate == "not_accepted" and moved.state == "reported":
            line.then("chenshou", "refuse", 2, reason="不属于本平台受理范围，已告知向主管部门反映。")
        elif fate == "merged" and moved.state == "reported":
            again = self.report(at + timedelta(minutes=20), grid, kind)
            _Line(self, again, at, grid, kind).then("chenshou", "merge", 2, target=moved.number)
            line.walk("closed")
        else:
            line.walk(fate)


class _Line:
    """The main line of one incident, walked until its fate."""

    def __init__(self, house: _House, moved: Moved, at: datetime, grid: Grid, kind: ClassRef) -> None:
        self.house, self.moved, self.at, self.grid = house, moved, at, grid
        self.organ, _ = house.duty(kind, grid)

    def then(self, who: str | Actor, step: str, hours: float, **given: object) -> None:
        """One step, some hours after the one before."""
        self.at = min(self.at + timedelta(hours=hours * self.house.rng.uniform(0.5, 1.5)), now())
        actor = self.house.cast[who] if isinstance(who, str) else who
        act(actor, self.moved.matter_id, step, given, at=self.at)

    def walk(self, fate: str) -> None:
        """Step by step; a detour where the fate asks for one."""
        rng, handler, checker = self.house.rng, self.house.handlers[self.organ], self.house.worker(self.grid)
        line: list[tuple[str, str | Actor, str, float, Mapping[str, Any]]] = [
            *self._verified(fate, checker),
            ("registered", "chenshou", "register", 2, {}),
            ("dispatched", "zhoupai", "dispatch", 3, {"organ": self.organ}),
            ("handling", handler, "begin", 4, {}),
            ("handled", handler, "finish", 20, {"result": rng.choice(_RESULTS), "files": self._photo()}),
            ("checked", checker, "pass", 8, {}),
            (
                "called_back",
                "chenshou",
                "call_back",
                6,
                {"answer": rng.choices(("satisfied", "content", "unreached"), (7, 2, 1))[0]},
            ),
            ("closed", "wuzhi", "close", 10, {}),
        ]
        if self.moved.state == "dispatched":
            line = [
                each for each in line if each[0] not in ("verifying", "verified", "registered", "dispatched")
            ]
        if fate == "reported" or (self.moved.state == "dispatched" and fate in (*_ON_THE_DESK, "dispatched")):
            return
        try:
            for state, actor, step, hours, given in line:
                if fate == "returned" and step == "begin":
                    self.then(handler, "return", 3, reason="不属于本单位职责。")
                    return
                if fate == "escalated" and step == "begin":
                    self.then("wuzhi", "escalate", 5, reason="涉及多个乡镇，本级协调不动。")
                    return
                if fate == "reworked" and step == "pass":
                    self.then(checker, "rework", 6, reason="现场仍有残留，请返工。")
                    self.then(handler, "finish", 12, result="已返工清理完毕。", files=self._photo())
                self.then(actor, step, hours, **given)
                if fate == "suspended" and state == "handling":
                    self.then("wuzhi", "suspend", 4, reason="等待配件到货。")
                if fate in (state, "suspended") and state == fate.replace("suspended", "handling"):
                    return
        except Refusal as refusal:
            if refusal.code != "incident.too_late_to_return":
                raise

    def _verified(
        self, fate: str, checker: Actor
    ) -> list[tuple[str, str | Actor, str, float, Mapping[str, Any]]]:
        """Somebody looks before it is registered: always where that is its fate, now and then otherwise."""
        if fate not in ("verifying", "verified") and self.house.rng.random() > _VERIFIED:
            return []
        note = {"note": "电话说得不清楚，请到现场看一下。"}
        return [
            ("verifying", "chenshou", "ask_verification", 1, note),
            ("verified", checker, "verify", 2, {"note": "属实。"}),
        ]

    def _photo(self) -> list[str]:
        return [str(self.house.rng.choice(self.house.photos))]


def _as(holder: Holder, role: str, area: str) -> Actor:
    """Somebody of the register acting in their post."""
    organ = holder.post.organ_id
    return Actor(
        kind="staff", person_id=holder.person.id, name=holder.person.name, post=holder.post.code, organ=organ,
        second_factor=True, grants=(Grant(permissions_of(role), area, role=role),),
    )  # fmt: skip


def _picture(number: int) -> bytes:
    """A drawn street scene in place of a photo: sky, houses, a road, and something that lies on it."""
    rng = random.Random(number)  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", (1200, 900), (196 - 8 * number, 218, 236))
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [(0, 420), (300, 260), (620, 400), (900, 240), (1200, 400), (1200, 560), (0, 560)], (126, 158, 132)
    )
    for left in range(40, 1200, 290):
        top = 330 + rng.randint(-50, 40)
        draw.rectangle((left, top, left + 200, 580), (238, 232, 220))
        draw.polygon([(left - 20, top), (left + 100, top - 70), (left + 220, top)], (82, 88, 98))
        for x in (left + 30, left + 120):
            draw.rectangle((x, top + 50, x + 50, top + 120), (150, 172, 190))
    draw.polygon([(0, 580), (1200, 580), (1200, 900), (0, 900)], (120, 122, 124))
    for x in range(30, 1200, 220):
        draw.polygon([(x, 738), (x + 120, 738), (x + 110, 754), (x - 10, 754)], (235, 235, 228))
    if number % 2:
        x = rng.randint(300, 700)
        draw.ellipse((x, 640, x + 220, 720), (40, 40, 42))
        draw.ellipse((x + 14, 648, x + 206, 708), (18, 18, 20))
    else:
        for _ in range(16):
            x, y = rng.randint(360, 820), rng.randint(640, 780)
            size = rng.randint(20, 60)
            colour = rng.choice(((208, 196, 160), (70, 96, 84), (170, 60, 52), (230, 230, 230)))
            draw.ellipse((x, y, x + size, y + size * 2 // 3), colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
