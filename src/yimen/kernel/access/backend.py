"""Login and password, checked without telling which of the two was wrong."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from yimen.kernel.access.accounts import normal_login
from yimen.kernel.access.models import Account
from yimen.kernel.calendar.today import today


class LoginBackend(BaseBackend):
    """Finds a usable account by login and password. Grants nothing: rights come from `decide` alone."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Account | None:
        """The account, or None; an unknown login takes as long as a wrong password."""
        if not username or password is None:
            return None
        account = Account.objects.filter(login=normal_login(username)).exclude(kind="machine").first()
        if account is None:
            make_password(password)
            return None
        if account.check_password(password) and account.is_usable(today()):
            return account
        return None

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account of a session, if it may still be used."""
        account = Account.objects.filter(pk=user_id).first()
        return account if account and account.is_usable(today()) else None
