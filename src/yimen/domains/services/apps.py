"""The Django app `services`."""

from django.apps import AppConfig

from yimen.domains.services.permissions import SERVICE_WORDS, ServicePermission
from yimen.domains.services.procedures import JOINT_OPINION, RECTIFICATION, SERVICE
from yimen.kernel.access.permissions import declare_permissions
from yimen.kernel.procedure.registry import register


class ServicesConfig(AppConfig):
    """Declares the field's permissions and procedures."""

    name = "yimen.domains.services"
    label = "services"

    def ready(self) -> None:
        """Fill the registries."""
        declare_permissions(ServicePermission, SERVICE_WORDS)
        register(SERVICE)
        register(JOINT_OPINION)
        register(RECTIFICATION)
