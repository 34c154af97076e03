"""Identity numbers and credit codes with their check digits. Pure."""

import re
from datetime import date

_CITIZEN = re.compile(r"\d{17}[\dX]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(f"[{_CREDIT_ALPHABET}]{{18}}")


def is_citizen_id(text: str) -> bool:
    """Whether a text is a citizen's identity number (GB 11643): 18 characters, a day of birth, the right check."""
    if not _CITIZEN.fullmatch(text):
        return False
    try:
        born = birthday_in(text)
    except ValueError:
        return False
    if born.year < 1850:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _CITIZEN_WEIGHTS, strict=False))
    return _CITIZEN_CHECKS[total % 11] == text[17]


def birthday_in(number: str) -> date:
    """The day of birth that a citizen's identity number carries; ValueError where it carries none."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_credit_code(text: str) -> bool:
    """Whether a text is a unified social credit code (GB 32100): 18 characters of 31, the right check."""
    if not _CREDIT.fullmatch(text):
        return False
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(text[:17]))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31] == text[17]
