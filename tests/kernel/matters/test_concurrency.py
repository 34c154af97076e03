"""Two people at one matter at the same moment: one acts, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from tests.domains.grid.test_incident import actor, reported
from yimen.domains.grid.api import act
from yimen.kernel.counties.tenancy import in_county
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.matters.queries import heads
from yimen.kernel.words import Refusal


def test_of_two_who_perform_the_same_step_at_once_one_succeeds_and_one_is_refused(
    fresh_database: str,
) -> None:
    for _ in range(5):
        matter = reported().matter_id
        together = Barrier(2)

        def register(_: int, matter: object = matter, together: Barrier = together) -> str:
            with in_county("yunxi"):
                together.wait()
                try:
                    act(actor("clerk"), matter, "register")  # type: ignore[arg-type]
                except Refusal as refusal:
                    return refusal.code
                finally:
                    connection.close()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            results = sorted(pool.map(register, range(2)))
        assert results == ["done", "step.wrong_state"]
        assert Matter.objects.get(id=matter).revision == 2
    assert verify_county(heads=heads()).ok


def test_of_two_merged_into_each_other_at_once_one_stays_open(fresh_database: str) -> None:
    for _ in range(5):
        pair = [reported(), reported()]
        together = Barrier(2)

        def merge(which: int, pair: list[Moved] = pair, together: Barrier = together) -> str:
            with in_county("yunxi"):
                together.wait()
                try:
                    act(actor("chief"), pair[which].matter_id, "merge", {"target": pair[1 - which].number})
                except Refusal as refusal:
                    return refusal.code
                finally:
                    connection.close()
            return "done"

        with ThreadPoolExecutor(2) as pool:
            results = sorted(pool.map(merge, range(2)))
        assert results == ["done", "incident.merge_target"]
        open_now = Matter.objects.filter(id__in=[m.matter_id for m in pair], closed_at__isnull=True)
        assert open_now.count() == 1
