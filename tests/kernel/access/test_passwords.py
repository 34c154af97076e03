"""Passwords that the house makes keep the rules that it sets."""

import secrets
from collections.abc import Iterator, Sequence

import pytest

from yimen.kernel.access.commands import one_time_password
from yimen.kernel.access.models import Account
from yimen.kernel.access.passwords import password_findings

TOO_SIMILAR, WILL_DO = "DUyAn-cLtEa-StEiS", "h7Kp2-Wq9Zr-Xm4Vb"


def test_a_password_like_the_login_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert password_findings(TOO_SIMILAR, Account(login="security-admin"))
    signs: Iterator[str] = iter((TOO_SIMILAR + WILL_DO).replace("-", ""))

    def next_sign(_: Sequence[str]) -> str:
        return next(signs)

    monkeypatch.setattr(secrets, "choice", next_sign)
    assert one_time_password("security-admin") == WILL_DO
