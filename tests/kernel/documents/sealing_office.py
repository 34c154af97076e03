"""A township with a seal, for tests."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from tests.cast import COUNTY, HERE, staff
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.today import today
from yimen.kernel.documents.models import OfficialSeal
from yimen.kernel.documents.seals import NewSeal, make_seal
from yimen.kernel.org.models import Person


def manager(area: str = HERE) -> Actor:
    """Who may manage the seals of an area."""
    held = frozenset({KernelPermission.SEALS_MANAGE, KernelPermission.SEALS_READ})
    return staff("seals", Grant(held, area, "", "seals"), post=f"seals-{uuid4().hex[:4]}", organ=HERE)


def keeper(name: str = "印章管理人") -> UUID:
    """Somebody to keep a seal."""
    return Person.objects.create(id=uuid4(), name=name).id


def sealed_office(organ: str = HERE, **changes: object) -> OfficialSeal:
    """The seal of an organ, in use since yesterday."""
    given = {
        "organ_code": organ, "words": "云溪县青石镇人民政府", "purpose": "审批服务专用章", "number_word": "云青",
        "basis": "云政发〔2026〕3号", "custodian": keeper(), "since": today() - timedelta(days=1),
    }  # fmt: skip
    return make_seal(manager(COUNTY), NewSeal(**{**given, **changes}))  # type: ignore[arg-type]


def keys_in(folder: Path, settings: object) -> None:
    """Keys and files of this test lie in a folder of its own."""
    settings.YIMEN_KEYS = folder / "keys"  # type: ignore[attr-defined]
    settings.YIMEN_FILES = folder / "files"  # type: ignore[attr-defined]
