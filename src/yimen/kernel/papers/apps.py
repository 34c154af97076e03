"""The Django app `papers`."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.papers"
    label = "papers"
