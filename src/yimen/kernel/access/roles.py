"""Roles: named bundles of permissions with a description a manager would sign. Declared by the site.

An account is granted roles, never single permissions, so that "what may this person do" has a short answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yimen.kernel.access.permissions import is_declared
from yimen.kernel.words import Text

SYSTEM_ADMIN = "system_admin"
SECURITY_ADMIN = "security_admin"
AUDIT_ADMIN = "audit_admin"

ADMINISTRATORS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})
"""The three administrators who watch each other; one account holds at most one of them at a time."""


@dataclass(frozen=True, slots=True)
class Role:
    """A bundle of permissions under a name; one `is_for_an_organ` is given with the organ whose things it is for."""

    code: str
    name: Text
    description: Text
    permissions: frozenset[str]
    is_for_an_organ: bool = False


_ROLES: dict[str, Role] = {}


def declare_roles(roles: Iterable[Role]) -> None:
    """Make these the roles there are; codes are unique."""
    listed = tuple(roles)
    fresh = {role.code: role for role in listed}
    if len(fresh) != len(listed):
        raise ValueError("two roles share a code")
    _ROLES.clear()
    _ROLES.update(fresh)


def roles() -> Mapping[str, Role]:
    """Every declared role by its code."""
    return MappingProxyType(_ROLES)


def permissions_of(code: str) -> frozenset[str]:
    """What a role permits; nothing when the role is no longer declared."""
    role = _ROLES.get(code)
    return role.permissions if role else frozenset()


def problems() -> list[str]:
    """What is wrong with the declared roles: undeclared permissions, missing words, overlapping administrators."""
    found = []
    for role in _ROLES.values():
        found += [
            f"role {role.code} names the undeclared permission {p}"
            for p in sorted(role.permissions)
            if not is_declared(p)
        ]
        if not (role.name.zh and role.name.en and role.description.zh and role.description.en):
            found.append(f"role {role.code} lacks a name or a description")
    found += [f"role {code} is not declared" for code in sorted(ADMINISTRATORS - _ROLES.keys())]
    return found
