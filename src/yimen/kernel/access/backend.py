"""Login and password, checked without telling which of the two was wrong."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from yimen.kernel.access.accounts import normal_login
from yimen.kernel.access.models import Account
from yimen.kernel.access.throttle import FAILED_FOR_NAME, refuse_spent
from yimen.kernel.calendar.today import now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.words import Refusal

_OF_LATE = timedelta(days=30)


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


def refuse_far_from_home(login: str, address: str) -> None:
    """Refuse a login at which too many passwords were guessed, save where it signed in within the last 30 days.

    So whoever guesses from many addresses is stopped, and cannot keep the account's owner out of the office.
    """
    try:
        refuse_spent(FAILED_FOR_NAME, login)
    except Refusal:
        owner = Account.objects.filter(login=login).values("id")
        entries = Entry.objects.filter(stream__in=owner, act="access.sign_in", at__gt=now() - _OF_LATE)
        if all(
            orjson.loads(said)["address"] != address for said in entries.values_list("payload", flat=True)
        ):
            raise
