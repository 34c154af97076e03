"""一件事: what means the same is asked once, every item gets its own application, all or none, and they are shown together."""

from typing import Any

import pytest

from tests.domains.services.applying import ZHANG, an_answer, clerk, papers, village
from yimen.domains.catalogue.api import Channel, in_force
from yimen.domains.services.api import Application, combined, drafts, submit_together, together
from yimen.kernel.access.actors import Actor
from yimen.kernel.forms.schema import problems, read_form
from yimen.kernel.matters.models import Matter
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")
NEWBORN = "newborn"


def codes() -> list[str]:
    """The life events of the catalogue."""
    from yimen.domains.catalogue.bundles import read_bundles

    return [b.code for b in read_bundles()]


def filled(form: dict[str, Any]) -> dict[str, Any]:
    """Answers to everything that a form asks."""
    return {q.name: an_answer(q) for q in read_form(form).questions.values()}


def given(code: str, **changes: Any) -> tuple[Any, Application]:
    """A life event at the window, with every answer and material."""
    whole = combined(code, Channel.WINDOW)
    known: dict[str, Any] = {
        "item": whole.whole.code, "place": village(), "channel": Channel.WINDOW, "applicant": ZHANG,
        "answers": filled(dict(whole.whole.form)), "shown": frozenset(m.code for m in whole.whole.materials), **changes,
    }  # fmt: skip
    return whole, Application(**known)


@pytest.mark.parametrize("code", codes())
def test_every_life_event_opens_an_application_for_each_item(code: str) -> None:
    whole, application = given(code)
    assert problems(whole.whole.form) == []
    moved = submit_together(clerk(), code, whole, application)
    bundle = next(b for b in in_force().bundles if b.code == code)
    matters = list(Matter.objects.filter(id__in=[m.matter_id for m in moved]).order_by("id"))
    assert [m.kind for m in matters] == [c for c in bundle.items if c in {p.item.code for p in whole.parts}]
    assert all(m.facts["missing"] == [] for m in matters)
    assert [m.id for m in together(matters[-1])] == [m.id for m in matters[:-1]]
    assert [m.id for m in together(matters[0])] == [m.id for m in matters[1:]]


def test_what_means_the_same_is_asked_once_and_what_does_not_stays_apart() -> None:
    whole = combined(NEWBORN, Channel.ONLINE)
    own = sum(len(p.questions) for p in whole.parts)
    assert len(whole.whole.form["properties"]) < own
    mothers = {p.questions["mother_id"] for p in whole.parts if "mother_id" in p.questions}
    assert mothers == {"mother_id"}
    names = [m.name.zh for m in whole.whole.materials]
    assert names.count("居民身份证") <= 1
    asked_on = [q for page in whole.whole.form["x-pages"] for q in page["questions"]]
    assert sorted(asked_on) == sorted(whole.whole.form["properties"])
    for part in whole.parts:
        for own_name, name in part.questions.items():
            theirs, ours = part.item.form["properties"][own_name], whole.whole.form["properties"][name]
            assert theirs["type"] == ours["type"]
            assert theirs.get("enum") == ours.get("enum")
            assert ours.get("maxLength", 0) <= theirs.get("maxLength", 10**6)


def test_one_that_is_refused_refuses_all() -> None:
    whole, application = given(NEWBORN)
    broken = {**application.answers, whole.parts[-1].questions[next(iter(whole.parts[-1].questions))]: []}
    with pytest.raises(Refusal):
        submit_together(clerk(), NEWBORN, whole, Application(**{**_plain(application), "answers": broken}))
    assert not Matter.objects.exists()


def _plain(application: Application) -> dict[str, Any]:
    return {name: getattr(application, name) for name in Application.__dataclass_fields__}


def test_a_draft_of_a_life_event_is_handed_in_once() -> None:
    draft = drafts.begin_bundle(NEWBORN, [])
    whole = drafts.whole_of(draft)
    assert whole is not None
    person = {
        "name": "张大爷",
        "id_kind": "citizen",
        "id_number": ZHANG.id_number,
        "phone": ZHANG.phone,
        "place": village(),
    }
    materials = {m.code: papers() for m in whole.whole.materials}
    drafts.keep(draft, drafts.Held(person, filled(dict(whole.whole.form)), materials))
    draft.refresh_from_db()
    drafts.hand_in(Actor.resident(), draft)
    again = drafts.hand_in(Actor.resident(), draft)  # a second tap before the page answered
    assert again.is_repeat
    assert Matter.objects.count() == len(whole.parts)
    assert drafts.find(draft.code) is None


def test_only_what_was_ticked_is_applied_for_and_nothing_is_refused() -> None:
    bundle = next(b for b in in_force().bundles if b.code == NEWBORN)
    draft = drafts.begin_bundle(NEWBORN, bundle.items[1:2])
    assert [code for code, _version in draft.parts] == [bundle.items[1]]
    for code, chosen in ((NEWBORN, ["000000000000"]), ("nothing", [])):
        with pytest.raises(Refusal) as refused:
            drafts.begin_bundle(code, chosen)
        assert refused.value.code == "bundle.none"
