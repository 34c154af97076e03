"""The demo's seals: one for 青石镇, which replaced an older one, and one for each other township and county department that decides.

青石镇 is an 经济发达镇 with a dedicated approval organ: to it some items of the county were transferred, and it has a seal of its own.
"""

from dataclasses import replace
from datetime import timedelta

from yimen.domains.catalogue.api import APPROVAL_ORGAN, items, transfer_items
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.documents.issuing import organ_name
from yimen.kernel.documents.models import OfficialSeal
from yimen.kernel.documents.seals import NewSeal, make_seal
from yimen.kernel.org.models import Organ, Person
from yimen.kernel.registers.organs import open_organ

_ONE = "审批服务专用章"
_FORMER = "行政许可专用章"
_TRANSFERRED = ("330100062001", "330100093001", "330100065001")


def make_seals(township: str) -> None:
    """The seals under which the demo's documents stand."""
    if OfficialSeal.objects.exists():
        return
    began = now()
    manager = load_actor(Account.objects.get(login="zhangyin").id, second_factor=True)
    office = load_actor(Account.objects.get(login="shenbian").id, second_factor=True)
    window = Account.objects.get(login="qiuchuang").person_id
    assert window is not None
    with frozen(began - timedelta(days=300)):
        former = make_seal(manager, _seal(Organ.objects.get(code=township), _FORMER, window))
    with frozen(began - timedelta(days=60)):
        make_seal(manager, _seal(Organ.objects.get(code=township), _ONE, window, replaces=(former.id,)))
        deciding = {i.organ for i in items() if i.decided_by == "county"}
        for organ in Organ.objects.filter(code__in=deciding | _others(township)).order_by("code"):
            keeper = Person.objects.filter(appointments__post__organ=organ).order_by("name", "id").first()
            if keeper is not None:
                purpose = "行政审批专用章" if organ.code in deciding else _ONE
                make_seal(manager, _seal(organ, purpose, keeper.id))
    with frozen(began - timedelta(days=20)):
        bureau = _seal(_approval_organ(office, township), _ONE, window)
        make_seal(manager, replace(bureau, number_word=f"{bureau.number_word}审"))


def _others(township: str) -> set[str]:
    """The governments of the other townships: what residents hand in there is acknowledged under a seal too."""
    return set(
        Organ.objects.exclude(code=township)
        .filter(kind=Organ.objects.get(code=township).kind)
        .values_list("code", flat=True)
    )


def _approval_organ(office: Actor, township: str) -> Organ:
    """The township's dedicated approval organ, opened by the establishment office, with what was transferred to it."""
    town = Organ.objects.get(code=township)
    name = f"{town.name.removesuffix('人民政府')}行政审批局"
    organ = open_organ(
        office, code=f"approval-{township}", name=name, name_en=f"{town.name_en.removesuffix(' Government')} Approval Bureau",
        kind=APPROVAL_ORGAN, place_code=town.place_code, since=today(), parent_code=town.code,
    )  # fmt: skip
    transfer_items(office, _TRANSFERRED, to_organ=organ.code, since=today(), source="云编〔2026〕演示6号")
    return organ


def _seal(organ: Organ, purpose: str, keeper: object, replaces: tuple[object, ...] = ()) -> NewSeal:
    name = organ_name(organ.code).zh
    return NewSeal(
        organ_code=organ.code, words=name[-16:], purpose=purpose, number_word=f"云{name.removeprefix('云溪县')[:2]}",
        basis="云政办发〔2026〕演示1号", custodian=keeper, since=today(), replaces=replaces,  # type: ignore[arg-type]
    )  # fmt: skip
