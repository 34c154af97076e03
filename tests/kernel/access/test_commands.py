"""Granting, lending and taking back: who may, who never, and what the ledger keeps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django_otp.oath import hotp
from psycopg.types.range import DateRange

from tests.cast import (
    COUNTY,
    HERE,
    HERE_VILLAGE,
    NOON,
    OFFICE,
    PASSWORD,
    Hired,
    hired,
    house,
    later,
    the_cast,
)
from yimen.kernel.access import commands, second_factor
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.models import Account, Delegation, RoleGrant
from yimen.kernel.access.standing import load_actor, load_standing
from yimen.kernel.calendar.today import frozen, now, today
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Appointment, Person, Substitution
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


def _refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def _as(hire: Hired) -> Actor:
    return load_actor(hire.account_id, second_factor=True)


@pytest.fixture
def security() -> Actor:
    """A security administrator of the county."""
    return _as(hired("anquan", role="security_admin"))


def test_a_granted_role_is_in_force_at_once_and_gone_when_revoked(security: Actor) -> None:
    clerk = hired("shouli")
    grant = commands.grant_role(security, account_id=clerk.account_id, role="command_clerk", area=COUNTY)
    assert [g.role for g in _as(clerk).grants] == ["command_clerk"]
    commands.revoke_role(security, grant_id=grant.id, reason="调岗")
    assert _as(clerk).grants == ()
    assert RoleGrant.objects.filter(pk=grant.id).exists()


@pytest.mark.parametrize("part", ["citizen", "officer", "colleague", "elsewhere", "superior", "stranger"])
def test_nobody_but_the_security_administrator_grants(part: str) -> None:
    actor = dict(the_cast())[part]
    target = hired("mubiao")
    code = _refused(
        lambda: commands.grant_role(actor, account_id=target.account_id, role="command_clerk", area=COUNTY)
    )
    assert code == ("access.sign_in" if part == "citizen" else "access.no_permission")


def test_nobody_grants_to_himself(security: Actor) -> None:
    own = security.account_id
    assert own is not None
    assert (
        _refused(lambda: commands.grant_role(security, account_id=own, role="command_chief", area=COUNTY))
        == "access.not_to_oneself"
    )


def test_nobody_lends_to_himself(security: Actor) -> None:
    chief = hired("zhiban", role="command_chief")
    assert chief.grant is not None
    own, lent = security.account_id, chief.grant.id
    assert own is not None
    assert (
        _refused(
            lambda: commands.delegate(
                security, grant_id=lent, account_id=own, end=later(days=1), reason="代班"
            )
        )
        == "access.not_to_oneself"
    )


@pytest.mark.parametrize("first", ["system_admin", "security_admin", "audit_admin"])
@pytest.mark.parametrize("second", ["system_admin", "security_admin", "audit_admin"])
def test_one_account_never_holds_two_of_the_three_administrators(first: str, second: str) -> None:
    someone = hired("sanyuan", role=first)
    code = _refused(
        lambda: commands.grant_role(house(), account_id=someone.account_id, role=second, area=COUNTY)
    )
    assert code == ("access.already_granted" if first == second else "access.administrators_apart")


def test_an_administrators_role_cannot_be_borrowed_around_the_rule() -> None:
    auditor = hired("shenji", role="audit_admin")
    system = hired("xitong", role="system_admin")
    assert auditor.grant is not None
    grant_id = auditor.grant.id
    assert (
        _refused(
            lambda: commands.delegate(
                house(), grant_id=grant_id, account_id=system.account_id, end=later(days=1), reason="休假"
            )
        )
        == "access.administrators_apart"
    )


def test_a_borrowed_administrators_role_counts_when_another_is_granted() -> None:
    auditor, someone = hired("shenji", role="audit_admin"), hired("dairen")
    assert auditor.grant is not None
    commands.delegate(
        house(), grant_id=auditor.grant.id, account_id=someone.account_id, end=later(days=3), reason="休假"
    )
    assert (
        _refused(
            lambda: commands.grant_role(
                house(), account_id=someone.account_id, role="system_admin", area=COUNTY
            )
        )
        == "access.administrators_apart"
    )


def test_the_database_itself_keeps_the_administrators_apart() -> None:
    someone = hired("sanyuan", role="audit_admin")
    grant = RoleGrant.objects.get(account_id=someone.account_id)
    grant.id, grant.role = uuid4(), "system_admin"
    with pytest.raises(IntegrityError, match="role_grant_administrators_apart"), transaction.atomic():
        grant.save(force_insert=True)


def test_an_administrators_role_may_follow_another_that_has_ended(security: Actor) -> None:
    someone = hired("lungang", role="audit_admin")
    assert someone.grant is not None
    commands.revoke_role(security, grant_id=someone.grant.id, reason="轮岗")
    commands.grant_role(security, account_id=someone.account_id, role="system_admin", area=COUNTY)
    assert [g.role for g in _as(someone).grants] == ["system_admin"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "king"}, "access.no_role"),
        ({"area": "339902"}, "access.elsewhere"),
        ({"area": "3399011"}, "access.area_not_a_code"),
        ({"area": "339901%"}, "access.area_not_a_code"),
        ({"end": NOON - timedelta(days=9999)}, "access.period_wrong"),
        ({"account_id": uuid4()}, "access.no_account"),
        ({"area": HERE_VILLAGE + "999"}, "access.no_grid"),
        ({"start": NOON - timedelta(days=9999)}, "access.begins_before"),
        ({"role": "department_handler"}, "access.organ_missing"),
        ({"role": "department_head", "area": HERE}, "access.organ_missing"),
        ({"role": "county_approver"}, "access.organ_missing"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(security: Actor, given: dict[str, Any], code: str) -> None:
    target = hired("mubiao")
    asked: dict[str, Any] = {
        "account_id": target.account_id,
        "role": "command_clerk",
        "area": COUNTY,
        **given,
    }
    assert _refused(lambda: commands.grant_role(security, **asked)) == code


def test_a_grant_in_another_county_is_refused_even_to_one_who_could() -> None:
    target = hired("mubiao")
    wide = Actor.system(
        "跨县", *house().grants, house().grants[0].__class__(house().grants[0].permissions, "339902")
    )
    assert (
        _refused(
            lambda: commands.grant_role(
                wide, account_id=target.account_id, role="command_clerk", area="339902"
            )
        )
        == "access.area_outside"
    )


def test_a_delegation_holds_from_its_start_to_its_end_and_no_longer() -> None:
    chief, deputy = hired("zhiban", role="command_chief"), hired("daiban")
    assert chief.grant is not None
    start, end = later(hours=1), later(hours=9)
    commands.delegate(
        house(), grant_id=chief.grant.id, account_id=deputy.account_id, start=start, end=end, reason="出差"
    )
    second = timedelta(seconds=1)
    in_force = {}
    for at in (start - second, start, end - second, end):
        with frozen(at):
            in_force[at] = [g.role for g in _as(deputy).grants]
    assert list(in_force.values()) == [[], ["command_chief"], ["command_chief"], []]


def test_a_delegation_is_not_backdated() -> None:
    chief, deputy = hired("zhiban", role="command_chief"), hired("daiban")
    assert chief.grant is not None
    lending = {"grant_id": chief.grant.id, "account_id": deputy.account_id, "reason": "出差"}
    refused = _refused(
        lambda: commands.delegate(house(), **lending, start=later(hours=-1), end=later(days=1))
    )
    assert refused == "access.begins_before"


def test_a_delegation_ends_early_when_revoked_and_the_lender_keeps_the_role() -> None:
    chief, deputy = hired("zhiban", role="command_chief"), hired("daiban")
    assert chief.grant is not None
    lent = commands.delegate(
        house(), grant_id=chief.grant.id, account_id=deputy.account_id, end=later(days=9), reason="出差"
    )
    commands.revoke_delegation(house(), delegation_id=lent.id, reason="提前回来")
    assert _as(deputy).grants == ()
    assert [g.role for g in _as(chief).grants] == ["command_chief"]
    assert _refused(lambda: commands.revoke_delegation(house(), delegation_id=lent.id, reason="再来")) == (
        "access.not_in_force"
    )


@pytest.mark.parametrize("lost", ["grant revoked", "lender closed", "lender left the post"])
def test_what_the_lender_loses_the_borrower_loses_too(lost: str) -> None:
    chief, deputy = hired("zhiban", posts=("zhihui-1",)), hired("daiban")
    grant = commands.grant_role(
        house(), account_id=chief.account_id, role="command_chief", area=COUNTY, post_code="zhihui-1"
    )
    commands.delegate(
        house(), grant_id=grant.id, account_id=deputy.account_id, end=later(days=9), reason="出差"
    )
    assert [g.role for g in _as(deputy).grants] == ["command_chief"]
    if lost == "grant revoked":
        commands.revoke_role(house(), grant_id=grant.id, reason="免职")
    elif lost == "lender closed":
        commands.deactivate(house(), account_id=chief.account_id, reason="离职")
    else:
        Appointment.objects.filter(person_id=chief.person_id).update(
            valid=DateRange(date(2020, 1, 1), today())
        )
    assert _as(deputy).grants == ()


def test_what_is_borrowed_cannot_be_lent_on(security: Actor) -> None:
    chief, deputy, third = hired("zhiban", role="command_chief"), hired("daiban"), hired("disan")
    assert chief.grant is not None
    lent = commands.delegate(
        security, grant_id=chief.grant.id, account_id=deputy.account_id, end=later(days=9), reason="出差"
    )
    assert (
        _refused(
            lambda: commands.delegate(
                security, grant_id=lent.id, account_id=third.account_id, end=later(days=1), reason="转借"
            )
        )
        == "access.not_in_force"
    )
    assert Delegation.objects.filter(account_id=third.account_id).count() == 0


def test_a_delegation_needs_a_reason_and_an_end_in_the_future(security: Actor) -> None:
    chief, deputy = hired("zhiban", role="command_chief"), hired("daiban")
    assert chief.grant is not None
    asked: dict[str, Any] = {"grant_id": chief.grant.id, "account_id": deputy.account_id}
    assert _refused(lambda: commands.delegate(security, **asked, end=later(days=1), reason=" ")) == (
        "access.reason_missing"
    )
    assert _refused(lambda: commands.delegate(security, **asked, end=later(days=-1), reason="晚了")) == (
        "access.period_wrong"
    )


def test_a_role_limited_to_a_post_holds_only_while_acting_in_it() -> None:
    someone = hired("shuanggang", posts=("a-post", "b-post"))
    commands.grant_role(
        house(), account_id=someone.account_id, role="command_clerk", area=COUNTY, post_code="b-post"
    )
    assert load_actor(someone.account_id, "a-post", second_factor=True).grants == ()
    there = load_actor(someone.account_id, "b-post", second_factor=True)
    assert (there.post, [g.role for g in there.grants]) == ("b-post", ["command_clerk"])


def test_a_post_no_longer_held_is_not_acted_in() -> None:
    someone = hired("yidong", posts=("a-post", "b-post"))
    Appointment.objects.filter(post_id="b-post").update(valid=DateRange(date(2020, 1, 1), today()))
    assert load_actor(someone.account_id, "b-post", second_factor=True).post == "a-post"


def test_a_substitute_may_act_in_the_absent_holders_post_without_her_rights() -> None:
    holder, substitute = hired("benren", posts=("a-post",)), hired("dinggang", posts=("b-post",))
    appointment = Appointment.objects.get(person_id=holder.person_id)
    Substitution.objects.create(
        id=uuid4(), appointment=appointment, substitute_id=substitute.person_id, reason="产假",
        valid=(date(2020, 1, 1), None),
    )  # fmt: skip
    commands.grant_role(
        house(), account_id=holder.account_id, role="command_clerk", area=COUNTY, post_code="a-post"
    )
    actor = load_actor(substitute.account_id, "a-post", second_factor=True)
    assert (actor.post, actor.grants) == ("a-post", ())
    assert load_actor(substitute.account_id, second_factor=True).post == "b-post"


def test_every_act_on_rights_is_in_the_accounts_chain(security: Actor) -> None:
    clerk = hired("shouli")
    grant = commands.grant_role(security, account_id=clerk.account_id, role="command_clerk", area=COUNTY)
    commands.revoke_role(security, grant_id=grant.id, reason="调岗")
    entries = list(Entry.objects.filter(stream=clerk.account_id).order_by("seq"))
    assert [e.act for e in entries] == ["access.create_account", "access.grant_role", "access.revoke_role"]
    assert [e.account_id for e in entries] == [None, security.account_id, security.account_id]
    assert "调岗" in entries[-1].payload


def test_a_refused_act_leaves_no_trace_of_having_happened(security: Actor) -> None:
    clerk = hired("shouli", role="command_clerk")
    before = Entry.objects.count()
    _refused(
        lambda: commands.grant_role(security, account_id=clerk.account_id, role="command_clerk", area=COUNTY)
    )
    assert (Entry.objects.count(), RoleGrant.objects.filter(account_id=clerk.account_id).count()) == (
        before,
        1,
    )


def test_no_password_or_key_is_ever_in_the_ledger(security: Actor) -> None:
    clerk = hired("shouli")
    commands.reset_password(security, account_id=clerk.account_id, password="One-Time-Word-77")
    machine = commands.create_account(security, login="rexian", kind="machine")
    key = commands.issue_machine_key(security, account_id=machine.id, label="热线")
    kept = "".join(Entry.objects.values_list("payload", flat=True))
    assert "One-Time-Word-77" not in kept
    assert PASSWORD not in kept
    assert key.key not in kept


def test_a_grant_for_an_organ_and_area_arrives_in_the_actor() -> None:
    handler = hired("chuzhi", role="department_handler", area=HERE, organ=OFFICE, only_for_organ=True)
    grant = _as(handler).grants[0]
    assert (grant.area, grant.organ, grant.until) == (HERE, OFFICE, None)


def test_staff_carry_no_grants_before_their_second_factor() -> None:
    chief = hired("zhiban", role="command_chief")
    assert load_actor(chief.account_id).grants == ()


def test_standing_takes_one_query_however_many_grants(django_assert_num_queries: Any) -> None:
    chief = hired("zhiban", posts=("p1", "p2", "p3"))
    for role in ("command_chief", "command_clerk", "command_dispatcher", "window_clerk"):
        commands.grant_role(house(), account_id=chief.account_id, role=role, area=COUNTY)
    lender = hired("jiechu", role="grid_leader", area=HERE)
    assert lender.grant is not None
    commands.delegate(
        house(), grant_id=lender.grant.id, account_id=chief.account_id, end=later(days=1), reason="代班"
    )
    with django_assert_num_queries(1):
        standing = load_standing(chief.account_id, second_factor=True)
    assert standing is not None
    assert len(standing.actor.grants) == 5
    assert len(standing.posts) == 3
    assert standing.has_second_factor


def test_a_closed_account_makes_no_actor(security: Actor) -> None:
    leaver = hired("lizhi", role="command_clerk")
    commands.deactivate(security, account_id=leaver.account_id, reason="离职")
    assert _refused(lambda: _as(leaver)) == "access.account_closed"
    commands.reactivate(security, account_id=leaver.account_id, reason="返聘")
    assert [g.role for g in _as(leaver).grants] == ["command_clerk"]


def test_a_temporary_account_ends_by_itself(security: Actor) -> None:
    person = Person.objects.create(id=uuid4(), name="临时人员")
    account = commands.create_account(
        security,
        login="linshi",
        kind="staff",
        person_id=person.id,
        password=PASSWORD,
        valid_until=NOON.date(),
    )
    with frozen(NOON):
        assert load_actor(account.id).account_id == account.id
    with frozen(NOON + timedelta(days=1)):
        assert _refused(lambda: load_actor(account.id)) == "access.account_closed"


@pytest.mark.parametrize("login", ["zhangsan", " ZhangSan ", "ｚｈａｎｇｓａｎ"])
def test_a_login_is_taken_in_any_case_and_width(security: Actor, login: str) -> None:
    hired("zhangsan")
    person = Person.objects.create(id=uuid4(), name="另一人")
    assert (
        _refused(
            lambda: commands.create_account(
                security, login=login, kind="staff", person_id=person.id, password=PASSWORD
            )
        )
        == "access.login_taken"
    )


def test_a_member_of_staff_has_one_account(security: Actor) -> None:
    first = hired("zhangsan")
    assert (
        _refused(
            lambda: commands.create_account(
                security, login="zhangsan2", kind="staff", person_id=first.person_id, password=PASSWORD
            )
        )
        == "access.person_has_account"
    )


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Short-1", "access.password_too_short"),
        ("onlysmallletters", "access.password_not_mixed"),
        ("Lisi-Lisi-01", "access.password_too_similar"),
    ],
)
def test_a_weak_password_is_refused_in_both_languages(security: Actor, password: str, code: str) -> None:
    person = Person.objects.create(id=uuid4(), name="李四")
    with pytest.raises(Refusal) as refusal:
        commands.create_account(
            security, login="lisi-lisi-0", kind="staff", person_id=person.id, password=password
        )
    finding = next(f for f in refusal.value.findings if f.code == code)
    assert finding.sentence.zh != finding.sentence.en
    assert finding.field == "new_password"


def test_a_reset_password_must_be_changed_and_loses_the_telephone_when_asked(security: Actor) -> None:
    forgetful = hired("jianwang")
    commands.reset_password(
        security, account_id=forgetful.account_id, password="One-Time-Word-77", also_second_factor=True
    )
    standing = load_standing(forgetful.account_id)
    assert standing is not None
    assert (standing.must_change_password, standing.has_second_factor) == (True, False)


def test_changing_ones_own_password_needs_the_current_one() -> None:
    someone = hired("gaimi")
    actor = _as(someone)
    assert (
        _refused(lambda: commands.change_own_password(actor, current="wrong", new="Another-Bridge-10"))
        == "access.password_wrong"
    )
    commands.change_own_password(actor, current=PASSWORD, new="Another-Bridge-10")
    assert Account.objects.get(pk=someone.account_id).check_password("Another-Bridge-10")


def test_there_is_no_way_to_make_a_superuser() -> None:
    assert not hasattr(Account.objects, "create_superuser")
    assert not hasattr(Account, "is_superuser")
    assert not hasattr(Account, "has_perm")


def test_the_code_that_bound_a_telephone_signs_nobody_in() -> None:
    account = hired("xinren", role="window_clerk").account_id
    second_factor.remove_second_factor(account)
    secret = second_factor.new_secret()
    code = f"{hotp(bytes.fromhex(secret), int(now().timestamp()) // second_factor.STEP_SECONDS):06d}"
    commands.enrol_second_factor(load_actor(account), secret=secret, code=code)
    assert _refused(lambda: second_factor.verify(account, code)) == "access.code_wrong"
