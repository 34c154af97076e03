"""The Django app of this face."""

from django.apps import AppConfig


class WallConfig(AppConfig):
    """Registers the face."""

    name = "yimen.faces.wall"
    label = "wall"
