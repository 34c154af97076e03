"""Official documents: set as pages, signed, and the whole way into the register, on one core."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from benchmarks.figures import Figure, rate
from benchmarks.ground import Ground
from yimen.kernel.calendar.today import now, today
from yimen.kernel.documents.document import Document, Paragraph, Rows, said
from yimen.kernel.documents.issuing import compose
from yimen.kernel.documents.models import OfficialSeal
from yimen.kernel.documents.pades import sign
from yimen.kernel.documents.sealing import seal_waiting
from yimen.kernel.documents.setting import Face, set_pages
from yimen.kernel.words import Text
from yimen.site.demo.people import COUNTY
from yimen.site.demo.seals import make_seals

_TOWN = COUNTY + "100"
_AIM = 10.0


def measure(here: Ground, seconds: float) -> Iterator[Figure]:
    """Documents a second on one core: set, signed, and the whole way to the register."""
    make_seals(_TOWN)
    seal = OfficialSeal.objects.filter(organ_code=_TOWN, valid__contains=today()).get()
    facts = (("事项", "高龄津贴"), ("法定办结时限", "20 个工作日"), ("承诺办结时限", "5 个工作日"))
    rows = Rows(tuple((said(a), said(b)) for a, b in facts))
    words = Paragraph(Text("你提出的申请，经审查，符合法定条件、标准，决定准予。" * 3, "Granted."))
    numbers = count(1)
    face = Face(
        Text("青石镇人民政府", "Qingshi"),
        "云青石准许字〔2026〕1号",
        seal.words,
        seal.purpose,
        "7K2M-9QXA-3HTD",
        "http://localhost/check/7K2M-9QXA-3HTD/",
    )

    def document() -> Document:
        name = f"甲{next(numbers)}"
        return Document(
            Text("准予行政许可决定书", "Decision"), "测", name, (words, rows, words), today(), name
        )

    bare = rate(lambda: set_pages(document(), face), seconds)
    yield Figure("documents set as pages", bare, "/s", _AIM, "the aim", note="one core")
    signed = rate(lambda: sign(set_pages(document(), face), seal.id, place="x", reason="y"), seconds)
    yield Figure("documents set and signed", signed, "/s", _AIM, "the aim", note="one core")

    def whole() -> None:
        compose(
            document(),
            key=uuid4(),
            matter_id=uuid4(),
            kind="grant",
            organ_code=_TOWN,
            asked_by="",
            law="",
            at=now(),
        )
        if seal_waiting() != 1:
            raise RuntimeError("a document was not sealed")

    yield Figure(
        "documents composed, numbered, sealed, kept", rate(whole, seconds), "/s", signed, "set and signed"
    )
