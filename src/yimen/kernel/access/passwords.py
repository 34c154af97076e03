"""What a password must be, for Django's `AUTH_PASSWORD_VALIDATORS`, and its findings in two languages."""

import string
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from yimen.kernel.words import Finding, Text

if TYPE_CHECKING:
    from yimen.kernel.access.models import Account

_LAW = "GB/T 22239-2019 8.1.4.1 a"
LEAST_LENGTH = 10
_LEAST_KINDS = 3

PASSWORD_VALIDATORS: list[dict[str, object]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": LEAST_LENGTH},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login",)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "yimen.kernel.access.passwords.MixedCharacters"},
]
"""The value for `settings.AUTH_PASSWORD_VALIDATORS`."""

PASSWORD_RULES: Mapping[str, Text] = {
    "password_too_short": Text(
        f"密码至少 {LEAST_LENGTH} 个字符。", f"The password has at least {LEAST_LENGTH} characters."
    ),
    "password_not_mixed": Text(
        "密码须包含大写字母、小写字母、数字、其他字符中的至少三种。",
        "The password mixes at least three of: capitals, small letters, digits, other characters.",
    ),
    "password_too_similar": Text("密码不能与登录名相近。", "The password is not similar to the login."),
    "password_too_common": Text("密码不能是常见的弱口令。", "The password is not a commonly used one."),
}
"""The rules in words, by the code of the validator's error; Django's own are not all in Chinese."""


class MixedCharacters:
    """At least three of: capitals, small letters, digits, other characters."""

    def validate(self, password: str, user: "Account | None" = None) -> None:
        """Raise ValidationError when too few kinds of character are mixed."""
        kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
        mixed = sum(any(c in kind for c in password) for kind in kinds)
        mixed += any(c not in string.ascii_letters + string.digits for c in password)
        if mixed < _LEAST_KINDS:
            raise ValidationError(self.get_help_text(), code="password_not_mixed")

    def get_help_text(self) -> str:
        """The rule, for a form."""
        return str(PASSWORD_RULES["password_not_mixed"])


def password_findings(password: str, account: "Account | None" = None) -> tuple[Finding, ...]:
    """What is wrong with a new password, all of it at once; empty when it will do."""
    try:
        validate_password(password, account)
    except ValidationError as refused:
        return tuple(_finding(error) for error in refused.error_list)
    return ()


def _finding(error: ValidationError) -> Finding:
    own_words = "".join(error.messages)
    code = error.code or "password"
    return Finding(
        f"access.{code}", PASSWORD_RULES.get(code, Text(own_words, own_words)), _LAW, "new_password"
    )
