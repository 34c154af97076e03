"""A resident's application before it is handed in: kept sealed on the server, so that nothing typed is lost.

A draft is no matter yet: nobody works on it and nobody but its owner sees it. Its code, with the telephone number given
in it, opens it again; after thirty days, or once handed in, what it held is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from yimen.domains.catalogue.api import Channel, Combined, Item, combine, in_force, item, item_version
from yimen.domains.services.bundles import combined, submit_together
from yimen.domains.services.commands import Applicant, Application, submit
from yimen.domains.services.models import Draft
from yimen.kernel.access.actors import Actor
from yimen.kernel.calendar.today import now
from yimen.kernel.constraints import one_act
from yimen.kernel.ids import public_code, read_public_code, uuid7
from yimen.kernel.matters.moving import Moved
from yimen.kernel.sealing import seal, unseal
from yimen.kernel.words import Refusal

_KEPT = timedelta(days=30)


@dataclass(slots=True)
class Held:
    """What a draft holds: who applies, the answers so far, the papers by material, and the result that it renews or changes
    (`upon`: "renews" or "changes" to the application's id)."""

    person: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, list[str]] = field(default_factory=dict)
    upon: dict[str, str] = field(default_factory=dict)


def begin(item_code: str, upon: Mapping[str, str] | None = None) -> Draft:
    """A new draft for an item, empty but for the result that it renews or changes; refuses one that is not offered."""
    at = now()
    found = item(item_code)
    draft = Draft(
        id=uuid7(at), code=public_code(), item_code=found.code, item_version=found.version, changed_at=at,
        private=seal(orjson.dumps({"upon": dict(upon or {})})),
    )  # fmt: skip
    draft.save(force_insert=True)
    return draft


def begin_bundle(bundle_code: str, chosen: Sequence[str]) -> Draft:
    """A new, empty draft for the chosen items of a life event, all of them when none is named; refuses when none is left."""
    parts = combined(bundle_code, Channel.ONLINE, chosen).parts
    first, at = parts[0].item, now()
    draft = Draft(
        id=uuid7(at), code=public_code(), item_code=first.code, item_version=first.version, changed_at=at, private=seal(b"{}"),
        bundle_code=bundle_code, parts=[[part.item.code, part.item.version] for part in parts],
    )  # fmt: skip
    draft.save(force_insert=True)
    return draft


def whole_of(draft: Draft) -> Combined | None:
    """The items of a life event's draft as one, in the versions in which it was begun; None for a draft of one item."""
    if not draft.bundle_code:
        return None
    name = next((b.name for b in in_force().bundles if b.code == draft.bundle_code), None)
    items = [item_version(code, version) for code, version in draft.parts]
    return combine(name or items[0].name, items)


def item_of(draft: Draft) -> Item:
    """What the draft is asked by: its item, or the items of its life event as one."""
    whole = whole_of(draft)
    return whole.whole if whole else item_version(draft.item_code, draft.item_version)


def find(code: str) -> Draft | None:
    """The draft of a code, unless it has been handed in or forgotten."""
    tidy = read_public_code(code)
    if not tidy:
        return None
    return Draft.objects.filter(code=tidy, private__isnull=False, changed_at__gt=now() - _KEPT).first()


def held(draft: Draft) -> Held:
    """What a draft holds."""
    return Held(**orjson.loads(unseal(bytes(draft.private or b"")))) if draft.private else Held()


def keep(draft: Draft, holds: Held) -> None:
    """Keep what a draft holds now."""
    content = {"person": holds.person, "answers": holds.answers, "papers": holds.papers, "upon": holds.upon}
    Draft.objects.filter(id=draft.id, private__isnull=False).update(
        private=seal(orjson.dumps(content)), changed_at=now()
    )


def opens(draft: Draft, phone: str) -> bool:
    """Whether a telephone number is the one given in the draft."""
    digits = "".join(c for c in phone if c.isdigit())
    known = "".join(c for c in held(draft).person.get("phone", "") if c.isdigit())
    return bool(known) and digits == known


@dataclass(frozen=True, slots=True)
class Acting:
    """Who hands in for another: by which of `AUTHORITIES`, on which papers, and whether a clerk has seen them."""

    name: str
    authority: str
    papers: tuple[UUID, ...] = ()
    is_confirmed: bool = False


def hand_in(actor: Actor, draft: Draft, acting: Acting | None = None) -> Moved:
    """Submit what a draft holds; a double tap is taken once. Refuses what is wrong, and then the draft stays. `acting`: who
    hands it in for the applicant, where that is known.

    Of a life event the receipt is that of the first application; the others are shown with it.
    """
    holds = held(draft)
    person: Mapping[str, str] = holds.person
    if not person:
        raise Refusal.of("draft.empty", "请先填写申请人。", "Say who applies first.", field="name")
    by = acting or Acting("", "")
    application = Application(
        item=draft.item_code,
        place=person.get("place", ""),
        channel=Channel.ONLINE,
        applicant=Applicant(
            person.get("name", ""), person.get("id_kind", ""), person.get("id_number", ""), person.get("phone", ""),
            person.get("address", ""), by.name, by.authority, by.papers, by.is_confirmed,
        ),
        answers=holds.answers,
        papers={code: [UUID(p) for p in papers] for code, papers in holds.papers.items()},
        request_key=f"draft-{draft.id}",
        renews=UUID(holds.upon["renews"]) if "renews" in holds.upon else None,
        changes=UUID(holds.upon["changes"]) if "changes" in holds.upon else None,
    )  # fmt: skip
    whole = whole_of(draft)
    with one_act():
        moved = (
            submit_together(actor, draft.bundle_code, whole, application)[0]
            if whole
            else submit(actor, application)
        )
        Draft.objects.filter(id=draft.id).update(private=None, changed_at=now())
    return moved


def forget_old() -> int:
    """Empty the drafts nobody came back to; returns how many."""
    return Draft.objects.filter(private__isnull=False, changed_at__lte=now() - _KEPT).update(private=None)
