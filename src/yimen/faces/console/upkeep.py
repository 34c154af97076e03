"""Pages for those who keep the house: the ledger's soundness, the system's health, failed messages."""

import shutil
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yimen.design.shapes import Column, Fact
from yimen.design.wording import chinese
from yimen.faces.console.acts_in_words import act_words
from yimen.faces.console.presenting import performer
from yimen.kernel.access.middleware import actor_of, needs
from yimen.kernel.access.permissions import KernelPermission
from yimen.kernel.calendar.notices import current_calendar, missing_year
from yimen.kernel.ledger.models import Entry, Seal
from yimen.kernel.ledger.verify import verify_county
from yimen.kernel.ledger.walk import REASONS
from yimen.kernel.matters.models import Matter
from yimen.kernel.matters.queries import heads
from yimen.kernel.notices.queries import failed_messages, retry, routine_runs, waiting
from yimen.kernel.procedure import registry
from yimen.kernel.words import Text


@require_safe
@needs(KernelPermission.AUDIT_READ)
def ledger(request: HttpRequest) -> HttpResponse:
    """The latest entries of the county's ledger, and a button that walks all of it."""
    entries = list(Entry.objects.order_by("-at")[:50])
    matters = Matter.objects.filter(id__in={e.stream for e in entries})
    of = {
        key: registry.get(code, version)
        for key, code, version in matters.values_list("id", "procedure", "version")
    }
    context = {
        "columns": (
            Column(_("时间"), "date"), Column(_("行为"), "title"), Column(_("办理人")), Column(_("依据"), "prose"),
            Column(_("记录值")),
        ),
        "rows": [(e.at, act_words(e.act, of.get(e.stream)), performer(e.who_name) or "—", chinese(e.law) or "—", bytes(e.hash).hex()[:16]) for e in entries],
        "result": None,
    }  # fmt: skip
    return render(request, "console/ledger.html", context)


@require_POST
@needs(KernelPermission.LEDGER_VERIFY)
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole ledger now and say what was found."""
    found = verify_county(heads=heads())
    broken = found.first_broken
    context = {
        "result": found,
        "reason": str(REASONS[broken.reason]) if broken else "",
        "rows": [],
        "columns": (),
    }
    return render(request, "console/ledger.html", context)


@require_safe
@needs(KernelPermission.SYSTEM_MANAGE)
def health(request: HttpRequest) -> HttpResponse:
    """What runs, what waits, what failed."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    settings.DATA.mkdir(parents=True, exist_ok=True)
    last_seal = Seal.objects.order_by("-day").first()
    context = {
        "facts": [
            Fact(_("数据库"), f"PostgreSQL {version}"),
            Fact(_("磁盘剩余"), f"{shutil.disk_usage(settings.DATA).free // 1024**3} GB"),
            Fact(_("工作日历"), current_calendar().edition),
            Fact(_("台账已封存到"), last_seal.day if last_seal else None),
            Fact(_("等待发送"), waiting()),
        ],
        "missing_year": missing_year(),
        "failed": failed_messages(),
        "routine_columns": (
            Column(_("例行工作"), "title"), Column(_("上次运行"), "date"), Column(_("上次成功"), "date"), Column(_("状态")), Column(_("最近一次错误"), "prose"),
        ),
        "routines": [
            (
                str(Text(r.name_zh, r.name)), r.ran_at, r.succeeded_at or "—",
                ngettext("连续失败 %(n)s 次", "连续失败 %(n)s 次", r.failures) % {"n": r.failures} if r.failures else _("正常"),
                r.last_error if r.failures else "—",
            )
            for r in routine_runs()
        ],
    }  # fmt: skip
    return render(request, "console/health.html", context)


@require_POST
@needs(KernelPermission.SYSTEM_MANAGE)
def retry_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a failed message again."""
    if not retry(message_id, actor_of(request).who()):
        raise Http404
    messages.success(request, _("已重新排队发送。"))
    return redirect("console:health")
