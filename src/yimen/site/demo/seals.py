"""The demo's seals: one for 青石镇, which replaced an older one, and one for each county department that decides."""

from datetime import timedelta

from yimen.domains.catalogue.api import items
from yimen.kernel.access.models import Account
from yimen.kernel.access.standing import load_actor
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.documents.models import OfficialSeal
from yimen.kernel.documents.seals import NewSeal, make_seal
from yimen.kernel.org.models import Organ, Person

_ONE = "审批服务专用章"
_FORMER = "行政许可专用章"


def make_seals(township: str) -> None:
    """The seals under which the demo's documents stand."""
    if OfficialSeal.objects.exists():
        return
    began = now()
    manager = load_actor(Account.objects.get(login="zhangyin").id, second_factor=True)
    window = Account.objects.get(login="qiuchuang").person_id
    assert window is not None
    with frozen(began - timedelta(days=300)):
        former = make_seal(manager, _seal(Organ.objects.get(code=township), _FORMER, window))
    with frozen(began - timedelta(days=60)):
        make_seal(manager, _seal(Organ.objects.get(code=township), _ONE, window, replaces=(former.id,)))
        deciding = {i.organ for i in items() if i.decided_by == "county"}
        for organ in Organ.objects.filter(code__in=deciding).order_by("code"):
            keeper = Person.objects.filter(appointments__post__organ=organ).order_by("name", "id").first()
            if keeper is not None:
                make_seal(manager, _seal(organ, "行政审批专用章", keeper.id))


def _seal(organ: Organ, purpose: str, keeper: object, replaces: tuple[object, ...] = ()) -> NewSeal:
    return NewSeal(
        organ_code=organ.code, words=organ.name[-16:], purpose=purpose, number_word=f"云{organ.name.removeprefix('云溪县')[:2]}",
        basis="云政办发〔2026〕演示1号", custodian=keeper, since=today(), replaces=replaces,  # type: ignore[arg-type]
    )  # fmt: skip
