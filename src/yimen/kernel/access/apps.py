"""The Django app `access`."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from yimen.kernel.access.permissions import KERNEL_WORDS, KernelPermission, declare_permissions
from yimen.kernel.access.roles import declare_roles, problems


def _roles_are_whole(app_configs: object, **kwargs: object) -> list[checks.CheckMessage]:
    """System check: each role names only declared permissions and says what it is for."""
    return [checks.Error(problem, id="access.E001") for problem in problems()]


class AccessConfig(AppConfig):
    """Declares the kernel's permissions, and the site's roles (`settings.YIMEN_ROLES`, a dotted path)."""

    name = "yimen.kernel.access"
    label = "access"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Fill the registries; roles are checked once every domain has declared its permissions."""
        declare_permissions(KernelPermission, KERNEL_WORDS)
        declare_roles(import_string(settings.YIMEN_ROLES))
        checks.register(_roles_are_whole)
