"""How often one address may use a public door. No puzzle, no account: a count an hour, kept for two days.

The address is kept as a keyed digest, so the table names nobody.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from yimen.kernel.access.models import Throttle
from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.words import Refusal

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


PUBLIC_REPORTS = Allowance("report", 20, timedelta(hours=1))
"""Generous, since a village often shares one address; the staff's doors are not counted."""


def address_of(request: HttpRequest) -> str:
    """The client's address. Behind `YIMEN_PROXIES` proxies of ours, the one that the outermost of them saw."""
    hops = int(settings.YIMEN_PROXIES)
    seen = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",") if a.strip()]
    if hops and len(seen) >= hops:
        return seen[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def use(allowance: Allowance, address: str) -> None:
    """Count one use; refuses the one too many, saying from when on it is open again."""
    at = now()
    length = int(allowance.period.total_seconds())
    since = datetime.fromtimestamp(int(at.timestamp()) // length * length, at.tzinfo)
    digest = hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).digest()[:16]
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [allowance.door, digest, since])
        uses = cursor.fetchone()[0]
    if uses > allowance.uses:
        again = (since + allowance.period).astimezone(LOCAL_ZONE)
        raise Refusal.of(
            "access.too_often",
            f"这个网络地址提交得太频繁，请在 {again:%H:%M} 以后再试；急事请拨打 12345。填好的内容还在。",
            f"Too many reports from this address; please try again after {again:%H:%M}, or call 12345. What you "
            "wrote is still here.",
        )


def forget_old() -> int:
    """Delete the counts of days past; returns how many."""
    return Throttle.objects.filter(since__lt=now() - _KEPT).delete()[0]
