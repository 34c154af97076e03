"""Who hears which event. Domains are strangers to each other; here they are introduced."""

from datetime import timedelta

from django.core.management import call_command
from django.utils.module_loading import import_string

from yimen.domains.command.api import catch_up, follow
from yimen.domains.grid.letters import HEARD as OF_INCIDENTS
from yimen.domains.hall.api import mark_missed
from yimen.domains.residents.api import accounts
from yimen.domains.services.api import answer_anonymous, cancel_expired, courses, drafts, follow_transfers
from yimen.domains.services.letters import HEARD as OF_APPLICATIONS
from yimen.kernel.access.throttle import forget_old
from yimen.kernel.calendar.today import today
from yimen.kernel.imports import runs
from yimen.kernel.ledger.seal import seal_missing_days
from yimen.kernel.matters.breaches import act_on_breaches
from yimen.kernel.matters.recalculating import recalculate
from yimen.kernel.notices import worker
from yimen.kernel.papers import waiting
from yimen.kernel.words import Text


def _seal_yesterday() -> None:
    seal_missing_days(today() - timedelta(days=1))


def _seal_documents() -> None:
    """Signing takes a second to load: only the worker does, and when it first seals."""
    import_string("yimen.kernel.documents.sealing.seal_waiting")()


IMPORTS = Text("处理导入的文件", "import files")
"""The routine that the command line does itself for the file it brings."""


def connect() -> None:
    """Called once when the app starts."""
    for topic, handler in {**OF_INCIDENTS, **OF_APPLICATIONS}.items():
        worker.hear(topic, handler)
    worker.routinely(
        Text("标记无人到场的预约", "mark appointments nobody came to"), timedelta(minutes=5), mark_missed
    )
    worker.routinely(Text("封存过去各日的台账", "seal the days past"), timedelta(hours=1), _seal_yesterday)
    worker.routinely(
        Text("清除过期的登录", "clear old sessions"),
        timedelta(hours=12),
        lambda: call_command("clearsessions"),
    )
    worker.routinely(Text("清除过期的计数", "forget old counts"), timedelta(hours=6), forget_old)
    worker.routinely(Text("清除过期的验证码", "forget old codes"), timedelta(hours=12), accounts.forget_codes)
    worker.routinely(Text("清除过期的草稿", "forget old drafts"), timedelta(hours=12), drafts.forget_old)
    worker.routinely(
        Text("清除没有再来取的文件", "forget files nobody came back for"),
        timedelta(minutes=30),
        waiting.forget_old,
    )
    worker.routinely(
        Text("把办件转给有权决定的机关", "carry applications to who decides them"),
        timedelta(minutes=5),
        follow_transfers,
    )
    worker.routinely(Text("给文书盖章", "seal documents"), timedelta(seconds=2), _seal_documents)
    worker.routinely(IMPORTS, timedelta(seconds=2), runs.work)
    worker.routinely(
        Text("处理到期的时限", "act on limits that have run out"), timedelta(minutes=5), act_on_breaches
    )
    worker.routinely(
        Text("注销有效期届满的许可", "cancel permits that ran out"), timedelta(hours=1), cancel_expired
    )
    worker.routinely(
        Text("回应不署名的差评", "answer bad ratings without a name"), timedelta(hours=1), answer_anonymous
    )
    worker.routinely(Text("按新的日历重算时限", "follow the calendar"), timedelta(minutes=10), recalculate)
    worker.routinely(Text("统计新的办理", "count new acts"), timedelta(seconds=10), follow)
    worker.routinely(
        Text("跟进办件的进程", "follow how applications go"), timedelta(seconds=10), courses.follow
    )
    worker.routinely(
        Text("跟进补录的办件", "follow applications dated back"), timedelta(hours=1), courses.catch_up
    )
    worker.routinely(Text("统计补录的办理", "count acts dated back"), timedelta(hours=1), catch_up)
