"""The door of the catalogue: what other rings may ask of it."""

from yimen.domains.catalogue.bundles import Bundle
from yimen.domains.catalogue.files import read_files
from yimen.domains.catalogue.importing import latest, read_documents
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
from yimen.domains.catalogue.reading import document_of, read_item
from yimen.domains.catalogue.reference import in_force, item, item_version, items
from yimen.domains.catalogue.registers import Published, publish_items, versions, withdraw_item
from yimen.domains.catalogue.rules import POWER_LEVELS, POWER_SOURCES, POWER_TYPES
from yimen.domains.catalogue.sheets import (
    COLUMNS,
    Change,
    cells_of,
    changes,
    column_of,
    document_from,
    workbook,
)
from yimen.domains.catalogue.words import (
    CHANNEL_WORDS,
    DECIDER_WORDS,
    DELIVERY_WORDS,
    FIELD_WORDS,
    FORM_WORDS,
    INQUIRY_WORDS,
    KIND_WORDS,
)

__all__ = [
    "CHANNEL_WORDS",
    "COLUMNS",
    "DECIDER_WORDS",
    "DELIVERY_WORDS",
    "FIELD_WORDS",
    "FORM_WORDS",
    "INQUIRY_WORDS",
    "KIND_WORDS",
    "POWER_LEVELS",
    "POWER_SOURCES",
    "POWER_TYPES",
    "Basis",
    "Bundle",
    "CataloguePermission",
    "Change",
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
    "cells_of",
    "changes",
    "column_of",
    "document_from",
    "document_of",
    "in_force",
    "item",
    "item_version",
    "items",
    "latest",
    "publish_items",
    "read_documents",
    "read_files",
    "read_item",
    "versions",
    "withdraw_item",
    "workbook",
]
