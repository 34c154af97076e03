"""The navigation shows nobody a door that stays shut to them."""

import re

import pytest
from django.test import Client

from tests.cast import COUNTY, HERE, hired, signed_in
from tests.faces.walking import walk
from yimen.kernel.access.roles import Role
from yimen.site.roles import ROLES

pytestmark = pytest.mark.usefixtures("db")


def _as(role: Role, area: str) -> Client:
    """The browser of somebody who holds the role as it is given."""
    return signed_in(hired("someone", role=role.code, area=area, only_for_organ=role.is_for_an_organ))


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.code)
def test_every_address_in_a_roles_navigation_opens_for_that_role(role: Role) -> None:
    browser = _as(role, COUNTY)
    for start in ("/console/", "/field/"):
        page = browser.get(start)
        if page.status_code == 403:
            continue
        navigation = re.findall(r"<nav.*?</nav>", page.content.decode(), re.DOTALL)
        shown = {a for part in navigation for a in re.findall(r'href="(/[^"]+)"', part)}
        assert shown
        shut = [address for address in sorted(shown) if browser.get(address).status_code != 200]
        assert shut == []


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.code)
def test_no_page_offers_a_role_a_link_that_stays_shut(role: Role) -> None:
    browser = _as(role, HERE)
    refused = [
        f"{page.offered_on} → {page.address}: {page.answer.status_code}"
        for page in walk(browser, ["/console/"])
        if page.answer.status_code in (403, 404)
    ]
    assert refused == []
