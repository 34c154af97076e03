"""The Django app of the design system (no models)."""

from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Templates, static files and template tags shared by all faces."""

    name = "yimen.design"
    label = "design"
