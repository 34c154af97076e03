"""The Django app `matters`."""

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Registers the app under the label that the other packages name."""

    name = "yimen.kernel.matters"
    label = "matters"
    default_auto_field = "django.db.models.UUIDField"
