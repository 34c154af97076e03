"""Who hears which event. Domains are strangers to each other; here they are introduced."""

from datetime import timedelta

from django.core.management import call_command
from django.utils.module_loading import import_string

from yimen.domains.command.api import catch_up, follow
from yimen.domains.grid.letters import HEARD as OF_INCIDENTS
from yimen.domains.hall.api import mark_missed
from yimen.domains.services.api import answer_anonymous, courses, drafts, follow_transfers
from yimen.domains.services.letters import HEARD as OF_APPLICATIONS
from yimen.kernel.access.throttle import forget_old
from yimen.kernel.calendar.today import today
from yimen.kernel.imports import runs
from yimen.kernel.ledger.seal import seal_missing_days
from yimen.kernel.matters.breaches import act_on_breaches
from yimen.kernel.matters.recalculating import recalculate
from yimen.kernel.notices import worker


def _seal_yesterday() -> None:
    seal_missing_days(today() - timedelta(days=1))


def _seal_documents() -> None:
    """Signing takes a second to load: only the worker does, and when it first seals."""
    import_string("yimen.kernel.documents.sealing.seal_waiting")()


def connect() -> None:
    """Called once when the app starts."""
    for topic, handler in {**OF_INCIDENTS, **OF_APPLICATIONS}.items():
        worker.hear(topic, handler)
    worker.routinely("mark appointments nobody came to", timedelta(minutes=5), mark_missed)
    worker.routinely("seal the days past", timedelta(hours=1), _seal_yesterday)
    worker.routinely("clear old sessions", timedelta(hours=12), lambda: call_command("clearsessions"))
    worker.routinely("forget old counts", timedelta(hours=6), forget_old)
    worker.routinely("forget old drafts", timedelta(hours=12), drafts.forget_old)
    worker.routinely("carry applications to who decides them", timedelta(minutes=5), follow_transfers)
    worker.routinely("seal documents", timedelta(seconds=2), _seal_documents)
    worker.routinely("import files", timedelta(seconds=2), runs.work)
    worker.routinely("act on limits that have run out", timedelta(minutes=5), act_on_breaches)
    worker.routinely("answer bad ratings without a name", timedelta(hours=1), answer_anonymous)
    worker.routinely("follow the calendar", timedelta(minutes=10), recalculate)
    worker.routinely("count new acts", timedelta(seconds=10), follow)
    worker.routinely("follow how applications go", timedelta(seconds=10), courses.follow)
    worker.routinely("follow applications dated back", timedelta(hours=1), courses.catch_up)
    worker.routinely("count acts dated back", timedelta(hours=1), catch_up)
