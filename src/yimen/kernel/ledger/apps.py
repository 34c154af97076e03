"""The Django app `ledger`."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yimen.kernel.ledger.entries import use_algorithm


class LedgerConfig(AppConfig):
    """Registers the app, and the hash algorithm of new entries (`settings.YIMEN_LEDGER_ALGO`)."""

    name = "yimen.kernel.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Choose the algorithm; one that this machine lacks stops the start, not the first act."""
        try:
            use_algorithm(settings.YIMEN_LEDGER_ALGO)
        except ValueError as error:
            raise ImproperlyConfigured(f"YIMEN_LEDGER_ALGO cannot be used here: {error}") from error
