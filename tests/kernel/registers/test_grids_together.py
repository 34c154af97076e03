"""Two people draw one village at the same moment: one drawing holds, the other is told, and the village stays tiled."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from django.db import connection

from tests.kernel.registers.test_grids import TOMORROW, a_village, as_it_is, redraw, split_first
from yimen.kernel.counties.memory import forget_all
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.registers.grids import check, proposals_of
from yimen.kernel.words import Refusal


def test_of_two_who_keep_a_drawing_at_once_one_is_refused(fresh_database: str) -> None:
    forget_all()
    village = a_village()
    drawings = [split_first(village), as_it_is(village)[::-1]]
    drawings[1][0] = replace(drawings[1][0], name="新名")
    together = Barrier(2)

    def keep(which: int) -> str:
        with in_county("yunxi"):
            together.wait()
            try:
                redraw(drawings[which])
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(keep, range(2)))
    assert results == ["done", "register.version"]
    assert not check(proposals_of(village, TOMORROW), TOMORROW)
    forget_all()
