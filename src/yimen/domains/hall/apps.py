"""The Django app `hall`."""

from django.apps import AppConfig

from yimen.domains.hall.permissions import HALL_WORDS, HallPermission
from yimen.domains.hall.procedures import AGENT_TASK, SERVICE_ORDER
from yimen.kernel.access.permissions import declare_permissions
from yimen.kernel.procedure.registry import register


class HallConfig(AppConfig):
    """Declares the field's permissions and procedures."""

    name = "yimen.domains.hall"
    label = "hall"

    def ready(self) -> None:
        """Fill the registries."""
        declare_permissions(HallPermission, HALL_WORDS)
        register(AGENT_TASK)
        register(SERVICE_ORDER)
