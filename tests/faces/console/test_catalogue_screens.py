"""The catalogue on screen: read by its readers, changed with a preview by its officer, given out as it is taken in."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.cast import hired, signed_in
from yimen.domains.catalogue.api import document_of, item, items, read_documents, versions, workbook
from yimen.kernel.calendar.today import today
from yimen.kernel.imports import runs
from yimen.kernel.imports.models import ImportRun
from yimen.kernel.words import Text

pytestmark = pytest.mark.usefixtures("db")
HOUSE = "330100061001"
DANGEROUS_HOUSE = "330100073001"
TOMORROW = today() + timedelta(days=1)


def officer() -> Client:
    """A browser in which the catalogue's officer has signed in."""
    return signed_in(hired("bianmu", role="catalogue_officer"))


def reader() -> Client:
    """A browser of somebody at a window, who reads the catalogue."""
    return signed_in(hired("chuangkou", role="window_clerk"))


def page(browser: Client, name: str, *args: object, **query: str) -> str:
    """The page's text."""
    answer = browser.get(reverse(f"console:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def filled(browser: Client, code: str, **changed: str) -> dict[str, Any]:
    """The form of an item as the page gives it, with some answers changed."""
    answer = browser.get(reverse("console:change_item", args=[code]))
    form = answer.context["form"]
    return {name: form.initial.get(name, "") for name in form.fields} | {
        "since": TOMORROW.isoformat(), "source": "云政办〔2026〕9号", **changed,
    }  # fmt: skip


def previewed(text: str) -> dict[str, str]:
    """What the preview's form sends."""
    found = re.findall(r'<input type="hidden" name="(documents|source)" value="([^"]*)"', text)
    return {name: unescape(value) for name, value in found}


def test_readers_see_every_item_and_may_not_change_any() -> None:
    browser = reader()
    text = page(browser, "items", field="building")
    assert item(HOUSE).name.zh in text
    assert "新增清单事项" not in text
    assert "修订" not in page(browser, "item", HOUSE)
    for name, args in (
        ("new_item", ()),
        ("publish_items", ()),
        ("change_item", (HOUSE,)),
        ("withdraw_item", (HOUSE,)),
    ):
        assert browser.get(reverse(f"console:{name}", args=args)).status_code in (403, 404), name
    assert browser.post(
        reverse("console:publish_previewed"), {"documents": "[]", "source": "x"}
    ).status_code in (403, 404)
    assert signed_in(hired("wangge2", role="grid_worker")).get(reverse("console:items")).status_code in (
        403,
        404,
    )


def test_the_list_is_searched_and_told_page_by_page() -> None:
    browser = reader()
    text = page(browser, "items", q=HOUSE)
    assert f"/items/{HOUSE}/" in text
    assert text.count("/console/items/33") == 1
    assert "没有找到" in page(browser, "items", q="飞碟")


def test_an_item_is_changed_with_a_preview_and_its_versions_are_compared() -> None:
    browser = officer()
    answer = browser.post(
        reverse("console:change_item", args=[HOUSE]), filled(browser, HOUSE, limit_scene_num="2")
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "到办事现场次数" in text
    assert len(versions(HOUSE)) == 1, "a preview writes nothing"
    published = browser.post(reverse("console:publish_previewed"), previewed(text))
    assert published["Location"].startswith(reverse("console:item", args=[HOUSE]))
    assert 'data-draft-done="item-330100061001"' in browser.get(published["Location"]).content.decode()
    assert item(HOUSE).visits == 1
    assert item(HOUSE, TOMORROW) == replace(item(HOUSE), visits=2, version=2, valid_from=TOMORROW)
    assert f"在用，{TOMORROW} 起换新版本" in page(browser, "items", q=HOUSE)
    shown = page(browser, "item", HOUSE)
    assert "版本之间的差别" in shown
    assert "待生效" in shown
    assert re.search(r"到办事现场次数.*?<del>.*?1</del>.*?<ins>.*?2</ins>", shown, re.DOTALL)
    assert "这是第一个版本" in page(browser, "item", HOUSE, now="1")
    for wrong in ({"now": "9"}, {"was": "7"}):
        assert browser.get(reverse("console:item", args=[HOUSE]), wrong).status_code == 404


def test_a_list_that_nobody_touched_is_no_change_though_the_page_sends_it_in_its_own_order() -> None:
    browser = officer()
    fields = [f.value for f in item(DANGEROUS_HOUSE).fields]
    assert len(fields) > 1
    given = filled(browser, DANGEROUS_HOUSE)
    answer = browser.post(
        reverse("console:change_item", args=[DANGEROUS_HOUSE]),
        given | {"task_field": sorted(given["task_field"], reverse=True)},
    )
    again = browser.post(
        reverse("console:change_item", args=[DANGEROUS_HOUSE]),
        given | {"task_field": sorted(given["task_field"])},
    )
    assert "将发布" not in answer.content.decode()
    assert "将发布" not in again.content.decode()


def test_what_is_unlawful_is_refused_at_its_field_and_nothing_typed_is_lost() -> None:
    browser = officer()
    materials = filled(browser, HOUSE)["material"].replace("名称：居民身份证", "名称：其他材料", 1)
    answer = browser.post(
        reverse("console:change_item", args=[HOUSE]),
        filled(browser, HOUSE, material=materials, promise_day="很快"),
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "写一个整数" in text
    answer = browser.post(
        reverse("console:change_item", args=[HOUSE]), filled(browser, HOUSE, material=materials)
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_material"' in text
    assert "优化营商环境条例" in text
    assert "名称：其他材料" in text


def test_a_day_that_is_too_early_is_said_before_anything_is_published() -> None:
    browser = officer()
    early = filled(browser, HOUSE, limit_scene_num="2", since=item(HOUSE).valid_from.isoformat())
    answer = browser.post(reverse("console:change_item", args=[HOUSE]), early)
    assert answer.status_code == 422
    assert "新版本要晚于它" in answer.content.decode()
    assert 'name="limit_scene_num" value="2"' in answer.content.decode(), "nothing typed is lost"


def test_what_is_given_out_as_json_is_taken_in_again() -> None:
    browser = officer()
    given = browser.get(reverse("console:items_json")).content
    assert read_documents(orjson.loads(given)) == list(items())
    new = document_of(replace(item(HOUSE), code="339900000077", version=1))
    upload = BytesIO(orjson.dumps([*orjson.loads(given), new]))
    upload.name = "items.json"
    answer = browser.post(
        reverse("console:publish_items"), {"file": upload, "source": "甲", "since": TOMORROW.isoformat()}
    )
    text = answer.content.decode()
    assert "保持原样" in text
    assert "339900000077" in text
    assert browser.post(reverse("console:publish_previewed"), previewed(text)).status_code == 302
    assert item("339900000077", TOMORROW).valid_from == TOMORROW
    assert len(versions(HOUSE)) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"[]", b'[{"code":"1"}]', b"[" * 50_000])
def test_a_file_that_is_none_is_refused_in_words(content: bytes) -> None:
    browser = officer()
    upload = BytesIO(content)
    upload.name = "items.json"
    answer = browser.post(reverse("console:publish_items"), {"file": upload, "source": "甲"})
    assert answer.status_code == 422


def test_the_workbook_is_given_out_and_one_item_too() -> None:
    browser = reader()
    book = browser.get(reverse("console:items_xlsx"), {"field": "water"})
    assert book.content.startswith(b"PK")
    assert "attachment" in book["Content-Disposition"]
    assert browser.get(reverse("console:items_xlsx"), {"field": "moon"}).status_code == 404
    one = browser.get(reverse("console:item_json", args=[HOUSE])).content
    assert read_documents(orjson.loads(one)) == [item(HOUSE)]


def test_a_workbook_with_one_row_changed_says_what_began_and_what_stayed(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.YIMEN_FILES = tmp_path
    browser = officer()
    one, other = items()[:2]
    later = replace(one, consult=Text("问窗口", "Ask at the window"), valid_from=today() + timedelta(days=30))
    upload = SimpleUploadedFile("items.xlsx", workbook([later, other]))
    browser.post(reverse("console:imports", args=["service_items"]), {"file": upload})
    run = ImportRun.objects.get()
    plan = {**run.plan["columns"], "set-source": "云政办〔2026〕9号"}
    assert browser.post(reverse("console:import_run", args=[run.id]), plan).status_code == 302
    runs.work()
    browser.post(reverse("console:import_confirm", args=[run.id]))
    runs.work()
    assert "已导入 1 行；另有 1 行与现有的一致" in page(browser, "import_run", run.id)
    assert [v.version for v in versions(one.code)] == [2, 1]
    assert [v.version for v in versions(other.code)] == [1]


def test_an_item_withdrawn_leaves_the_guide_and_stays_on_record() -> None:
    browser = officer()
    form = {"on": today().isoformat(), "source": "云政办〔2026〕10号"}
    assert browser.post(reverse("console:withdraw_item", args=[HOUSE]), form).status_code == 302
    assert "已停用" in page(browser, "item", HOUSE)
    assert Client(headers={"host": "localhost"}).get(reverse("portal:guide", args=[HOUSE])).status_code == 404


def test_a_page_asks_as_much_for_many_items_as_for_few(django_assert_max_num_queries: Any) -> None:
    browser = reader()
    page(browser, "items")
    with django_assert_max_num_queries(12):
        page(browser, "items")


def test_an_item_is_shown_in_the_readers_language_without_empty_lines() -> None:
    browser = reader()
    shown = page(browser, "item", HOUSE)
    browser.cookies["django_language"] = "en"
    for said in (shown, page(browser, "item", HOUSE)):
        assert "<dd></dd>" not in said
        assert " // " not in said
