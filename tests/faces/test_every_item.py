"""Every item of the catalogue is carried through the screens: applied for, accepted, looked into, decided, issued, delivered, rated.

Each person sees the act they do on the page first, so an act that no screen offers fails here.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import COUNTY, HERE, hired, signed_in
from tests.domains.services.applying import ITEMS, TWO, a_seal, filled, sealed, village
from tests.faces.portal.test_apply import PERSON, PNG, browser, filled_in, typed_in
from yimen.domains.catalogue.api import Channel, Item, Kind
from yimen.domains.services.api import JOINT_OPINION, SERVICE, needed
from yimen.domains.services.models import Rating
from yimen.kernel.matters.models import Matter

pytestmark = pytest.mark.usefixtures("db")
_SAID = "材料属实，符合条件"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: LazySettings) -> None:
    settings.YIMEN_FILES = tmp_path


def scan() -> SimpleUploadedFile:
    """A photograph of a paper."""
    return SimpleUploadedFile("scan.png", PNG, "image/png")


class Office:
    """The people who work on one application, each in a browser of their own."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._people: dict[str, Client] = {}

    def who(self, role: str, login: str = "") -> Client:
        """Somebody in a role; another login is another person."""
        login = login or role.replace("_", "")
        if login not in self._people:
            county = role == "county_approver"
            organ = login if county else HERE
            hire = hired(
                login, role=role, area=COUNTY if county else HERE, organ=organ, only_for_organ=county
            )
            self._people[login] = signed_in(hire)
        return self._people[login]

    def does(self, person: Client, matter: Matter, step: str, **given: Any) -> Matter:
        """One act, by the form on the matter's page, with every field the page shows for it."""
        page = person.get(reverse("console:matter", args=[matter.id])).content.decode()
        address = reverse("console:act", args=[matter.id, step])
        form = re.search(rf'<form[^>]*action="{address}".*?</form>', page, re.S)
        assert form, f"{step} is not offered on the page of {self.item.name.zh}"
        for name in given:
            assert f'name="{step}-{name}"' in form[0], f"{step} does not ask for {name}"
        revision = re.search(rf'name="{step}-revision" value="(\d+)"', form[0])
        sent = {f"{step}-{k}": v for k, v in given.items()} | (
            {f"{step}-revision": revision[1]} if revision else {}
        )
        answer = person.post(address, sent)
        said = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", answer.content.decode()))[:4000]
        assert answer.status_code == 302, f"{step}: {said}"
        return Matter.objects.get(id=matter.id)


def applied_for_online(item: Item) -> Matter:
    """Guide, questions page by page, each material uploaded, checked, handed in."""
    at = browser()
    guide = at.get(reverse("portal:guide", args=[item.code])).content.decode()
    assert reverse("portal:apply", args=[item.code]) in guide
    code = filled_in(at, item.code)
    papers = reverse("portal:apply_papers", args=[code])
    fields = re.findall(r'<input[^>]*type="file"[^>]*>', at.get(papers).content.decode())
    asked = [re.findall(r'name="([^"]+)"', field)[0] for field in fields]
    must = {m.code for m in needed(item, filled(item.code))}
    assert must <= set(asked)
    if asked:
        assert at.post(papers, {name: [scan()] for name in asked}).status_code == 302
    check = reverse("portal:apply_check", args=[code])
    seen = at.get(check).content.decode()
    for material in needed(item, filled(item.code)):
        assert str(material.name) in seen
    handed_in = at.post(check)
    assert handed_in.status_code == 302
    tracking = str(handed_in["Location"]).strip("/").split("/")[-2]
    return Matter.objects.get(tracking_code=tracking)


def taken_in(item: Item, clerk: Client) -> Matter:
    """The window's one screen, each material ticked off."""
    address = reverse("console:intake", args=[item.code])
    page = clerk.get(address).content.decode()
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert set(shown) == {m.code for m in item.materials}
    given = {**PERSON, "village": village(), **typed_in(filled(item.code)), "shown": shown}
    answer = clerk.post(address, given)
    assert answer.status_code == 302
    return Matter.objects.get(procedure=SERVICE.code)


def looked_into(office: Office, matter: Matter) -> Matter:
    """Each inquiry begun and ended, the joint organs asked and answering, the meeting recorded."""
    reviewer = office.who("service_reviewer")
    for kind in matter.facts["inquiries"]:
        step = "look_into" if kind in matter.facts["counted"] else "begin_inquiry"
        office.does(reviewer, matter, step, inquiry=kind, staff=TWO)
        matter = office.does(reviewer, matter, "end_inquiry", finding="属实，无异议")
    if matter.facts["joint_organs"]:
        office.does(reviewer, matter, "ask_opinions")
        for each in Matter.objects.filter(procedure=JOINT_OPINION.code, related_id=matter.id):
            office.does(office.who("county_approver", each.organ_code), each, "agree", opinion="同意")
    for meeting in matter.facts["resolutions"]:
        minutes = {"meeting": meeting, "minutes": "〔2026〕12号", "when": "2026-01-05", "files": scan()}
        matter = office.does(reviewer, matter, "record_resolution", **minutes)
    return matter


def decided(office: Office, matter: Matter) -> Matter:
    """From acceptance to the decision of who decides."""
    item, clerk, reviewer = office.item, office.who("window_clerk"), office.who("service_reviewer")
    countys = item.decided_by == "county"
    matter = office.does(clerk, matter, "accept_for_county" if countys else "accept")
    matter = looked_into(office, matter)
    matter = office.does(reviewer, matter, "review", opinion=_SAID)
    if item.reviewers > 1:
        second = office.who("service_reviewer", "second")
        matter = office.does(second, matter, "second_review", opinion=_SAID)
    if not countys:
        return office.does(office.who("service_head"), matter, "grant", reason="准予")
    office.does(reviewer, matter, "hand_up", opinion=_SAID)
    return office.does(office.who("county_approver", item.organ), matter, "county_grant", reason="准予")


def followed(matter: Matter) -> str:
    """The page that its tracking code opens."""
    return browser().get(reverse("portal:tracked", args=[matter.tracking_code])).content.decode()


@pytest.mark.parametrize("code", sorted(ITEMS))
def test_every_item_is_carried_from_the_guide_to_the_rating(code: str) -> None:
    item = ITEMS[code]
    office = Office(item)
    clerk = office.who("window_clerk")
    by_door: Callable[[], Matter] = (
        (lambda: applied_for_online(item)) if Channel.ONLINE in item.channels else (lambda: taken_in(item, clerk))
    )  # fmt: skip
    matter = by_door()
    assert str(SERVICE.state("submitted").public) in followed(matter)
    if item.kind == Kind.INSTANT:
        a_seal()
        matter = office.does(clerk, matter, "settle", number="第 1 号", receipt="张大爷")
    else:
        matter = decided(office, matter)
        assert str(SERVICE.state("granted").public) in followed(matter)
        matter = office.does(clerk, matter, "issue", number="第 1 号")
        sealed(matter.id)
        matter = office.does(clerk, matter, "deliver", way="counter", receipt="张大爷")
    assert matter.state == "delivered"
    assert str(SERVICE.state("delivered").public) in followed(matter)
    rated = browser().post(reverse("portal:rate", args=[matter.tracking_code]), {"level": "5"})
    assert rated.status_code == 302
    assert Rating.objects.get(matter_id=matter.id).level == 5
