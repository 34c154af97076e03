"""How often one address (or account) may use a door. No puzzle: a count an hour, kept for two days.

The address is kept as a keyed digest, so the table names nobody.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from yimen.kernel.access.models import Throttle
from yimen.kernel.afterwards import afterwards
from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.words import Finding, Refusal, Text

_KEPT = timedelta(days=2)
_COUNT = (
    "INSERT INTO access_throttle (door, address, since, uses) VALUES (%s, %s, %s, 1) "
    "ON CONFLICT (door, address, since) DO UPDATE SET uses = access_throttle.uses + 1 RETURNING uses"
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many uses of a door in each period, per address."""

    door: str
    uses: int
    period: timedelta
    refusal: Text


PUBLIC_REPORTS = Allowance(
    "report",
    20,
    timedelta(hours=1),
    Text(
        "这个网络地址提交得太频繁，请在 {time} 以后再试；急事请拨打 12345。填好的内容还在。",
        "Too many reports from this address; please try again after {time}, or call 12345. What you wrote is still here.",
    ),
)
"""Generous, since a village often shares one address; the staff's doors are not counted."""

_TRY_LATER = Text(
    "试得太多了。为保护账号，请在 {time} 以后再试。",
    "Too many tries. To protect the accounts, please try again after {time}.",
)
FAILED_SIGN_INS = Allowance("sign_in", 50, timedelta(hours=1), _TRY_LATER)
"""By address, whoever's name was tried: an office shares one address, a guesser of many names needs many."""
FAILED_FOR_NAME = Allowance(
    "sign_in_name", settings.YIMEN_FAILURES_PER_NAME, timedelta(hours=1),
    Text(
        "这个登录名在别处输错密码太多次。请在 {time} 以后再试；在您平时登录的地方现在就可以登录。",
        "Too many wrong passwords for this login from elsewhere. Please try again after {time}; where you usually sign in, you can sign in now.",
    ),
)  # fmt: skip
"""By login, from whatever address, whether there is such an account or not: who has many addresses still has one name to guess.
It opens again on the hour, and never shuts the addresses from which the account signed in of late (`refuse_far_from_home`)."""
CHECKS = Allowance(
    "check", 120, timedelta(hours=1),
    Text("查验得太频繁，请在 {time} 以后再试。", "Too many checks; please try again after {time}."),
)  # fmt: skip
"""By address: whoever checks papers checks some dozens an hour; a guesser of codes needs many more."""
WRONG_CODES = Allowance(
    "wrong_code", 120, timedelta(hours=1),
    Text(
        "从这个网络地址输错的码太多。请在 {time} 以后再试；急事请拨打 12345。",
        "Too many wrong codes came from this address; please try again after {time}, or call 12345.",
    ),
)  # fmt: skip
"""By address: codes that open nothing. A right one always opens, whatever was tried from there: nobody guesses it (`kernel.ids`)."""
PASSWORD_CHANGES = Allowance("password", 10, timedelta(hours=1), _TRY_LATER)
"""By account: whoever finds a session open cannot try passwords at will."""


def address_of(request: HttpRequest) -> str:
    """The client's address. Behind `YIMEN_PROXIES` proxies of ours, the one that the outermost of them saw."""
    hops = int(settings.YIMEN_PROXIES)
    seen = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",") if a.strip()]
    if hops and len(seen) >= hops:
        return seen[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Whom an address is counted as: an IPv6 address by its /64, since one household has all of that to choose from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def wrong_code(request: HttpRequest) -> None:
    """The code that came with the request opens nothing; it is counted when the answer is made, for a look may not write."""
    afterwards(request, partial(count, WRONG_CODES, address_of(request)))


def use(allowance: Allowance, address: str) -> None:
    """Count one use; refuses the one too many, saying from when on it is open again."""
    _refuse_beyond(allowance, count(allowance, address) - 1)


def count(allowance: Allowance, address: str) -> int:
    """Count one use without judging it; returns how many there have been in this period."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [allowance.door, _digest(address), _since(allowance)])
        return int(cursor.fetchone()[0])


def refuse_spent(allowance: Allowance, address: str) -> None:
    """Refuse when the allowance is spent, without counting a use."""
    known = Throttle.objects.filter(door=allowance.door, address=_digest(address), since=_since(allowance))
    _refuse_beyond(allowance, known.values_list("uses", flat=True).first() or 0)


def _refuse_beyond(allowance: Allowance, before: int) -> None:
    if before >= allowance.uses:
        again = (_since(allowance) + allowance.period).astimezone(LOCAL_ZONE)
        raise Refusal(Finding("access.too_often", allowance.refusal.fill(time=f"{again:%H:%M}")))


def _since(allowance: Allowance) -> datetime:
    """When the period began that is running now."""
    at, length = now(), int(allowance.period.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // length * length, at.tzinfo)


def _digest(address: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), network_of(address).encode(), hashlib.sha256).digest()[:16]


def forget_old() -> int:
    """Delete the counts of days past; returns how many."""
    return Throttle.objects.filter(since__lt=now() - _KEPT).delete()[0]
