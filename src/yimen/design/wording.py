"""The words and marks components choose from what they are given; no rule of any law is here."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from html import escape
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, gettext_lazy, ngettext

from yimen.design.shapes import Figure, Light, NavGroup, NavItem, Said
from yimen.kernel.words import Finding, Refusal

LIGHT_ICONS: dict[str, str] = {
    "green": "check-circle-fill",
    "amber": "exclamation-triangle-fill",
    "red": "exclamation-octagon-fill",
    "grey": "pause-circle-fill",
    "": "pause-circle-fill",
}
NOTICE_ICONS: dict[str, str] = {
    "info": "info-circle-fill",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "danger": "exclamation-octagon-fill",
}
BUTTON_STYLES: dict[str, str] = {
    "primary": "btn-primary",
    "secondary": "btn-outline-primary",
    "quiet": "btn-quiet",
    "danger": "btn-danger",
}
ID_KINDS = (
    ("citizen", gettext_lazy("居民身份证")),
    ("credit", gettext_lazy("统一社会信用代码")),
    ("passport", gettext_lazy("护照或通行证")),
)
"""The documents by which somebody is known, for forms to choose from."""
_MESSAGE_KINDS = {"error": "danger", "danger": "danger", "warning": "warning", "success": "success"}


def message_kind(level_tag: str) -> str:
    """The kind of notice for a Django message level."""
    return _MESSAGE_KINDS.get(level_tag, "info")


def escaped(words: object) -> str:
    """Words as they may stand in a page; what is marked safe stays as it is."""
    text = words if isinstance(words, str) else str(words)
    return text if isinstance(text, SafeString) else escape(text)


def listed(names: Iterable[Said]) -> str:
    """Names in a row, divided as the reader's language does."""
    return gettext("、").join(str(name) for name in names)


def sentences(parts: Iterable[Said]) -> str:
    """Remarks in a row, divided as the reader's language does."""
    return gettext("；").join(str(part) for part in parts)


def paired(label: Said, said: Said) -> str:
    """A label and what it says, with the colon of the reader's language."""
    return f"{label}{gettext('：')}{said}"


def chinese(text: str) -> SafeString:
    """What is known in Chinese only, such as a law's name and article, marked as Chinese for who reads another language."""
    return SafeString(f'<span lang="zh-Hans">{escaped(text)}</span>') if text else SafeString("")


def instant(at: datetime) -> SafeString:
    """An instant in local time as `2026-11-23 09:30`."""
    local = localtime(at) if at.tzinfo else at
    exact = local.isoformat()
    return SafeString(f'<time datetime="{exact}">{exact[:10]} {exact[11:16]}</time>')


def calendar_day(on: date) -> SafeString:
    """A day as `2026-11-23`."""
    return SafeString(f'<time datetime="{on.isoformat()}">{on.isoformat()}</time>')


def shown(content: object) -> SafeString:
    """Any value the house way: instants, days, grouped numbers; a dash for None and ""."""
    match content:
        case None | "":
            return SafeString("—")
        case str():
            return SafeString(escaped(content))
        case datetime():
            return instant(content)
        case date():
            return calendar_day(content)
        case bool():
            return SafeString(gettext("是") if content else gettext("否"))
        case int() | float():
            return SafeString(number_format(content, use_l10n=True, force_grouping=abs(content) >= 10_000))
    return SafeString(escaped(content))


_LIGHTS: dict[str, Said] = {
    "green": gettext_lazy("期限内"),
    "amber": gettext_lazy("快到期"),
    "red": gettext_lazy("已超期"),
}


def light(code: Light, text: Said) -> Said:
    """The word of a traffic light."""
    if text:
        return text
    return _LIGHTS.get(code) or gettext("不计时")


def light_for(left: int | None, is_still: bool) -> Light:
    """The light of a clock whose page did not name one: red when overdue, amber with one unit left."""
    if is_still or left is None:
        return "grey"
    if left < 0:
        return "red"
    return "amber" if left <= 1 else "green"


