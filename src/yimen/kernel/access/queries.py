"""What those who look after accounts ask: which there are, what each may do and what happened to it. Pages are read by key."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from yimen.kernel.access.accounts import normal_login
from yimen.kernel.access.models import Account, AccountKind, Delegation, MachineKey, RoleGrant
from yimen.kernel.access.roles import roles
from yimen.kernel.access.standing import in_force
from yimen.kernel.calendar.today import now
from yimen.kernel.counties.models import Division
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import GRID_DIGITS, Grid, Person
from yimen.kernel.org.queries import grid_names, names_of

_DIVISION_DIGITS = 12


def accounts_page(search: str = "", after: str = "", size: int = 50) -> tuple[list[Account], str]:
    """Accounts by login, found by login or name, with what each holds or has borrowed now; and the key of the next page."""
    at = now()
    borrowed = Delegation.objects.filter(
        in_force(at), grant__revoked_at__isnull=True, grant__valid__contains=at
    )
    found = (
        Account.objects.select_related("person")
        .prefetch_related(
            Prefetch("role_grants", RoleGrant.objects.filter(in_force(at)).order_by("granted_at", "id")),
            Prefetch("delegations", borrowed.select_related("grant").order_by("delegated_at", "id")),
        )
        .order_by("login")
    )
    if search:
        found = found.filter(Q(login__contains=normal_login(search)) | Q(person__name__contains=search))
    if after:
        found = found.filter(login__gt=after)
    rows = list(found[: size + 1])
    return rows[:size], rows[size - 1].login if len(rows) > size else ""


def account_of(account_id: UUID) -> Account | None:
    """One account with its person."""
    return Account.objects.select_related("person").filter(pk=account_id).first()


def account_with_login(typed: str) -> Account | None:
    """One account by its login as somebody typed it."""
    return Account.objects.filter(login=normal_login(typed)).first()


def grants_of(account_id: UUID) -> QuerySet[RoleGrant]:
    """Every role ever granted to the account, the newest first."""
    return RoleGrant.objects.filter(account_id=account_id).order_by("-granted_at", "-id")


def borrowed_by(account_id: UUID) -> QuerySet[Delegation]:
    """Every role ever lent to the account, the newest first, with whose it is."""
    lent = Delegation.objects.filter(account_id=account_id).select_related("grant__account__person")
    return lent.order_by("-delegated_at", "-id")


def keys_of(account_id: UUID) -> QuerySet[MachineKey]:
    """Every key ever issued to the account, the newest first."""
    return MachineKey.objects.filter(account_id=account_id).order_by("-created_at", "prefix")


def history_of(account_id: UUID, before: int | None = None, most: int = 50) -> list[Entry]:
    """The account's chain, the newest first."""
    entries = Entry.objects.filter(stream=account_id)
    return list((entries.filter(seq__lt=before) if before else entries).order_by("-seq")[:most])


def without_account(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of the people who have no account as staff."""
    return people.exclude(
        pk__in=Account.objects.filter(kind=AccountKind.STAFF, person__isnull=False).values("person_id")
    )


def role_name(code: str) -> str:
    """What a role is called in the reader's language; its code when it is no longer declared."""
    role = roles().get(code)
    return str(role.name) if role else code


def area_names(areas: Iterable[str]) -> dict[str, str]:
    """Area → the name of its division or grid, past ones too; itself when it has none. Three queries at most, however many."""
    asked = set(areas)
    divisions = names_of(Division.objects.filter(code__in={a.ljust(_DIVISION_DIGITS, "0") for a in asked}))
    grids = grid_names(
        Grid.objects.filter(code__in={a for a in asked if len(a) == GRID_DIGITS}).order_by("valid")
    )
    return {a: divisions.get(a.ljust(_DIVISION_DIGITS, "0")) or grids.get(a) or a for a in asked}
