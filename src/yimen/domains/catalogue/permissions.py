"""What may be permitted around the catalogue."""

from collections.abc import Mapping
from enum import StrEnum

from yimen.kernel.words import Text


class CataloguePermission(StrEnum):
    """The permissions of this field."""

    READ = "catalogue.read"
    MANAGE = "catalogue.manage"
    TRANSFER = "catalogue.transfer"


CATALOGUE_WORDS: Mapping[CataloguePermission, Text] = {
    CataloguePermission.READ: Text("查看事项清单", "See the catalogue with its versions"),
    CataloguePermission.MANAGE: Text("发布和停用事项", "Publish and withdraw service items"),
    CataloguePermission.TRANSFER: Text("划转审批事项", "Transfer items to a dedicated approval organ"),
}
