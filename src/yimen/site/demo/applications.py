"""The demo's applications: two weeks at the windows of 青石镇, through the commands that people use. Applicants are made up."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yimen.domains.catalogue.api import Channel, Item, item
from yimen.domains.services.api import SERVICE, Applicant, Application, act, needed, rate, submit
from yimen.domains.services.documents import write
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.counties.models import Division
from yimen.kernel.documents.sealing import seal_waiting
from yimen.kernel.forms.schema import Question, read_form
from yimen.kernel.matters.models import Matter
from yimen.kernel.notices.models import OutboxMessage
from yimen.kernel.papers.store import keep_upload

_ALLOWANCE, _SENIOR_CARD, _HOUSE, _MINIMUM = "330500121001", "332000124001", "330100061001", "330500041001"
_TEMPORARY, _TOILET, _TIMBER = "330500043001", "330500091001", "330100112001"
_PEOPLE = ("甲一", "乙二", "丙三", "丁四", "戊五", "己六", "庚七", "辛八", "壬九", "癸十")
_OPINION = {"opinion": "材料齐全，情况属实，建议准予。"}
_Road = tuple[tuple[int, str, str, dict[str, Any]], ...]
"""Each act of an application: how many days after it was handed in, whose, which, and what is said."""
_ROAD: _Road = (
    (1, "qiuchuang", "accept", {}),
    (2, "shenyi", "review", _OPINION),
    (3, "zhaozhen", "grant", {"reason": "符合条件，准予。"}),
    (4, "qiuchuang", "issue", {"number": "云青〔2026〕演示1号"}),
    (5, "qiuchuang", "deliver", {"way": "counter", "receipt": "本人签收"}),
)
_UP: _Road = (
    (1, "qiuchuang", "accept_for_county", {}),
    (2, "shenyi", "look_into", {"inquiry": "household_survey", "staff": "申一审、葛二审"}),
    (3, "shenyi", "end_inquiry", {"finding": "三口人，住房和收入与申报一致。"}),
    (4, "shenyi", "look_into", {"inquiry": "democratic_appraisal"}),
    (5, "shenyi", "end_inquiry", {"finding": "村民代表评议，全票同意。"}),
    (6, "shenyi", "begin_inquiry", {"inquiry": "public_notice"}),
    (14, "shenyi", "end_inquiry", {"finding": "公示期满，没有异议。"}),
    (15, "shenyi", "review", _OPINION),
    (16, "geer", "second_review", _OPINION),
    (17, "shenyi", "record_resolution", {"meeting": "township_head", "minutes": "〔2026〕演示12号"}),
    (18, "shenyi", "hand_up", _OPINION),
)
# item, days ago, how many acts of its road, complete or not, the rating it got
_STORIES: tuple[tuple[str, int, int, bool, int], ...] = (
    (_ALLOWANCE, 13, 5, True, 5), (_ALLOWANCE, 12, 5, True, 2), (_ALLOWANCE, 6, 4, True, 0), (_ALLOWANCE, 5, 2, True, 0),
    (_ALLOWANCE, 1, 0, True, 0), (_HOUSE, 9, 1, True, 0), (_HOUSE, 4, 0, False, 0), (_MINIMUM, 20, len(_UP), True, 0),
    (_TEMPORARY, 3, 1, True, 0), (_TOILET, 2, 0, True, 0),
)  # fmt: skip
_GOOD = {
    "citizen-id": "11010519491231002X", "credit-code": "91350211M000100Y46", "phone": "10000000009", "date": "2026-01-05",
    "email": "demo@example.cn", "money": "100",
}  # fmt: skip


def apply_and_handle(township: str) -> None:
    """A township's applications, each carried as far as its story goes."""
    if Matter.objects.filter(procedure=SERVICE.code).exists():
        return
    cast = {
        login: load_actor(Account.objects.get(login=login).id, second_factor=True)
        for login in ("qiuchuang", "shenyi", "geer", "zhaozhen", "wangge")
    }
    villages = Division.objects.filter(level="village", code__startswith=township).order_by("code")
    places = list(villages.values_list("code", flat=True))
    began = now()
    for n, (code, days, acts, is_complete, level) in enumerate(_STORIES):
        at = began - timedelta(days=days)
        with frozen(at):
            matter_id = submit(
                cast["qiuchuang"], application_of(item(code), n, places, is_complete=is_complete)
            ).matter_id
        road = _UP if item(code).decided_by == "county" else _ROAD
        for day, login, step, given in road[:acts]:
            with frozen(min(at + timedelta(days=day, minutes=n), began)):
                minutes = _minutes_of_today() if step == "record_resolution" else {}
                if step == "deliver":
                    _seal_papers(matter_id)
                act(cast[login], matter_id, step, {**given, **minutes})
        if level:
            with frozen(min(at + timedelta(days=len(road), hours=1), began)):
                rate(
                    Matter.objects.get(id=matter_id), level=level, words="" if level > 2 else "等的时间有点长"
                )
    with frozen(began - timedelta(days=2)):
        card = submit(cast["qiuchuang"], application_of(item(_SENIOR_CARD), 9, places, is_complete=True))
        act(cast["qiuchuang"], card.matter_id, "settle", {"number": "优待证演示0001", "receipt": "本人签收"})
    _publish(cast, places, began)


