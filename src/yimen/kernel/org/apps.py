"""The Django app `org`."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.org"
    label = "org"
