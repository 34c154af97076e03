"""The Django app `calendar`: holiday notices imported after this release, shared by all counties."""

from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.calendar"
    label = "calendar"
