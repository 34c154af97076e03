"""Who decides an application: as it stands with it, and by the catalogue's transfers of today."""

from yimen.domains.catalogue.api import Decider, Item, decider, item_version, own_decider
from yimen.kernel.matters.models import Matter


def stands_with(matter: Matter) -> Decider:
    """Who decides an application as it stands; `decides_now` says who should today."""
    if organ := matter.facts.get("decider"):
        return Decider(str(matter.facts["decided_by"]), str(organ))
    return own_decider(_item(matter), matter.township_code)


def decides_now(matter: Matter) -> Decider:
    """Who decides an application today."""
    return decider(_item(matter), matter.township_code)


def _item(matter: Matter) -> Item:
    return item_version(matter.kind, int(matter.facts["item_version"]))


def transferred(matter: Matter) -> str:
    """How the deciding of an application has moved by today and not been carried over yet: "" not at all, "same" to another
    organ of the same level, "down" from the county to the township, "up" the other way."""
    was, becomes = stands_with(matter), decides_now(matter)
    if was == becomes:
        return ""
    if was.level == becomes.level:
        return "same"
    return "down" if becomes.level == "township" else "up"
