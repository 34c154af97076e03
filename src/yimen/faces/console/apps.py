"""The Django app of this face."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Registers the face."""

    name = "yimen.faces.console"
    label = "console"
