"""The permissions there are, each with a plain sentence. A permission that is not declared does not exist.

Packages declare a `StrEnum` of permissions with their words, once, when their app is ready.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from yimen.kernel.words import Text


class KernelPermission(StrEnum):
    """What the kernel itself asks for."""

    PEOPLE_READ = "people.read"
    PEOPLE_REVEAL = "people.reveal"
    PEOPLE_MANAGE = "people.manage"
    ORGANS_MANAGE = "organs.manage"
    GRIDS_MANAGE = "grids.manage"
    ACCESS_READ = "access.read"
    ACCESS_MANAGE = "access.manage"
    SYSTEM_MANAGE = "system.manage"
    AUDIT_READ = "audit.read"
    LEDGER_VERIFY = "ledger.verify"
    CALENDAR_PROPOSE = "calendar.propose"
    CALENDAR_CONFIRM = "calendar.confirm"
    MATTER_REVEAL = "matter.reveal"
    SEALS_READ = "seals.read"
    SEALS_MANAGE = "seals.manage"


KERNEL_WORDS: Mapping[KernelPermission, Text] = {
    KernelPermission.PEOPLE_READ: Text("查看人员、岗位和机构", "See people, posts and organs"),
    KernelPermission.PEOPLE_REVEAL: Text(
        "说明理由后查看工作人员的完整个人信息", "Reveal staff members' personal data, giving a reason"
    ),
    KernelPermission.PEOPLE_MANAGE: Text(
        "登记人员、任免岗位、安排顶岗", "Register people, appoint to posts, arrange substitutes"
    ),
    KernelPermission.ORGANS_MANAGE: Text("登记机构和岗位", "Register organs and posts"),
    KernelPermission.GRIDS_MANAGE: Text("划分和调整网格", "Draw and adjust grids"),
    KernelPermission.ACCESS_READ: Text("查看账号、角色和委托", "See accounts, roles and delegations"),
    KernelPermission.ACCESS_MANAGE: Text(
        "开停账号、授予和收回角色", "Open and close accounts, grant and revoke roles"
    ),
    KernelPermission.SYSTEM_MANAGE: Text(
        "查看运行状况、维护系统参数", "Watch the system's health and maintain its settings"
    ),
    KernelPermission.AUDIT_READ: Text("查阅全部操作留痕", "Read the record of every act"),
    KernelPermission.LEDGER_VERIFY: Text("核验台账是否被改动", "Verify that the ledger has not been altered"),
    KernelPermission.CALENDAR_PROPOSE: Text(
        "录入节假日安排，待他人确认", "Enter a holiday notice, for another to confirm"
    ),
    KernelPermission.CALENDAR_CONFIRM: Text("确认节假日安排", "Confirm a holiday notice"),
    KernelPermission.MATTER_REVEAL: Text(
        "说明理由后查看事项中的个人信息", "Reveal personal data in a matter, giving a reason"
    ),
    KernelPermission.SEALS_READ: Text("查看印章和用印记录", "See seals and the log of their use"),
    KernelPermission.SEALS_MANAGE: Text(
        "启用、交接、停用印章", "Register seals, hand them over and disable them"
    ),
}

P = TypeVar("P", bound=StrEnum)

_WORDS: dict[str, Text] = {}


def declare_permissions(permissions: type[P], words: Mapping[P, Text]) -> None:
    """Add a package's permissions, each with its words; declaring the same again changes nothing.

    Raises ValueError when one has no words, or when another package already uses the code with other words.
    """
    by_code = {str(code): text for code, text in words.items()}
    for code in map(str, permissions):
        if code not in by_code:
            raise ValueError(f"permission {code} has no description")
        if _WORDS.setdefault(code, by_code[code]) != by_code[code]:
            raise ValueError(f"permission {code} is declared twice")


def is_declared(permission: str) -> bool:
    """Whether some package declared this permission."""
    return permission in _WORDS


def words_of(permission: str) -> Text:
    """The permission in plain words; its code when nobody declared it."""
    return _WORDS.get(permission) or Text(str(permission), str(permission))


def declared() -> dict[str, Text]:
    """Every declared permission with its words, sorted by code."""
    return dict(sorted(_WORDS.items()))
