"""What cannot be lawful is found before anybody is harmed by it."""

from dataclasses import replace

import pytest

from tests.kernel.procedure.toy import LAW, TOY, words
from yimen.kernel.procedure import registry
from yimen.kernel.procedure.language import LimitSpec, Procedure, State, Step, Who
from yimen.kernel.procedure.sheets import sheet

MAY = (Who("incident.handle"),)


def changed(**parts: object) -> Procedure:
    """The toy with parts replaced."""
    fields = ("code", "version", "name", "prefix", "states", "steps", "limits", "law")
    return Procedure(**{**{f: getattr(TOY, f) for f in fields}, **parts})  # type: ignore[arg-type]


def step(**parts: object) -> Procedure:
    """The toy with one more, faulty step."""
    good = Step("more", words("再来"), ("told",), "told", MAY, LAW)
    return changed(steps=(*TOY.steps, replace(good, **parts)))  # type: ignore[arg-type]


def test_the_toy_is_sound() -> None:
    assert TOY.problems() == []


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        (step(who=()), "nobody may perform it"),
        (step(law=""), "step more: no law"),
        (step(to="moon"), "unknown state 'moon'"),
        (step(sources=("moon",)), "unknown state 'moon'"),
        (step(starts=("moon",)), "unknown limit 'moon'"),
        (step(waits=("decide",)), "which is no wait"),
        (step(not_same_as=("moon",)), "unknown step 'moon'"),
        (step(sources=("decided",)), "without being a correction"),
        (step(code="tell"), "step tell: declared twice"),
        (step(assign="moon"), "unknown assignment"),
        (step(sources=(), to="*"), "names its state"),
        (changed(states=(*TOY.states, State("island", words("岛"), words("岛")))), "island: cannot be reached"),
        (changed(states=(*TOY.states, State("island", words("岛"), words("岛")))), "island: a dead end"),
        (changed(limits=(*TOY.limits, LimitSpec("x", words("x"), LAW, words("x"), 1))), "limit x: never starts"),
        (changed(limits=(*TOY.limits, LimitSpec("x", words("x"), "", words("x"), 1))), "limit x: no law"),
        (changed(limits=(*TOY.limits, LimitSpec("x", words("x"), LAW, words("x")))), "limit x: no length"),
        (changed(limits=(*TOY.limits, LimitSpec("x", words("x"), LAW, words("x"), 1, "fortnights"))), "unknown unit"),
        (changed(limits=(*TOY.limits, LimitSpec("x", words("x"), LAW, words("x"), 1, is_wait=True))), "no step waits for"),
        (changed(steps=TOY.steps[1:]), "no step opens it"),
    ],
)  # fmt: skip
def test_each_planted_fault_is_named_and_stops_the_start(faulty: Procedure, said: str) -> None:
    assert said in " / ".join(faulty.problems())
    with pytest.raises(ValueError, match="procedure toy"):
        registry.register(faulty)


def test_the_sheet_names_every_state_step_limit_and_rule_with_its_article() -> None:
    text = sheet(TOY)
    for state in TOY.states:
        assert state.name.zh in text
    for each in TOY.steps:
        assert f"`{each.code}`" in text
        assert each.label.zh in text
    for limit in TOY.limits:
        assert f"`{limit.code}`" in text
    assert "`has_a_reason`" in text
    assert "满 at least 5" in text
