"""What staff may do with residents' accounts: confirm who somebody is, nothing else."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class ResidentPermission(StrEnum):
    """Permissions about residents' accounts."""

    CONFIRM = "resident.confirm"


RESIDENT_WORDS: Mapping[ResidentPermission, Text] = {
    ResidentPermission.CONFIRM: Text(
        "凭证件核验居民身份和代理关系", "Confirm by document who a resident is and for whom one acts"
    ),
}
