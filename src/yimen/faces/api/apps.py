"""The Django app of this face."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Registers the face."""

    name = "yimen.faces.api"
    label = "machines"
