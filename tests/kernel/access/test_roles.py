"""The declared roles: whole, described, and with the three administrators apart."""

from enum import StrEnum

import pytest

from yimen.kernel.access.permissions import KernelPermission, declare_permissions, declared
from yimen.kernel.access.roles import ADMINISTRATORS, problems, roles
from yimen.kernel.words import Text
from yimen.site.roles import ROLES


def test_every_role_is_whole() -> None:
    assert problems() == []
    assert set(roles()) == {role.code for role in ROLES}


def test_the_three_administrators_share_nothing_but_seeing_people_and_grants() -> None:
    shared_at_most = {KernelPermission.PEOPLE_READ, KernelPermission.ACCESS_READ}
    trio = [roles()[code].permissions for code in sorted(ADMINISTRATORS)]
    for first in trio:
        for second in trio:
            if first is not second:
                assert first & second <= shared_at_most


def test_no_administrator_handles_matters() -> None:
    for code in ADMINISTRATORS:
        assert not {p for p in roles()[code].permissions if p.startswith(("incident.", "matter."))}


def test_only_the_security_administrator_manages_access() -> None:
    assert [c for c, r in roles().items() if KernelPermission.ACCESS_MANAGE in r.permissions] == [
        "security_admin"
    ]


def test_who_enters_a_holiday_notice_is_not_who_confirms_it() -> None:
    both = {KernelPermission.CALENDAR_PROPOSE, KernelPermission.CALENDAR_CONFIRM}
    assert not [code for code, role in roles().items() if both <= role.permissions]


def test_every_permission_is_in_some_role_and_described() -> None:
    granted = frozenset().union(*(role.permissions for role in roles().values()))
    unused = set(declared()) - granted
    assert unused <= {KernelPermission.PEOPLE_REVEAL}
    assert all(text.zh and text.en for text in declared().values())


def test_a_permission_without_words_cannot_be_declared() -> None:
    class Wordless(StrEnum):
        SHOUT = "test.shout"

    with pytest.raises(ValueError, match="no description"):
        declare_permissions(Wordless, {})


def test_a_permission_cannot_be_declared_with_two_meanings() -> None:
    class Again(StrEnum):
        READ = "audit.read"

    with pytest.raises(ValueError, match="twice"):
        declare_permissions(Again, {Again.READ: Text("别的意思", "something else")})
