"""The app of the imports."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Files that are being imported, and the column mappings that were saved."""

    name = "yimen.kernel.imports"
    label = "imports"
