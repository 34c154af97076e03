"""The door of the catalogue: what other rings may ask of it."""

from yimen.domains.catalogue.bundles import Bundle
from yimen.domains.catalogue.files import read_files
from yimen.domains.catalogue.item import (
    Basis,
    Channel,
    Delivery,
    Fee,
    Field,
    Inquiry,
    InquiryStep,
    Item,
    Kind,
    Material,
    Period,
    Question,
    Result,
)
from yimen.domains.catalogue.permissions import CataloguePermission
from yimen.domains.catalogue.reading import differences, document_of, read_item
from yimen.domains.catalogue.reference import in_force, item, item_version, items
from yimen.domains.catalogue.registers import Published, publish_items, versions, withdraw_item
from yimen.domains.catalogue.rules import POWER_LEVELS, POWER_SOURCES, POWER_TYPES

__all__ = [
    "POWER_LEVELS",
    "POWER_SOURCES",
    "POWER_TYPES",
    "Basis",
    "Bundle",
    "CataloguePermission",
    "Channel",
    "Delivery",
    "Fee",
    "Field",
    "Inquiry",
    "InquiryStep",
    "Item",
    "Kind",
    "Material",
    "Period",
    "Published",
    "Question",
    "Result",
    "differences",
    "document_of",
    "in_force",
    "item",
    "item_version",
    "items",
    "publish_items",
    "read_files",
    "read_item",
    "versions",
    "withdraw_item",
]
