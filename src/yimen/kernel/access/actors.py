"""Who acts: an account in one post with the grants in force at this moment. Pure, frozen, no database.

Every command takes an `Actor` first. There is no all-powerful one: the machine's own acts (`Actor.system`)
carry the grants they need like anybody's.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from yimen.kernel.ledger.entries import Who

Kind = Literal["staff", "resident", "machine", "system"]


@dataclass(frozen=True, slots=True)
class Grant:
    """Permissions that hold in an area and, when `organ` is named, only for what that organ holds.

    `area` is a prefix of division or grid codes: 6 digits the county, 9 a township, 12 a village, 15 a grid.
    """

    permissions: frozenset[str]
    area: str
    organ: str = ""
    role: str = ""
    until: datetime | None = None

    def __post_init__(self) -> None:
        """A grant says where it holds; an empty prefix would silently mean everywhere."""
        if not self.area:
            raise ValueError("a grant names its area; the whole county is its 6-digit code")

    def covers(self, area: str, organ: str = "") -> bool:
        """Whether a thing at `area`, held by `organ` (or by none), lies inside this grant."""
        return area.startswith(self.area) and (not self.organ or self.organ == organ)


@dataclass(frozen=True, slots=True)
class Actor:
    """The person, machine or public behind one act, in one post."""

    kind: Kind
    account_id: UUID | None = None
    person_id: UUID | None = None
    name: str = ""
    post: str = ""
    organ: str = ""
    grants: tuple[Grant, ...] = ()
    second_factor: bool = False

    @classmethod
    def system(cls, name: str, *grants: Grant) -> "Actor":
        """The house itself acting under a name the ledger shows, for instance a nightly job."""
        return cls("system", name=name, grants=grants)

    @classmethod
    def resident(
        cls, *, account_id: UUID | None = None, person_id: UUID | None = None, name: str = ""
    ) -> "Actor":
        """A member of the public; without an account, anonymous."""
        return cls("resident", account_id=account_id, person_id=person_id, name=name)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is known to stand behind this actor."""
        return self.account_id is None and self.kind != "system"

    def who(self) -> Who:
        """The actor as the ledger keeps it: the words of the day, no foreign keys."""
        return Who(
            account_id=self.account_id,
            person_id=self.person_id,
            name=self.name,
            post=self.post,
            organ=self.organ,
        )
