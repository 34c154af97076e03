"""The Django app `catalogue`."""

from django.apps import AppConfig

from yimen.domains.catalogue.permissions import CATALOGUE_WORDS, CataloguePermission
from yimen.kernel.access.permissions import declare_permissions


class CatalogueConfig(AppConfig):
    """Declares the field's permissions."""

    name = "yimen.domains.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        """Fill the registry."""
        declare_permissions(CataloguePermission, CATALOGUE_WORDS)
