"""How accounts are found by Django's authentication machinery."""

import unicodedata
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from yimen.kernel.access.models import Account

LONGEST_LOGIN = 100


def normal_login(typed: str) -> str:
    """A login as it is kept: full-width letters folded, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by login. Accounts are opened by `commands.create_account`, never here.

    There is deliberately no `create_superuser`: nobody is above the rules.
    """

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account with this login, letter case and width forgiven."""
        return self.get(login=normal_login(username or ""))
