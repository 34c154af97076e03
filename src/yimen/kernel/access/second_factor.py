"""The second proof of who signs in: a six-digit code that changes every half minute (RFC 6238, TOTP).

Kept by django-otp, which also slows down guessing. Ten backup codes, each good for once, stand in for a
lost telephone; only their hashes are kept.
"""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from urllib.parse import quote, urlencode
from uuid import UUID

import segno
from django.db import transaction
from django_otp.oath import hotp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from yimen.kernel.calendar.today import now
from yimen.kernel.ids import public_code, read_public_code
from yimen.kernel.words import Refusal

STEP_SECONDS = 30
_DIGITS = 6
_BACKUP_CODES = 10
_BACKUP_LENGTH = 10


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code to show on a demonstration's screen, good for `seconds` more."""

    code: str
    seconds: int


def new_secret() -> str:
    """A fresh secret of 160 random bits, hexadecimal."""
    return secrets.token_hex(20)


def secret_from(seed: str) -> str:
    """The same secret for the same seed. For demonstration accounts only: whoever knows the seed knows it."""
    return sha256(f"yimen demonstration {seed}".encode()).hexdigest()[:40]


def readable_secret(secret: str) -> str:
    """The secret as an authenticator application asks for it: base 32 in groups of four."""
    text = b32encode(bytes.fromhex(secret)).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def enrolment_url(secret: str, *, login: str, issuer: str) -> str:
    """The `otpauth:` address that authenticator applications read."""
    issuer = issuer.replace(":", " ")
    label = quote(f"{issuer}:{login}")
    asked = {
        "secret": b32encode(bytes.fromhex(secret)).decode(),
        "issuer": issuer,
        "digits": _DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def enrolment_picture(url: str) -> str:
    """The address as a QR picture: an SVG in a `data:` address, for an `img` under a strict CSP."""
    return segno.make(url, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")


def proves(secret: str, code: str) -> bool:
    """Whether the code comes from the secret now, one step of clock difference forgiven."""
    step = int(now().timestamp()) // STEP_SECONDS
    codes = [f"{hotp(bytes.fromhex(secret), t, _DIGITS):06d}" for t in (step - 1, step, step + 1)]
    return any(secrets.compare_digest(code.encode(), each.encode()) for each in codes)


def set_second_factor(account_id: UUID, secret: str, *, is_proved: bool = False) -> None:
    """Make this secret the account's only second factor; earlier ones and backup codes end.

    `is_proved` says that a code of it was just shown, which is then used up.
    """
    with transaction.atomic():
        remove_second_factor(account_id)
        # The code that proved this telephone is used up: it signs nobody in.
        used = int(now().timestamp()) // STEP_SECONDS + 1 if is_proved else -1
        TOTPDevice.objects.create(user_id=account_id, name="totp", key=secret, confirmed=True, last_t=used)


def is_enrolled(account_id: UUID) -> bool:
    """Whether the account has a second factor."""
    return bool(TOTPDevice.objects.filter(user_id=account_id, confirmed=True).exists())


def device_of(account_id: UUID) -> TOTPDevice:
    """The account's telephone. Raises `TOTPDevice.DoesNotExist` when none is enrolled."""
    return TOTPDevice.objects.get(user_id=account_id, confirmed=True)


def remove_second_factor(account_id: UUID) -> None:
    """Take away the account's second factor; the next sign-in enrols a new one."""
    TOTPDevice.objects.filter(user_id=account_id).delete()
    StaticDevice.objects.filter(user_id=account_id).delete()


def _kept(account_id: UUID, code: str) -> str:
    """A backup code as it is kept."""
    return sha256(f"{account_id} {read_public_code(code)}".encode()).hexdigest()[:16]


def new_backup_codes(account_id: UUID) -> list[str]:
    """Ten fresh backup codes, shown once; earlier ones end."""
    codes = [public_code(_BACKUP_LENGTH) for _ in range(_BACKUP_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user_id=account_id).delete()
        device = StaticDevice.objects.create(user_id=account_id, name="backup", confirmed=True)
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=_kept(account_id, code)) for code in codes
        )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def backup_codes_left(account_id: UUID) -> int:
    """How many backup codes are still good."""
    return int(StaticToken.objects.filter(device__user_id=account_id).count())


def verify(account_id: UUID, typed: str) -> TOTPDevice | StaticDevice:
    """The device that accepted the code. Refuses `access.code_wrong`, or `access.code_wait` with the seconds.

    A code is good once. Wrong ones make the next try wait 1, 2, 4, 8 … seconds.
    """
    code = "".join(typed.split())
    is_totp = len(code) == _DIGITS and code.isascii() and code.isdigit()
    model = TOTPDevice if is_totp else StaticDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user_id=account_id, confirmed=True).first()
        if device is not None:
            allowed, why = device.verify_is_allowed()
            if not allowed:
                locked_until = (why or {}).get("locked_until")
                wait = ceil((locked_until - now()).total_seconds()) if locked_until else 1
                refusal = Refusal.of(
                    "access.code_wait",
                    f"尝试太频繁，请 {max(wait, 1)} 秒后再试。",
                    f"Too many tries; please wait {max(wait, 1)} seconds.",
                    field="code",
                )
            elif device.verify_token(code if is_totp else _kept(account_id, code)):
                return device
            else:
                refusal = _wrong()
        else:
            refusal = _wrong()
    raise refusal


def _wrong() -> Refusal:
    return Refusal.of(
        "access.code_wrong",
        "验证码不对，或已经用过。请等下一个验证码再试。",
        "The code is wrong or has been used. Please wait for the next one.",
        field="code",
    )


def demo_code(account_id: UUID) -> DemoCode | None:
    """The code the account's telephone would show now, for demonstrations without telephones.

    Just after a code was used it is the next one, which is already accepted. Callers make sure that the
    site is a demonstration (`settings.YIMEN_DEMO`).
    """
    device = TOTPDevice.objects.filter(user_id=account_id, confirmed=True).first()
    if device is None:
        return None
    at = int(now().timestamp())
    step = max(at // STEP_SECONDS, min(device.last_t + 1, at // STEP_SECONDS + 1))
    code = hotp(bytes.fromhex(device.key), step, _DIGITS)
    return DemoCode(f"{code:06d}", (step + 1) * STEP_SECONDS - at)
