"""The navigation shows nobody a door that stays shut to them."""

import re

import pytest
from django.test import Client

from tests.cast import COUNTY, hired, signed_in
from yimen.site.roles import ROLES

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("role", sorted(r.code for r in ROLES))
def test_every_address_in_a_roles_navigation_opens_for_that_role(role: str) -> None:
    browser: Client = signed_in(hired("someone", role=role, area=COUNTY))
    for start in ("/console/", "/field/"):
        page = browser.get(start)
        if page.status_code == 403:
            continue
        navigation = re.findall(r"<nav.*?</nav>", page.content.decode(), re.DOTALL)
        shown = {a for part in navigation for a in re.findall(r'href="(/[^"]+)"', part)}
        assert shown
        shut = [address for address in sorted(shown) if browser.get(address).status_code != 200]
        assert shut == []
