"""The Django app `command`."""

from django.apps import AppConfig

from yimen.domains.command.permissions import COMMAND_WORDS, CommandPermission
from yimen.domains.command.procedures import APPEAL
from yimen.kernel.access.permissions import declare_permissions
from yimen.kernel.procedure.registry import register


class CommandConfig(AppConfig):
    """Declares the field's permissions and procedures."""

    name = "yimen.domains.command"
    label = "command"

    def ready(self) -> None:
        """Fill the registries."""
        declare_permissions(CommandPermission, COMMAND_WORDS)
        register(APPEAL)
