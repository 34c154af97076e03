"""The Django app `counties`."""

from django.apps import AppConfig


class CountiesConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.counties"
    label = "counties"
