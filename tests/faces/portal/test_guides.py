"""The guides say what the clerk checks, in words a newcomer understands, for whoever comes and in either language."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.domains.catalogue.test_registers import officer
from yimen.domains.catalogue.api import Kind, cited, in_force, item, items, publish_items, withdraw_item
from yimen.kernel.calendar.today import today

pytestmark = pytest.mark.usefixtures("db")
HOUSE = "330100061001"


def text_of(name: str, *args: object, language: str = "zh-hans", **query: str) -> str:
    """What a page says to somebody who is not signed in, without its markup."""
    browser = Client(headers={"host": "localhost", "accept-language": language})
    answer = browser.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200
    body = re.sub(r"<(script|style).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_a_guide_says_everything_the_clerk_checks() -> None:
    house, said = item(HOUSE), text_of("guide", HOUSE)
    for material in house.materials:
        assert material.name.zh in said
        assert material.standard.zh in said
        assert cited([material.basis]).zh in said
        assert material.fill_note is None or material.fill_note.zh in said
    assert any(material.fill_note for material in house.materials)
    for result in house.results:
        assert result.sample is not None
        assert result.sample.zh in said
    for condition in house.conditions:
        assert condition.zh in said
    for words in (
        "20 个工作日",
        "法定 45 个工作日",
        "不收费",
        "行政复议",
        "现场核查",
        "基本编码 330100061001",
    ):
        assert words in said, words


def test_a_guide_says_whom_to_ask_who_entrusts_and_in_which_order_it_is_decided() -> None:
    timber = item("330100112001")
    said = text_of("guide", timber.code)
    for words in (
        timber.consult,
        timber.complain,
        timber.entrusted_by,
        timber.quota_note,
        timber.intermediaries[0].name,
    ):
        assert words is not None
        assert words.zh in said, words
    assert "按受理的先后决定" in said
    assert "指派两名以上工作人员检验" not in said
    assert "受理后 5 个工作日内，指派两名以上工作人员检验。" in text_of("guide", "330100153001")
    enrolment = text_of("guide", "332000021001")
    for words_ in ("可以网上缴", "也可以在自助终端办", "可以预约"):
        assert words_ in enrolment


def test_every_item_has_a_guide_and_reads_in_english_too() -> None:
    for each in items():
        assert each.name.zh in text_of("guide", each.code)
    for each in items()[::8]:
        assert each.name.en in text_of("guide", each.code, language="en")


def test_the_way_of_an_application_is_as_long_as_the_procedure_and_the_item_say() -> None:
    said = text_of("guide", HOUSE)
    assert "5 个工作日内决定是否受理" in said
    assert "受理后 20 个工作日内作出决定" in said
    assert "决定后 10 个工作日内" in said
    instant = next(i for i in items() if i.kind == Kind.INSTANT)
    assert "当场办结" in text_of("guide", instant.code)
    assert "决定是否受理" not in text_of("guide", instant.code)
    assert (
        Client(headers={"host": "localhost"})
        .get(reverse("portal:procedure_sheet", args=["service"]))
        .status_code
        == 200
    )


def test_what_can_be_looked_up_is_not_asked_for() -> None:
    assert "不用您提供，由工作人员从全国人口基础信息库核对" in text_of("guide", HOUSE)


@pytest.mark.parametrize("code", ["330100061999", "x", "33010006100１"])
def test_an_item_there_is_not_has_no_guide(code: str) -> None:
    assert Client(headers={"host": "localhost"}).get(f"/services/{code}/").status_code == 404


def test_a_guide_shows_the_version_of_today() -> None:
    tomorrow = today() + timedelta(days=1)
    publish_items(officer(), [replace(item(HOUSE), visits=3, valid_from=tomorrow)], source="甲")
    assert "最多 1 次" in text_of("guide", HOUSE)


def test_everyday_words_lead_from_the_home_page_and_the_hall() -> None:
    for name in ("home", "services"):
        assert item(HOUSE).name.zh in text_of(name, q="盖房子")
    assert "没有找到对应的事项" in text_of("services", q="飞碟降落")
    assert re.search(r"农村建房\s*一件事", text_of("services"))
    narrowed = text_of("services", field="water")
    assert "改水改厕" in narrowed
    assert item(HOUSE).name.zh not in narrowed
    assert (
        Client(headers={"host": "localhost"}).get(reverse("portal:services"), {"field": "moon"}).status_code
        == 404
    )


def test_a_life_event_asks_for_each_material_once_and_for_offered_items_only() -> None:
    bundle = next(b for b in in_force().bundles if b.code == "build-house")
    said = text_of("bundle", bundle.code)
    for code in bundle.items:
        assert item(code).name.zh in said
    withdraw_item(officer(), code=HOUSE, on=today(), source="乙")
    assert "宅基地审批" not in text_of("bundle", bundle.code)
    assert (
        Client(headers={"host": "localhost"}).get(reverse("portal:bundle", args=["nothing"])).status_code
        == 404
    )


def test_a_guide_asks_the_database_little_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    browser = Client(headers={"host": "localhost"})
    browser.get(reverse("portal:guide", args=[HOUSE]))
    with django_assert_max_num_queries(6):
        browser.get(reverse("portal:guide", args=[HOUSE]))
