"""The demo's last month: counted, assessed, published, and one figure appealed against."""

from datetime import date, timedelta

from yimen.domains.command.api import (
    Assessment,
    CommandPermission,
    Measure,
    Number,
    appeal,
    facts_behind,
    month_of,
    publish,
    rebuild,
    set_scheme,
)
from yimen.domains.grid.api import GridPermission
from yimen.kernel.access.actors import Actor, Grant
from yimen.kernel.calendar.today import today
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.models import Matter
from yimen.kernel.org.models import Appointment

_POINTS = {"on_time_close_rate": 60, "on_time_handle_rate": 20, "rework_rate": 10, "right_dispatch_rate": 10}
_SOURCE = "演示数据：某县考核方案（按期结案率占 60 分的做法见于公开的办法）"


def assess_last_month() -> None:
    """Count the year, publish the month before this one, and let a township appeal."""
    rebuild()
    chief = _holder("demo-wuzhi", CommandPermission.PUBLISH, current_county().code)
    set_scheme(chief, points=_POINTS, appeal_days=10, decide_days=5, source=_SOURCE, since=date(2025, 1, 1))
    month = today().replace(day=1) - timedelta(days=1)
    published = publish(chief, month=month, scope="township")
    publish(chief, month=month, scope="organ")
    _appeal_one(published)


def _appeal_one(published: Assessment) -> None:
    """The township of the demo's mayor appeals against a figure of its own, where there is one."""
    post = Appointment.objects.select_related("post").get(post_id="demo-zhaozhen").post
    town = post.organ_id
    leader = _holder("demo-zhaozhen", CommandPermission.APPEAL, town)
    for measure in (Measure.OVERDUE, Measure.REWORK, Measure.DUE_TO_CLOSE, Measure.REPORTED):
        fact = (
            facts_behind(Number(measure, "township", town, month_of(published.month))).order_by("day").first()
        )
        if fact is not None and any(row["code"] == town for row in published.rows):
            number = Matter.objects.get(id=fact.matter_id).number
            appeal(
                leader, assessment=published, code=town, measure=measure, incident_number=number,
                reason="当天停水停电，不能作业，有供电所通知为证。",
            )  # fmt: skip
            return


def _holder(post_code: str, permission: CommandPermission, area: str) -> Actor:
    """The person in a post, with what the act needs."""
    held = Appointment.objects.select_related("person", "post").get(post_id=post_code)
    grant = Grant(frozenset({permission, GridPermission.READ, CommandPermission.INDICATORS}), area)
    return Actor(
        "staff", None, held.person_id, held.person.name, post_code, held.post.organ_id, (grant,), second_factor=True
    )  # fmt: skip
