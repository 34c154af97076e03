"""The Django app `residents`."""

from django.apps import AppConfig

from yimen.domains.residents.permissions import RESIDENT_WORDS, ResidentPermission
from yimen.kernel.access.permissions import declare_permissions


class ResidentsConfig(AppConfig):
    """Declares the field's permissions."""

    name = "yimen.domains.residents"
    label = "residents"

    def ready(self) -> None:
        """Fill the registry."""
        declare_permissions(ResidentPermission, RESIDENT_WORDS)
