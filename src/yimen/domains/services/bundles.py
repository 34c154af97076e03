"""Life events (一件事): one form set that opens an application for each item, in one act, shown together afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from yimen.domains.catalogue.api import Channel, Combined, Part, combine, in_force, item
from yimen.domains.services.commands import Application, submit
from yimen.domains.services.procedures import SERVICE
from yimen.kernel.access.actors import Actor
from yimen.kernel.constraints import one_act
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.moving import Moved
from yimen.kernel.words import Refusal


def combined(bundle_code: str, channel: Channel, chosen: Sequence[str] = ()) -> Combined:
    """The items of a life event that one may apply for by a door, as one; `chosen` narrows them. Refuses what has none."""
    bundle = next((b for b in in_force().bundles if b.code == bundle_code), None)
    found = [item(code) for code in bundle.items if not chosen or code in chosen] if bundle else []
    offered = [each for each in found if channel in each.channels]
    if bundle is None or not offered:
        raise Refusal.of(
            "bundle.none", "请至少选一个可以这样申请的事项。", "Choose at least one item that can be applied for here.", field="items"
        )  # fmt: skip
    return combine(bundle.name, offered)


def submit_together(actor: Actor, bundle_code: str, whole: Combined, given: Application) -> list[Moved]:
    """Submit an application for every item, all or none; `given` answers the questions of the whole. Raises `Refusal`."""
    with one_act():
        moved: list[Moved] = []
        for part in whole.parts:
            under = moved[0].matter_id if moved else None
            moved.append(submit(actor, _own(part, given, bundle_code, under)))
    return moved


def _own(part: Part, given: Application, bundle_code: str, under: UUID | None) -> Application:
    """What is given to the whole, as far as it concerns one item, under the item's own names."""
    key = f"{given.request_key}-{part.item.code}" if given.request_key else None
    return replace(
        given,
        item=part.item.code,
        answers={own: given.answers[name] for own, name in part.questions.items() if name in given.answers},
        papers={own: given.papers[name] for own, name in part.materials.items() if name in given.papers},
        shown=frozenset(own for own, name in part.materials.items() if name in given.shown),
        request_key=key,
        bundle=bundle_code,
        under=under,
    )


def together(matter: Matter) -> list[Matter]:
    """The other applications that were handed in with this one, in their order."""
    if not matter.facts.get("bundle"):
        return []
    head = matter.related_id or matter.id
    same: Mapping[str, Any] = {"procedure": SERVICE.code}
    others = Matter.objects.filter(**same, id=head) | Matter.objects.filter(**same, related_id=head)
    return [m for m in others.order_by("id") if m.id != matter.id]