def _publish(cast: dict[str, Actor], places: list[str], began: datetime) -> None:
    """A permit that anybody may read of and the village's grid worker looks after, and a house that is announced before it is decided."""
    with frozen(began - timedelta(days=2, hours=3)):
        home = [cast["wangge"].organ[:12]]
        felling = submit(cast["qiuchuang"], application_of(item(_TIMBER), 4, home)).matter_id
        acts: tuple[tuple[str, dict[str, Any]], ...] = (
            ("grant_on_commitment", {"files": [_picture("commitment.png")]}),
            ("issue", {"number": "云青林采〔2026〕演示1号"}),
            ("deliver", {"way": "counter", "receipt": "本人签收"}),
        )
        for step, given in acts:
            if step == "deliver":
                _seal_papers(felling)
            act(cast["qiuchuang"], felling, step, given)
        house = submit(cast["qiuchuang"], application_of(item(_HOUSE), 6, places)).matter_id
        act(cast["qiuchuang"], house, "accept")
        act(cast["shenyi"], house, "look_into", {"inquiry": "public_notice"})


def _seal_papers(matter_id: UUID) -> None:
    """Write and seal the papers of what was done so far, as the worker does within seconds; what it hears again it leaves."""
    for message in OutboxMessage.objects.filter(stream=matter_id).order_by("id"):
        write(message.id, message.payload)
    seal_waiting()


def _minutes_of_today() -> dict[str, object]:
    """The picture of a meeting's minutes, and their day."""
    return {"files": [_picture("minutes.png")], "when": str(today())}


def _picture(name: str) -> str:
    """The id of a kept picture of a page."""
    drawn = io.BytesIO()
    Image.new("RGB", (420, 594), "white").save(drawn, "PNG")
    return str(keep_upload(SimpleUploadedFile(name, drawn.getvalue()), by=None).id)


def application_of(found: Item, n: int, places: list[str], *, is_complete: bool = True) -> Application:
    """A made-up person's application for an item, its form filled in."""
    answers = {q.name: _answer(q) for q in read_form(found.form).questions.values()}
    wanted = [m.code for m in needed(found, answers)]
    person = Applicant(_PEOPLE[n % len(_PEOPLE)], "passport", f"DEMO{n:05d}", f"1000000{n:04d}", "演示地址")
    return Application(
        found.code, places[n % len(places)], Channel.WINDOW, person, answers,
        shown=frozenset(wanted if is_complete else wanted[1:]),
    )  # fmt: skip


def _answer(question: Question) -> Any:
    """Something the question takes."""
    if question.choices:
        return question.choices[0][0]
    match question.kind:
        case "array":
            row = {q.name: _answer(q) for q in question.rows if q.when is None}
            return [row] * max(question.fewest_rows, 1)
        case "boolean":
            return False
        case "integer" | "number":
            return int(question.least or 1)
    if question.pattern:
        return "1" * max(question.shortest, 16)
    return _GOOD.get(question.format, "演示" * max(question.shortest, 1))
