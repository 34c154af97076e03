"""The Django app of this face."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the face."""

    name = "yimen.faces.portal"
    label = "portal"
