"""Small pages of the design system itself: switches, the gallery, and what to show when things go wrong."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from yimen.design.gallery import gallery_context
from yimen.design.page import COOKIE_SECONDS, ELDER_COOKIE, ELDER_SIZES, THEME_COOKIE, THEMES
from yimen.kernel.files import is_disk_full
from yimen.kernel.words import Text


def _back(request: HttpRequest) -> HttpResponse:
    """A redirect to where the reader was, never to another host."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if is_ours else "/")


def _remember(request: HttpRequest, response: HttpResponse, cookie: str, choice: str) -> None:
    """Keep a display choice in a cookie the scripts may also write; forget it when the choice is empty."""
    if choice:
        response.set_cookie(
            cookie, choice, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie(cookie, samesite="Lax")


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark; anything else lets the device decide."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    _remember(request, response, THEME_COOKIE, chosen if chosen in THEMES else "")
    return response


@require_POST
def choose_elder(request: HttpRequest) -> HttpResponse:
    """Remember the letter size of elder mode; anything else turns it off."""
    response = _back(request)
    chosen = request.POST.get("elder", "")
    sizes = {str(size) for size in ELDER_SIZES}
    _remember(request, response, ELDER_COOKIE, chosen if chosen in sizes else "")
    return response


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page, in the reader's language and theme."""
    return render(request, "design/gallery.html", gallery_context())


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """What the site does for readers with special needs, and how to ask for help."""
    return render(request, "design/accessibility.html")


@dataclass(frozen=True, slots=True)
class Mishap:
    """What an error page says: what is the matter, and what to do next."""

    status: int
    title: Text
    text: Text
    steps: tuple[Text, ...]


BAD_REQUEST = Mishap(
    400,
    Text("这个请求我们看不懂", "We could not understand this request"),
    Text("可能是地址不完整，或者页面停留太久。", "The address may be incomplete, or the page is too old."),
    (
        Text("返回上一页，刷新后再试一次。", "Go back, reload the page and try again."),
        Text("如果仍然不行，请拨打 12345。", "If it still fails, please call 12345."),
    ),
)
FORBIDDEN = Mishap(
    403,
    Text("您现在不能查看这个页面", "You may not open this page"),
    Text("您的账号或岗位没有这项权限。", "Your account or post does not have this permission."),
    (
        Text(
            "如果您有多个岗位，请切换到合适的岗位再试。",
            "If you hold several posts, switch to the right one.",
        ),
        Text("工作需要的，请向本单位管理员申请。", "If your work needs it, ask your organ's administrator."),
    ),
)
NOT_FOUND = Mishap(
    404,
    Text("没有找到这个页面", "We could not find this page"),
    Text("它可能已经移动，或者地址有误。", "It may have moved, or the address may be wrong."),
    (
        Text("检查地址有没有漏字。", "Check the address for missing characters."),
        Text("查询办件进度，请用回执上的查询码。", "To track a matter, use the code on your receipt."),
    ),
)
EXPIRED = Mishap(
    403,
    Text("页面停留太久，请再提交一次", "The page has expired, please submit again"),
    Text(
        "为了您的安全，页面打开太久后提交会失效。什么都没有丢失，也没有重复提交。",
        "For your safety a form expires when it stays open too long. Nothing was lost or sent twice.",
    ),
    (
        Text("返回上一页并刷新，您填写的内容会自动恢复。", "Go back and reload: what you typed is restored."),
        Text("请确认浏览器允许本网站使用 Cookie。", "Make sure your browser allows cookies for this site."),
    ),
)


SEND_AGAIN = Mishap(
    403,
    EXPIRED.title,
    Text(
        "为了您的安全，页面打开太久后提交会失效。您填写的内容还在，还没有提交：按下面的按钮接着办。",
        "For your safety a form expires when it stays open too long. What you typed is still here and has not been sent: press the button below.",
    ),
    (EXPIRED.steps[1],),
)


def _mishap(request: HttpRequest, mishap: Mishap, again: Sequence[tuple[str, str]] = ()) -> HttpResponse:
    """An error page in both languages, the reader's first; with a button that sends `again` what was sent."""
    is_english = (get_language() or "").startswith("en")
    languages = (
        (("en", "en"), ("zh-Hans", "zh-hans")) if is_english else (("zh-Hans", "zh-hans"), ("en", "en"))
    )
    tellings = [
        {
            "language": tag,
            "title": mishap.title.in_language(code),
            "text": mishap.text.in_language(code),
            "steps": [step.in_language(code) for step in mishap.steps],
        }
        for tag, code in languages
    ]
    context = {"status": mishap.status, "tellings": tellings, "again": again}
    return render(request, "design/error.html", context, status=mishap.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400`."""
    return _mishap(request, BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`."""
    return _mishap(request, FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`."""
    return _mishap(request, NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: the form was too old. What was typed on a page of ours goes into a form that is sent with one tap."""
    again = _sent(request)
    return _mishap(request, SEND_AGAIN if again else EXPIRED, again)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form to be sent again; none for what another site sent, and none with a password or files, which would not come along."""
    is_ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if not is_ours or request.FILES or any("password" in name for name in request.POST):
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a page that needs nothing of what may be broken. A full disk (507) and a database that does not answer (503)
    are said, for whoever is asked for help can then mend them at once.
    """
    error = sys.exc_info()[1]
    status = 507 if is_disk_full(error) else 503 if isinstance(error, OperationalError) else 500
    return HttpResponse(render_to_string("design/500.html", {"status": status}), status=status)
