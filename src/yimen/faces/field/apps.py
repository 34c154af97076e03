"""The Django app of this face."""

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Registers the face."""

    name = "yimen.faces.field"
    label = "field"
