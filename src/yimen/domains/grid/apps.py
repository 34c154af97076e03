"""The Django app `grid`."""

from django.apps import AppConfig

from yimen.domains.grid.permissions import GRID_WORDS, GridPermission
from yimen.domains.grid.procedures import INCIDENT
from yimen.kernel.access.permissions import declare_permissions
from yimen.kernel.procedure.registry import register


class GridConfig(AppConfig):
    """Declares the field's permissions and procedures."""

    name = "yimen.domains.grid"
    label = "grid"

    def ready(self) -> None:
        """Fill the registries."""
        declare_permissions(GridPermission, GRID_WORDS)
        register(INCIDENT)
