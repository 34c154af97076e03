"""The Django app `duties`."""

from django.apps import AppConfig

from yimen.domains.duties.permissions import DUTY_WORDS, DutyPermission
from yimen.domains.duties.procedures import ADMISSION, ROUND
from yimen.kernel.access.permissions import declare_permissions
from yimen.kernel.procedure.registry import register


class DutiesConfig(AppConfig):
    """Declares the field's permissions and procedures."""

    name = "yimen.domains.duties"
    label = "duties"

    def ready(self) -> None:
        """Fill the registries."""
        declare_permissions(DutyPermission, DUTY_WORDS)
        register(ADMISSION)
        register(ROUND)
