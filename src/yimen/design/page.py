"""What every page base needs to know about its reader: county, language, theme, elder mode, surroundings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from yimen.design.shapes import Chrome

THEME_COOKIE = "theme"
ELDER_COOKIE = "elder"
THEMES = ("light", "dark")
ELDER_SIZES = (20, 22, 24, 26, 28, 30)
"""Root font sizes of elder mode, in CSS pixels (适老化: at least 18, adjustable to 30)."""
COOKIE_SECONDS = 365 * 24 * 3600

_EMPTY = Chrome()


@dataclass(frozen=True, slots=True)
class Language:
    """One language the site speaks: its code, its own name, and whether it is on now."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The reader's settings and surroundings, as the bases use them.

    `theme` is "light", "dark" or "" (the device decides); `elder` is 0 (off) or a size from ELDER_SIZES;
    `path` is the address to come back to after a switch, empty when there is no request.
    """

    county: str
    emblem: str
    language: str
    is_english: bool
    other_language: Language
    theme: str
    elder: int
    elder_smaller: int
    elder_larger: int
    path: str
    has_request: bool
    chrome: Chrome
    words: Mapping[str, str]


def theme_of(request: HttpRequest | None) -> str:
    """The theme the reader chose, or "" when the device decides."""
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return chosen if chosen in THEMES else ""


def elder_of(request: HttpRequest | None) -> int:
    """The root size of elder mode, or 0 when it is off."""
    chosen = request.COOKIES.get(ELDER_COOKIE, "") if request else ""
    return int(chosen) if chosen.isdecimal() and int(chosen) in ELDER_SIZES else 0


def _county(request: HttpRequest | None, is_english: bool) -> str:
    """The county's name in the reader's language, or "" outside any county."""
    county = getattr(request, "county", None)
    if county is None:
        return ""
    name_en = str(getattr(county, "name_en", "")) if is_english else ""
    return name_en or str(getattr(county, "name", ""))


def _other_language(is_english: bool) -> Language:
    """The language the switch leads to."""
    wanted = "zh" if is_english else "en"
    name = "中文" if is_english else "English"
    code = next((code for code, _ in settings.LANGUAGES if code.startswith(wanted)), wanted)
    return Language(code, name, is_current=False)


def _script_words() -> dict[str, str]:
    """The sentences the scripts show, in the reader's language."""
    return {
        "draft_restored": gettext("已恢复您上次没有提交的内容。"),
        "draft_discard": gettext("清空重填"),
        "photo_remove": gettext("去掉这张照片"),
        "photo_count": gettext("已选 {n} 张照片"),
        "photo_too_large": gettext("这张照片太大，请换一张。"),
        "map_here": gettext("已定位到：{place}"),
        "map_pin": gettext("事发位置"),
        "map_failed": gettext("定位没有成功，请在地图上点选，或写明地址。"),
        "map_locating": gettext("正在定位……"),
        "map_zoom_in": gettext("放大"),
        "map_zoom_out": gettext("缩小"),
        "draw_line": gettext("在地图上从一边点到另一边，画出分割线。"),
        "draw_moved": gettext("边界已改动，还没有检查。"),
        "draw_too_many": gettext("角点很多，只显示勾选网格的角点。"),
        "live_lost": gettext("与服务器的连接断开了，正在重新连接。页面内容可能不是最新的。"),
        "live_back": gettext("连接已恢复。"),
        "send_again": gettext("没有发送成功，请检查网络后再试。您填写的内容还在。"),
        "offline": gettext("现在没有网络。您填写的内容会保留在本机。"),
    }


def page_for(request: HttpRequest | None, chrome: Chrome | None = None) -> Page:
    """Gather what the bases need; works without a request (then nothing can be switched)."""
    language = get_language() or "zh-hans"
    is_english = language.startswith("en")
    county = _county(request, is_english)
    elder = elder_of(request)
    return Page(
        county=county,
        emblem=getattr(getattr(request, "county", None), "name", "")[-1:] or "县",
        language="en" if is_english else "zh-Hans",
        is_english=is_english,
        other_language=_other_language(is_english),
        theme=(chrome.theme if chrome else "") or theme_of(request),
        elder=elder,
        elder_smaller=max(elder - 2, ELDER_SIZES[0]),
        elder_larger=min(elder + 2, ELDER_SIZES[-1]),
        path=request.get_full_path() if request else "",
        has_request=request is not None,
        chrome=chrome or _EMPTY,
        words=_script_words(),
    )
