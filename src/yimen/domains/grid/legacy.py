"""Grids of the systems that are given up (综治, 城管, 环保 …): a table of their codes, each led to the grid it goes into."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from yimen.domains.grid.importing import degrees
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.imports.columns import Fault, Plan, Target
from yimen.kernel.imports.runs import Importer
from yimen.kernel.org.coordinates import system_choices, to_wgs84
from yimen.kernel.org.grids import locate
from yimen.kernel.org.models import LegacyGrid
from yimen.kernel.registers.grids import OldGrid, add_legacy_grids, standing
from yimen.kernel.words import Finding, Refusal, Text, unprintable

TARGETS = (
    Target("code", Text("旧网格编码", "Old code"), True, ("网格编码", "网格编号", "原编码", "编码", "code"), example="ZZ-330-001"),
    Target("name", Text("旧网格名称", "Old name"), aliases=("网格名称", "原名称", "名称", "name"), example="桥头综治网格"),
    Target("grid_code", Text("并入的网格编码", "Grid it goes into"), aliases=("新编码", "新网格编码", "合并后编码", "target"), example="330825101200001"),
    Target("lng", Text("中心点经度", "Longitude of its centre"), aliases=("经度", "x", "lon", "lng"), example="119.12345"),
    Target("lat", Text("中心点纬度", "Latitude of its centre"), aliases=("纬度", "y", "lat"), example="28.12345"),
)  # fmt: skip
SETTINGS = (
    Target("system", Text("旧系统", "Old system"), True),
    Target("source", Text("依据的文件", "Document it rests on"), True),
    Target("crs", Text("坐标系", "Coordinates"), is_coded=True),
)
_LONGEST = 60


def judge(
    actor: Actor, plan: Plan, rows: Sequence[tuple[int, Mapping[str, str]]], seen: set[str]
) -> list[OldGrid | list[Fault]]:
    """Each row as an old grid with the grid it goes into; one that names neither code nor point is left to be decided."""
    system = plan.settings.get("system", "").strip()[:_LONGEST]
    codes = [given["code"] for _, given in rows]
    known = set(LegacyGrid.objects.filter(system=system, code__in=codes).values_list("code", flat=True))
    wanted = {given.get("grid_code", "") for _, given in rows}
    there = set(standing().filter(code__in=wanted).values_list("code", flat=True))
    return [
        _judged(number, given, system, plan.settings.get("crs", ""), known, there, seen)
        for number, given in rows
    ]


def _judged(
    number: int,
    given: Mapping[str, str],
    system: str,
    crs: str,
    known: set[str],
    there: set[str],
    seen: set[str],
) -> OldGrid | list[Fault]:
    faults: list[Fault] = []

    def fault(field: str, code: str, zh: str, en: str) -> None:
        faults.append(Fault(number, field, Finding(code, Text(zh, en), field=field)))

    code, name, grid = given["code"], given.get("name", ""), given.get("grid_code", "")
    for field, words in (("code", code), ("name", name)):
        if len(words) > _LONGEST or unprintable(words, lines=False):
            fault(
                field,
                "input.words",
                f"最多 {_LONGEST} 个字，不能有控制字符。",
                f"At most {_LONGEST} printable characters.",
            )
    if code in known or code in seen:
        where = "库里已有" if code in known else "文件里前面已有"
        fault("code", "import.twice", f"这个旧编码{where}。", "This old code is already here or above.")
    seen.add(code)
    if grid and grid not in there:
        fault("grid_code", "legacy.grid", f"没有网格 {grid[:20]}。", f"There is no grid {grid[:20]}.")
    if not grid and (given.get("lng") or given.get("lat")):
        try:
            point = to_wgs84(degrees(given.get("lng", "")), degrees(given.get("lat", "")), crs)
            grid = locate(*point).code
        except Refusal as refusal:
            faults.append(Fault(number, "lng", refusal.findings[0]))
    return faults or OldGrid(system, code, name, grid)


def write(actor: Actor, grids: Iterable[OldGrid], told: Callable[[int], None], plan: Plan) -> int:
    """Enter them all, in the caller's transaction."""
    return add_legacy_grids(actor, grids, plan.settings.get("source", ""), told)


LEGACY_GRIDS = Importer(
    code="legacy_grids",
    title=Text("旧系统的网格", "Grids of old systems"),
    permission=KernelPermission.GRIDS_MANAGE,
    targets=TARGETS,
    settings=SETTINGS,
    translations=lambda field: system_choices() if field == "crs" else [],
    judge=judge,
    write=write,
)
