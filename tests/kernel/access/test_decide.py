"""`decide`, the one judge: its table, and what must hold whatever the grants."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import COUNTY, HERE, HERE_VILLAGE, OFFICE, OTHER_OFFICE, THERE_VILLAGE, Cast, staff, the_cast
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.access.decide import areas, decide, holds

HANDLE, READ, SUPERVISE = "incident.handle", "incident.read", "incident.supervise"
GRID = HERE_VILLAGE + "007"


def _code(actor: Actor, permission: str, area: str, organ: str = "") -> str:
    finding = decide(actor, permission, area=area, organ=organ)
    return finding.code if finding else "allowed"


@pytest.mark.parametrize(
    ("part", "handle_here", "supervise_here"),
    [
        ("citizen", "access.sign_in", "access.sign_in"),
        ("officer", "allowed", "access.no_permission"),
        ("colleague", "allowed", "access.no_permission"),
        ("elsewhere", "access.elsewhere", "access.no_permission"),
        ("superior", "access.no_permission", "allowed"),
        ("stranger", "access.no_permission", "access.no_permission"),
    ],
)
def test_each_of_the_cast_may_do_what_its_role_says_here(
    part: str, handle_here: str, supervise_here: str
) -> None:
    actor = dict(the_cast())[part]
    assert _code(actor, HANDLE, HERE_VILLAGE, OFFICE) == handle_here
    assert _code(actor, SUPERVISE, HERE_VILLAGE, OFFICE) == supervise_here


def test_a_grant_for_an_organ_does_not_reach_what_another_organ_or_nobody_holds(cast: Cast) -> None:
    assert _code(cast.officer, HANDLE, HERE_VILLAGE, OTHER_OFFICE) == "access.elsewhere"
    assert _code(cast.officer, HANDLE, HERE_VILLAGE) == "access.elsewhere"


def test_a_county_grant_reaches_every_level_below_it() -> None:
    observer = staff("观察员", Grant(frozenset({READ}), COUNTY))
    assert [_code(observer, READ, area) for area in (COUNTY, HERE, HERE_VILLAGE, GRID)] == ["allowed"] * 4


def test_a_village_grant_reaches_neither_its_township_nor_the_next_village() -> None:
    leader = staff("网格长", Grant(frozenset({READ}), HERE_VILLAGE))
    assert _code(leader, READ, GRID) == "allowed"
    assert _code(leader, READ, HERE) == "access.elsewhere"
    assert _code(leader, READ, "339901100202") == "access.elsewhere"
    assert _code(leader, READ, THERE_VILLAGE) == "access.elsewhere"


def test_a_place_in_another_county_is_out_of_reach() -> None:
    observer = staff("观察员", Grant(frozenset({READ}), COUNTY))
    assert _code(observer, READ, "339902100201") == "access.elsewhere"


def test_staff_without_their_second_factor_may_do_nothing(cast: Cast) -> None:
    halfway = replace(cast.superior, second_factor=False)
    assert _code(halfway, SUPERVISE, HERE_VILLAGE) == "access.second_factor"
    assert holds(halfway, SUPERVISE) is not None
    assert areas(halfway, SUPERVISE) == ()


def test_the_system_itself_is_refused_without_a_grant() -> None:
    assert _code(Actor.system("夜间任务"), READ, COUNTY) == "access.no_permission"
    assert _code(Actor.system("夜间任务", Grant(frozenset({READ}), COUNTY)), READ, HERE) == "allowed"


def test_a_refusal_names_the_permission_in_both_languages(cast: Cast) -> None:
    finding = decide(cast.stranger, "people.manage", area=COUNTY)
    assert finding is not None
    assert "登记人员" in finding.sentence.zh
    assert "Register people" in finding.sentence.en
    assert finding.law


def test_a_grant_must_name_its_area() -> None:
    with pytest.raises(ValueError, match="area"):
        Grant(frozenset({READ}), "")


_levels = st.sampled_from([6, 9, 12, 15])
_digits = st.text("0123456789", min_size=15, max_size=15)
_codes = st.builds(lambda code, level: code[:level], _digits, _levels)
_near_codes = st.builds(
    lambda tail, level: (COUNTY + tail)[:level], st.text("01", min_size=9, max_size=9), _levels
)
_areas = st.one_of(_codes, _near_codes)
_permissions = st.sampled_from([READ, HANDLE, SUPERVISE, "access.manage"])
_organs = st.sampled_from(["", OFFICE, OTHER_OFFICE])
_grants = st.lists(
    st.builds(Grant, st.frozensets(_permissions, max_size=3), _areas, _organs), max_size=6
).map(tuple)


@given(_grants, _permissions, _areas, _organs)
def test_without_a_grant_of_the_permission_nothing_is_ever_allowed(
    grants: tuple[Grant, ...], permission: str, area: str, organ: str
) -> None:
    others = tuple(replace(g, permissions=g.permissions - {permission}) for g in grants)
    assert decide(staff("谁", *others), permission, area=area, organ=organ) is not None


@given(_grants, _permissions, _areas, _organs)
def test_whoever_may_act_in_a_place_may_act_everywhere_under_it(
    grants: tuple[Grant, ...], permission: str, area: str, organ: str
) -> None:
    actor = staff("谁", *grants)
    if decide(actor, permission, area=area, organ=organ) is None:
        assert decide(actor, permission, area=area + "001", organ=organ) is None


@given(_grants, _permissions, _areas, _organs)
def test_a_wider_grant_never_takes_anything_away(
    grants: tuple[Grant, ...], permission: str, area: str, organ: str
) -> None:
    if decide(staff("谁", *grants), permission, area=area, organ=organ) is None:
        wider = tuple(replace(g, area=g.area[:6], organ="") for g in grants)
        assert decide(staff("谁", *wider), permission, area=area, organ=organ) is None


@given(_grants, _permissions, _areas, _organs)
def test_lists_filter_by_exactly_what_decide_allows(
    grants: tuple[Grant, ...], permission: str, area: str, organ: str
) -> None:
    actor = staff("谁", *grants)
    listed = any(area.startswith(a) and o in ("", organ) for a, o in areas(actor, permission))
    assert listed == (decide(actor, permission, area=area, organ=organ) is None)