def _left(n: int, unit: str) -> str:
    """ "还剩 n 个……" in the limit's own unit."""
    match unit:
        case "hours":
            text = ngettext("还剩 %(n)d 小时", "还剩 %(n)d 小时", n)
        case "working_hours":
            text = ngettext("还剩 %(n)d 个工作小时", "还剩 %(n)d 个工作小时", n)
        case "working_days":
            text = ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", n)
        case _:
            text = ngettext("还剩 %(n)d 天", "还剩 %(n)d 天", n)
    return text % {"n": n}


def _over(n: int, unit: str) -> str:
    """ "已超期 n 个……" in the limit's own unit."""
    match unit:
        case "hours":
            text = ngettext("已超期 %(n)d 小时", "已超期 %(n)d 小时", n)
        case "working_hours":
            text = ngettext("已超期 %(n)d 个工作小时", "已超期 %(n)d 个工作小时", n)
        case "working_days":
            text = ngettext("已超期 %(n)d 个工作日", "已超期 %(n)d 个工作日", n)
        case _:
            text = ngettext("已超期 %(n)d 天", "已超期 %(n)d 天", n)
    return text % {"n": n}


def remaining(left: int | None, unit: str, *, is_paused: bool, is_stopped: bool) -> str:
    """What a clock says."""
    if is_stopped:
        return gettext("已办完，停止计时")
    if is_paused:
        return gettext("暂停计时")
    if left is None:
        return gettext("没有时限")
    if left < 0:
        return _over(-left, unit)
    if left == 0:
        return gettext("不足 1 小时") if unit.endswith("hours") else gettext("今天到期")
    return _left(left, unit)


def length_of(number: int, unit: str) -> str:
    """A limit in words: 4 个工作小时."""
    single = {
        "hours": gettext("1 小时"),
        "working_hours": gettext("1 个工作小时"),
        "working_days": gettext("1 个工作日"),
        "calendar_days": gettext("1 天"),
        "months": gettext("1 个月"),
    }
    several = {
        "hours": gettext("{n} 小时"),
        "working_hours": gettext("{n} 个工作小时"),
        "working_days": gettext("{n} 个工作日"),
        "calendar_days": gettext("{n} 天"),
        "months": gettext("{n} 个月"),
    }
    return single[unit] if number == 1 else several[unit].format(n=number)


def step_state(n: int, current: int) -> str:
    """ "done", "current" or "ahead" for the n-th of the steps."""
    if n < current:
        return "done"
    return "current" if n == current else "ahead"


def findings(refused: Refusal | Finding | Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings of whatever was refused."""
    if isinstance(refused, Refusal):
        return tuple(refused.findings)
    return (refused,) if isinstance(refused, Finding) else tuple(refused)


def nav_groups(items: Sequence[NavGroup | NavItem], path: str) -> list[NavGroup]:
    """The navigation in groups (single items gather under no heading), with the current place marked."""
    groups: list[NavGroup] = []
    for item in items:
        if isinstance(item, NavGroup):
            groups.append(item)
        elif groups and not groups[-1].label:
            groups[-1] = NavGroup("", (*groups[-1].items, item))
        else:
            groups.append(NavGroup("", (item,)))
    here = _here([item for group in groups for item in group.items], path)
    return [
        NavGroup(
            group.label,
            tuple(replace(item, is_current=item is here or item.is_current) for item in group.items),
        )
        for group in groups
    ]


def _here(items: Sequence[NavItem], path: str) -> NavItem | None:
    """The undeclared item with the longest address that begins the path; "/" only fits itself."""
    fitting = [
        item
        for item in items
        if item.is_current is None
        and (
            path == item.href or (item.href not in {"", "/"} and path.startswith(item.href.rstrip("/") + "/"))
        )
    ]
    if any(item.is_current for item in items):
        return None
    return max(fitting, key=lambda item: len(item.href), default=None)


def figure_data(figure: Figure) -> dict[str, Any]:
    """A figure as the chart script reads it."""
    return {
        "title": str(figure.title),
        "kind": figure.kind,
        "unit": str(figure.unit),
        "labels": [str(label) for label in figure.labels],
        "series": [{"name": str(row.name), "values": list(row.values)} for row in figure.series],
    }


def figure_rows(figure: Figure) -> list[tuple[Said, list[float | int | None]]]:
    """A figure as a table: a row for each label, a column for each series."""
    return [
        (label, [row.values[index] for row in figure.series]) for index, label in enumerate(figure.labels)
    ]
