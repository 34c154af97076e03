"""The Django app `notices`."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.notices"
    label = "notices"
