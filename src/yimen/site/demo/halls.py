"""The demo's service halls, village sites, a morning's queue, an agent's task and a bought visit.

Through the commands that people use.
"""

import io
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from yimen.domains.catalogue.api import Channel, items
from yimen.domains.hall import api as hall
from yimen.domains.hall.api import HallPermission, Mandate
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.models import Division
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Grid
from yimen.kernel.papers.store import keep_upload
from yimen.site.demo.people import TOWNSHIPS_EN, in_english

_SINCE = date(2026, 1, 1)
_DOCUMENT = "云政办〔2026〕5号（演示）"
_AGENT_ITEM = "332000023001"
_CREDIT_CODE = "91350211M000100Y46"


def _house() -> Actor:
    return Actor.system("演示", Grant(frozenset({HallPermission.MANAGE}), current_county().code))


def open_halls() -> None:
    """A hall in each township with appointments, and a site in most villages: some are left for the list of the missing."""
    county, house = current_county().code, _house()
    points = _points()
    names = dict(Division.objects.filter(code__startswith=county).values_list("code", "name"))
    towns = sorted(c for c in names if c.endswith("000") and c[6:9] != "000")
    for town in towns:
        _open_hall(house, town, names[town], points.get(town[:9]))
    villages = sorted(c for c in names if not c.endswith("000"))
    takable = {
        door: [i.code for i in items() if door in i.channels] for door in (Channel.VILLAGE, Channel.ONLINE)
    }
    for n, village in enumerate(villages):
        if n % 9 != 8:
            _open_site(
                house, village, names[village], "counter", takable[Channel.VILLAGE][: 12 + n % 20], points
            )
        if n % 12 != 11 and n % 9 != 8:
            _open_site(house, village, names[village], "online", takable[Channel.ONLINE], points)


def _points() -> Mapping[str, tuple[float, float]]:
    """A place in each village and township: that of its first grid."""
    found: dict[str, tuple[float, float]] = {}
    for place, lng, lat in Grid.objects.order_by("code").values_list("place_code", "lng", "lat"):
        found.setdefault(place, (lng, lat))
        found.setdefault(place[:9], (lng, lat))
    return found


def _open_hall(house: Actor, town: str, name: str, at: tuple[float, float] | None) -> None:
    lng, lat = at or (None, None)
    code = f"hall-{town[:9]}"
    hall.open_hall(
        house, code=code, name=f"{name}便民服务中心", name_en=f"{TOWNSHIPS_EN.get(name, town[:9])} service centre",
        place_code=town, address=f"{name}政府驻地", telephone="", hours="9:00-12:00 14:00-17:30", windows=4, since=_SINCE,
        lng=lng, lat=lat,
    )  # fmt: skip
    hall.set_slots(house, hall_code=code, capacity=3, days_ahead=7, source=_DOCUMENT, since=_SINCE)


def _open_site(
    house: Actor,
    village: str,
    name: str,
    kind: str,
    codes: list[str],
    points: Mapping[str, tuple[float, float]],
) -> None:
    is_counter = kind == "counter"
    lng, lat = points.get(village, (None, None)) if is_counter else (None, None)
    words = ("便民服务点", "service point") if is_counter else ("网上服务站", "online point")
    hall.set_site(
        house, code=f"{kind}-{village}", kind=kind, name=f"{name}{words[0]}", name_en=f"{in_english(name) or village} {words[1]}",
        place_code=village, village_codes=[], item_codes=codes, address="村委会一楼" if is_counter else "",
        telephone="", staff="", hours="工作日 8:30-17:00" if is_counter else "全天", source=_DOCUMENT, since=_SINCE, lng=lng, lat=lat,
    )  # fmt: skip


def tell_of_halls() -> None:
    """A queue that runs in 青石镇, an agent's task with cash in hand, and a bought visit that waits for acceptance."""
    cast = {
        login: load_actor(Account.objects.get(login=login).id, second_factor=True)
        for login in ("songchuang", "jiaohao", "xudaiban", "liangcaigou")
    }
    _queue(cast["songchuang"], cast["jiaohao"])
    _task(cast["xudaiban"])
    _order(cast["liangcaigou"])


def _queue(clerk: Actor, screen: Actor) -> None:
    place = next(g.area for g in screen.grants)
    found = hall.halls().get(code=f"hall-{place}")
    window = next(iter(hall.windows_of(found)))
    hall.attend(clerk, window_id=window.id)
    for n in range(9):
        hall.take_ticket(screen, hall_code=found.code, kind="first" if n == 4 else "general")
    for _ in range(2):
        hall.call_next(clerk, window_id=window.id)
        hall.finish(clerk, window_id=window.id)
    hall.call_next(clerk, window_id=window.id)
    hall.skip(clerk, window_id=window.id)
    hall.call_next(clerk, window_id=window.id)


def _task(agent: Actor) -> None:
    village = next(g.area for g in agent.grants)
    signed = _signature(agent)
    given = Mandate(
        "王小明",
        "13800000001",
        "11010519491231002X",
        _AGENT_ITEM,
        village,
        "代办异地就医备案，代缴医保费",
        (signed,),
    )
    task = hall.record_mandate(agent, given).matter_id
    hall.act_on_task(agent, task, "receive_items", {"items": "社保卡复印件 1 张"})
    hall.act_on_task(agent, task, "receive_cash", {"amount": "400", "what": "城乡居民医保费"})
    hall.act_on_task(agent, task, "pay_cash", {"amount": "380", "what": "缴城乡居民医保费"})


def _signature(agent: Actor) -> UUID:
    """A drawn signature on a white sheet, kept as an upload is kept."""
    sheet, written = Image.new("RGB", (640, 320), "white"), io.BytesIO()
    pen = ImageDraw.Draw(sheet)
    pen.line([(60, 240), (580, 240)], fill="#888", width=2)
    pen.line(
        [(120, 220), (180, 90), (230, 210), (300, 110), (360, 200), (520, 130)],
        fill="#123",
        width=6,
        joint="curve",
    )
    sheet.save(written, "JPEG")
    upload = SimpleUploadedFile("委托书签名.jpg", written.getvalue(), "image/jpeg")
    return keep_upload(upload, by=agent.account_id).id


def _order(buyer: Actor) -> None:
    county = current_county().code
    house = Actor.system("演示", Grant(frozenset({HallPermission.PROVIDERS}), county))
    found = hall.register_provider(
        house, name="夕阳红养老服务社", credit_code=_CREDIT_CODE, kind="social", services="居家养老、助浴、助餐", telephone="", since=_SINCE
    )  # fmt: skip
    place = next(g.area for g in buyer.grants)
    contract = hall.sign_contract(
        house, provider_id=found.id, number="云采〔2026〕12号", place_code=place.ljust(12, "0"), service="居家养老上门",
        price="80", ceiling="24000", source="竞争性磋商 云采〔2026〕12号", since=_SINCE, until=_SINCE + timedelta(days=730),
    )  # fmt: skip
    villages = Division.objects.filter(code__startswith=place, level="village").order_by("code")
    for n, village in enumerate(villages[:3]):
        order = hall.order_service(
            buyer, contract_id=contract.id, place=village.code, for_whom=("张奶奶", "李大爷", "陈阿婆")[n], what="助浴、打扫，两小时"
        )  # fmt: skip
        if n:
            given = {"served_on": str(today()), "note": "助浴一次，打扫两小时"}
            hall.act_on_order(buyer, order.matter_id, "report_done", given)
