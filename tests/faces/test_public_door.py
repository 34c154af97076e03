"""The public door: similar reports are shown first, and no address can flood it."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from yimen.kernel.access.throttle import PUBLIC_REPORTS
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.coordinates import to_wgs84
from yimen.kernel.org.models import Grid
from yimen.kernel.papers.models import Paper
from yimen.kernel.words import Refusal


def given(number: int = 0, **changes: object) -> dict[str, object]:
    """What a resident sends; each number at a place and in words of its own."""
    home = Grid.objects.order_by("code")[number % 27]
    return {
        "text": f"{chr(0x4E00 + number * 7)}{chr(0x5E00 + number * 11)}坏了",
        "lng": home.lng,
        "lat": home.lat,
        "is_another": "on",
        **changes,
    }


@pytest.mark.usefixtures("db")
def test_a_report_like_one_nearby_is_shown_it_first_and_taken_when_it_is_another() -> None:
    browser = Client(headers={"host": "localhost"})
    first = given(text="桥头垃圾堆了三天没人管", is_another="")
    assert browser.post(reverse("portal:report"), first).status_code == 302
    again = browser.post(reverse("portal:report"), {**first, "text": "桥头垃圾堆了三天了"})
    assert again.status_code == 422
    assert "是同一件吗" in again.content.decode()
    assert "距离约 0 米 · 已收到" in again.content.decode()
    assert "桥头垃圾堆了三天没人管" not in again.content.decode()
    assert Matter.objects.count() == 1
    taken = browser.post(
        reverse("portal:report"), {**first, "text": "桥头垃圾堆了三天了", "is_another": "on"}
    )
    assert taken.status_code == 302
    other = browser.post(reverse("portal:report"), {**first, "text": "路灯不亮晚上很黑"})
    assert other.status_code == 302


def photo(name: str) -> SimpleUploadedFile:
    """A small photograph, no two alike."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (len(name) * 20, 90, sum(map(ord, name)) % 250)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


@pytest.mark.usefixtures("db")
def test_a_photograph_is_chosen_once_whatever_is_asked_or_wrong_in_between(
    settings: Any, tmp_path: Path
) -> None:
    settings.YIMEN_FILES = tmp_path
    url, browser = reverse("portal:report"), Client(headers={"host": "localhost"})
    first = given(text="桥头垃圾堆了三天没人管", is_another="")
    assert browser.post(url, first).status_code == 302
    lacking = browser.post(url, {**first, "text": "", "photos": [photo("一.jpg"), photo("要不得.jpg")]})
    boxes = re.findall(r'name="photos-waiting"[^>]*value="([0-9a-f]{48})" checked', lacking.content.decode())
    assert len(boxes) == 2
    sent = {**first, "text": "桥头垃圾堆了三天了", "photos-waiting": boxes[:1], "photos": [photo("二二.jpg")]}
    asked = browser.post(url, sent).content.decode()
    assert "是同一件吗" in asked
    assert "data-came-back" in asked  # the browser's draft is not laid over what came back
    boxes = re.findall(r'name="photos-waiting"[^>]*value="([0-9a-f]{48})" checked', asked)
    assert ("一.jpg" in asked, "二二.jpg" in asked, "要不得.jpg" in asked) == (True, True, False)
    assert not Paper.objects.exists()
    again = {**first, "text": "桥头垃圾堆了三天了", "is_another": "on", "photos-waiting": boxes}
    assert browser.post(url, again).status_code == 302
    assert set(Paper.objects.values_list("original_name", flat=True)) == {"一.jpg", "二二.jpg"}


@pytest.mark.usefixtures("db")
def test_one_address_is_stopped_kindly_and_keeps_what_it_wrote() -> None:
    browser = Client(headers={"host": "localhost"})
    for number in range(PUBLIC_REPORTS.uses):
        assert browser.post(reverse("portal:report"), given(number)).status_code == 302
    stopped = browser.post(reverse("portal:report"), given(21, text="最后一件"))
    assert stopped.status_code == 429
    assert "最后一件" in stopped.content.decode()
    assert "12345" in stopped.content.decode()
    elsewhere = Client(headers={"host": "localhost"}, REMOTE_ADDR="10.0.0.9")
    assert elsewhere.post(reverse("portal:report"), given(21)).status_code == 302


@pytest.mark.usefixtures("db")
def test_a_forged_forwarding_header_opens_nothing(settings: Any) -> None:
    browser = Client(headers={"host": "localhost"})
    statuses = [
        browser.post(
            reverse("portal:report"), given(n), headers={"X-Forwarded-For": f"1.2.3.{n}"}
        ).status_code
        for n in range(PUBLIC_REPORTS.uses + 1)
    ]
    assert statuses[-1] == 429
    settings.YIMEN_PROXIES = 1
    behind = browser.post(reverse("portal:report"), given(3), headers={"X-Forwarded-For": "9.9.9.9, 1.2.3.4"})
    assert behind.status_code == 302


def test_two_thousand_requests_from_fifty_addresses_let_through_what_each_may(fresh_database: str) -> None:
    bodies = [given(n) for n in range(27)]

    def flood(address: int) -> list[int]:
        try:
            browser = Client(headers={"host": "localhost"}, REMOTE_ADDR=f"10.1.0.{address}")
            return [browser.post(reverse("portal:report"), bodies[n % 27]).status_code for n in range(40)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(flood, range(50)))
    assert {status for each in answers for status in each} == {302, 429}
    assert all(each.count(302) == PUBLIC_REPORTS.uses for each in answers)
    assert Matter.objects.count() == 50 * PUBLIC_REPORTS.uses


def test_the_shifted_systems_are_brought_back_within_a_few_metres() -> None:
    """Known pairs of 北京 天安门: GCJ-02 lies about 500 m off, BD-09 a further 700 m."""
    assert to_wgs84(116.403963, 39.915119, "GCJ-02") == (
        pytest.approx(116.39772, abs=1e-4),
        pytest.approx(39.91372, abs=1e-4),
    )
    wgs = to_wgs84(116.41036949371029, 39.92133699351022, "bd09")
    assert wgs == (pytest.approx(116.39772, abs=2e-4), pytest.approx(39.91372, abs=2e-4))
    assert to_wgs84(119.1, 28.1, "CGCS2000") == (119.1, 28.1)
    for lng, lat, system in ((float("nan"), 1, "wgs84"), (1, 91, "gcj02"), (1, 1, "mars")):
        with pytest.raises(Refusal):
            to_wgs84(lng, lat, system)
