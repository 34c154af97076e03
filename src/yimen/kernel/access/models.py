"""What is kept of access: accounts, the roles granted to them, delegations and machines' keys.

Rows are never deleted: an account is deactivated, a grant or a delegation revoked, so that "who could do
what on that day" keeps its answer. Written by `commands.py` only.
"""

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yimen.kernel.access.accounts import AccountManager
from yimen.kernel.access.roles import ADMINISTRATORS
from yimen.kernel.org.models import Person

CODE_PREFIX = r"^[0-9]{6}([0-9]{3}){0,3}$"
"""Whole levels only (county 6, township 9, village 12, grid 15), so a prefix cannot cut a level in two."""


class AccountKind(models.TextChoices):
    """Who signs in with an account."""

    STAFF = "staff", _("工作人员")
    RESIDENT = "resident", _("群众")
    MACHINE = "machine", _("外部系统")


class Account(AbstractBaseUser):
    """What signs in: a staff member, a resident or another system. Carries no rights of its own."""

    id = models.UUIDField(primary_key=True)
    login = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="accounts")
    kind = models.TextField(choices=AccountKind)
    is_active = models.BooleanField(default=True)
    valid_until = models.DateField(null=True, help_text="last day of a temporary account")
    password_changed_at = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True, help_text="account of the administrator; empty for the house")
    deactivated_at = models.DateTimeField(null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "access_account"
        constraints = (
            models.UniqueConstraint(
                fields=["login"],
                name="account_login_once",
                violation_error_message=_("这个登录名已有人使用。"),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="staff"),
                name="account_one_per_staff_person",
                violation_error_message=_("这名工作人员已经有账号。"),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values),
                name="account_kind_known",
                violation_error_message=_("账号种类不对。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind="staff") | Q(person__isnull=False),
                name="account_staff_is_a_person",
                violation_error_message=_("工作人员的账号必须对应一个人。"),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, deactivated_at__isnull=True)
                | Q(is_active=False, deactivated_at__isnull=False),
                name="account_inactive_has_instant",
                violation_error_message=_("停用的账号必须记下停用时间。"),
            ),
        )

    def __str__(self) -> str:
        return self.login

    def is_usable(self, on: date) -> bool:
        """Whether one may sign in with it on a day."""
        return self.is_active and (self.valid_until is None or on <= self.valid_until)


class RoleGrant(models.Model):
    """A role given to an account, for an area, perhaps only in one post or for one organ's things."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="role_grants")
    role = models.TextField()
    post_code = models.TextField(default="", blank=True, help_text="holds only when acting in this post")
    area = models.TextField(help_text="division or grid code prefix; 6 digits for the whole county")
    organ_code = models.TextField(default="", blank=True, help_text="holds only for what this organ holds")
    valid = DateTimeRangeField()
    granted_by = models.UUIDField(null=True, help_text="account of the administrator; empty for the house")
    granted_at = models.DateTimeField()
    revoked_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_role_grant"
        constraints = (
            ExclusionConstraint(
                name="role_grant_no_duplicate",
                expressions=(
                    (F("account"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (F("post_code"), RangeOperators.EQUAL),
                    (F("area"), RangeOperators.EQUAL),
                    (F("organ_code"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                ),
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("同样的角色在这段时间已经授予过了。"),
            ),
            ExclusionConstraint(
                name="role_grant_administrators_apart",
                expressions=(
                    (F("account"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.NOT_EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                ),
                condition=Q(revoked_at__isnull=True, role__in=sorted(ADMINISTRATORS)),
                violation_error_message=_("系统管理员、安全管理员、审计管理员不得由同一账号兼任。"),
            ),
            models.CheckConstraint(
                condition=Q(area__regex=CODE_PREFIX),
                name="role_grant_area_is_a_code",
                violation_error_message=_("范围须是 6、9、12 或 15 位区划（网格）代码。"),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="role_grant_has_a_period",
                violation_error_message=_("起止时间不对。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} @ {self.area}"


class Delegation(models.Model):
    """One grant lent to another account for a period, with a reason; the lender keeps it."""

    id = models.UUIDField(primary_key=True)
    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, related_name="delegations")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations")
    valid = DateTimeRangeField()
    reason = models.TextField()
    delegated_by = models.UUIDField(null=True)
    delegated_at = models.DateTimeField()
    revoked_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_delegation"
        constraints = (
            ExclusionConstraint(
                name="delegation_no_duplicate",
                expressions=(
                    (F("grant"), RangeOperators.EQUAL),
                    (F("account"), RangeOperators.EQUAL),
                    (F("valid"), RangeOperators.OVERLAPS),
                ),
                condition=Q(revoked_at__isnull=True),
                violation_error_message=_("这段时间已经委托过了。"),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="delegation_has_a_reason",
                violation_error_message=_("请写明委托原因。"),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__upper_inf=False),
                name="delegation_has_an_end",
                violation_error_message=_("委托必须有截止时间。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.grant_id} → {self.account_id}"


class MachineKey(models.Model):
    """A key with which another system calls the JSON door. Only its SHA-256 is kept.

    The key is 256 random bits, so a fast hash is enough: there is nothing to guess.
    """

    prefix = models.TextField(primary_key=True, help_text="the part of the key that may be shown")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="machine_keys")
    digest = models.BinaryField(help_text="SHA-256 of the whole key")
    label = models.TextField()
    valid_until = models.DateTimeField(null=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    revoked_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "access_machine_key"

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.label})"


class Throttle(models.Model):
    """How often an address used a public door in one period; not a record of who."""

    pk = models.CompositePrimaryKey("door", "address", "since")
    door = models.TextField()
    address = models.BinaryField(help_text="keyed digest")
    since = models.DateTimeField()
    uses = models.IntegerField()

    class Meta:
        db_table = "access_throttle"
        indexes = (models.Index(fields=["since"], name="throttle_since"),)

    def __str__(self) -> str:
        return f"{self.door} {self.uses}"
