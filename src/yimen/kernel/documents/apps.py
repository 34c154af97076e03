"""The Django app `documents`."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers the app."""

    name = "yimen.kernel.documents"
    label = "documents"
