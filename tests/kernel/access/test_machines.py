"""Machines' keys: what proves one, what ends one, and what a busy client costs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cast import COUNTY, house, later
from yimen.kernel.access import commands, machines
from yimen.kernel.access.machines import IssuedKey, machine_actor
from yimen.kernel.access.models import MachineKey
from yimen.kernel.calendar.today import frozen
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    machines.forget_machines()
    yield
    machines.forget_machines()


@pytest.fixture
def issued() -> IssuedKey:
    """A key of a hotline platform that may report."""
    account = commands.create_account(house(), login="rexian", kind="machine")
    commands.grant_role(house(), account_id=account.id, role="machine_client", area=COUNTY)
    return commands.issue_machine_key(house(), account_id=account.id, label="12345 热线")


def test_a_key_makes_its_machine_the_actor(issued: IssuedKey) -> None:
    actor = machine_actor(issued.key)
    assert actor is not None
    assert (actor.kind, actor.name, [g.role for g in actor.grants]) == (
        "machine",
        "rexian",
        ["machine_client"],
    )


def test_a_busy_client_costs_one_query_in_half_a_minute(
    issued: IssuedKey, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        for _ in range(5):
            assert machine_actor(issued.key) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda k: k[:-1] + "!",
        lambda k: k + "0",
        lambda k: k.upper(),
        lambda k: "热线",
        lambda k: "",
        lambda k: "ym__",
        lambda k: "ym_" + "0" * 500,
    ],
)
def test_any_other_key_proves_nothing(issued: IssuedKey, change: Any) -> None:
    assert machine_actor(change(issued.key)) is None


def test_the_key_itself_is_kept_nowhere(issued: IssuedKey) -> None:
    row = MachineKey.objects.get(pk=issued.prefix)
    assert issued.key not in str(row.__dict__)
    assert bytes(row.digest) == issued.digest


def test_a_revoked_key_proves_nothing(issued: IssuedKey) -> None:
    assert machine_actor(issued.key) is not None
    commands.revoke_machine_key(house(), prefix=issued.prefix, reason="对接结束")
    assert machine_actor(issued.key) is None


def test_a_remembered_key_still_ends_on_time() -> None:
    account = commands.create_account(house(), login="duanqi", kind="machine")
    end = later(seconds=10)
    key = commands.issue_machine_key(house(), account_id=account.id, label="试用", valid_until=end)
    assert machine_actor(key.key) is not None
    with frozen(end):
        assert machine_actor(key.key) is None


def test_only_machines_have_keys_and_machines_have_no_password() -> None:
    account = commands.create_account(house(), login="rexian", kind="machine")
    assert not account.has_usable_password()
    with pytest.raises(Refusal) as refusal:
        commands.reset_password(house(), account_id=account.id, password="Whatever-It-Is-1")
    assert refusal.value.code == "access.machine_has_keys"


@pytest.mark.parametrize("key", ["ym_ab\0c_def", "ym_\x7f_def", "ym_ab\nc_def"])
def test_a_key_that_cannot_be_one_is_not_looked_for(key: str) -> None:
    assert machine_actor(key) is None
