"""The grids of two systems that the demo county gave up: 综治 had one for each grid of now, 城管 cut the towns finer."""

from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.org.models import Grid
from yimen.kernel.registers.grids import OldGrid, add_legacy_grids

_TOWNSHIPS = 3
_UNDECIDED = 2


def bring_old_grids() -> None:
    """Enter them with the grid each went into; for a few it is still to be decided."""
    county = current_county().code
    keeper = Actor.system("演示", Grant(frozenset({KernelPermission.GRIDS_MANAGE}), county))
    grids = list(Grid.objects.filter(code__startswith=county).order_by("code"))
    towns = sorted({g.code[:9] for g in grids})[:_TOWNSHIPS]
    grids = [g for g in grids if g.code[:9] in towns]
    comprehensive = [
        OldGrid("综治", f"ZZ-{n:04d}", g.name.replace("网格", "综治网格"), g.code)
        for n, g in enumerate(grids, 1)
    ]
    urban = [
        OldGrid("城管", f"CG-{n:04d}", f"{g.name}责任区{half}", g.code)
        for n, (g, half) in enumerate(((g, half) for g in grids for half in "甲乙"), 1)
    ]
    undecided = [
        OldGrid("城管", f"CG-{len(urban) + n:04d}", f"跨村道路责任区{n}", "")
        for n in range(1, _UNDECIDED + 1)
    ]
    add_legacy_grids(keeper, comprehensive, "云平安办〔2025〕12号（演示）")
    add_legacy_grids(keeper, [*urban, *undecided], "云城管〔2025〕8号（演示）")
