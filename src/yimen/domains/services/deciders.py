"""Who decides an application: as it stands with it, and by the catalogue's transfers of today."""

from yimen.domains.catalogue.api import Decider, decider, item_version
from yimen.kernel.matters.models import Matter


def stands_with(matter: Matter) -> Decider:
    """Who decides an application as it stands; `decides_now` says who should today."""
    level = str(matter.facts.get("decided_by", ""))
    if organ := matter.facts.get("decider"):
        return Decider(level, str(organ))
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    return Decider(level, item.organ if level == "county" else matter.township_code)


def decides_now(matter: Matter) -> Decider:
    """Who decides an application today."""
    item = item_version(matter.kind, int(matter.facts["item_version"]))
    return decider(item, matter.township_code)


def transferred(matter: Matter) -> str:
    """How the deciding of an application has moved by today and not been carried over yet: "" not at all, "same" to another
    organ of the same level, "down" from the county to the township, "up" the other way."""
    was, becomes = stands_with(matter), decides_now(matter)
    if was == becomes:
        return ""
    if was.level == becomes.level:
        return "same"
    return "down" if becomes.level == "township" else "up"
