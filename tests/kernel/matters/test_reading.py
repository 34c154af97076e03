"""A page that only looks cannot write: the database itself refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from yimen.kernel.afterwards import afterwards
from yimen.kernel.counties.tenancy import current_county
from yimen.kernel.matters.reading import ReadsAreReadOnly, WorkPutOff
from yimen.kernel.org.models import Person


def view_that_writes(request: HttpRequest) -> HttpResponse:
    """A careless view."""
    Person.objects.update(name="改名")
    return HttpResponse("done")


def view_that_writes_afterwards(request: HttpRequest) -> HttpResponse:
    """A sly view: it puts its writing off until the commit."""
    transaction.on_commit(lambda: Person.objects.update(name="改名"))
    return HttpResponse("done")


def ask(method: str, view: Callable[[HttpRequest], HttpResponse] = view_that_writes) -> Any:
    """Send the careless view, or another, a request."""
    request = getattr(RequestFactory(), method)("/")
    request.county = current_county()
    return ReadsAreReadOnly(view)(request)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_look_that_writes_is_refused_and_nothing_changes(method: str, fresh_database: str) -> None:
    names = set(Person.objects.values_list("name", flat=True))
    with pytest.raises((InternalError, OperationalError), match="read-only"):
        ask(method)
    connection.close()
    connection.set_tenant(current_county())
    assert set(Person.objects.values_list("name", flat=True)) == names


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_look_puts_no_work_off_until_after_its_transaction(method: str, fresh_database: str) -> None:
    names = set(Person.objects.values_list("name", flat=True))
    with pytest.raises(WorkPutOff):
        ask(method, view_that_writes_afterwards)
    assert set(Person.objects.values_list("name", flat=True)) == names
    assert ask("post", view_that_writes_afterwards).status_code == 200
    assert set(Person.objects.values_list("name", flat=True)) == {"改名"}


def test_an_act_may_write_and_a_look_may_read(fresh_database: str) -> None:
    assert ask("post").status_code == 200
    request = RequestFactory().get("/")
    request.county = current_county()  # type: ignore[attr-defined]
    answer = ReadsAreReadOnly(lambda _: HttpResponse(str(Person.objects.count())))(request)
    assert answer.status_code == 200


def test_what_a_look_leaves_is_written_after_it_and_before_the_answer(fresh_database: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        afterwards(request, lambda: Person.objects.update(name="看过"))
        return HttpResponse("seen")

    assert ask("get", view).status_code == 200
    assert set(Person.objects.values_list("name", flat=True)) == {"看过"}
    with pytest.raises(ZeroDivisionError):
        ask("get", lambda request: afterwards(request, lambda: 1 // 0) or HttpResponse("seen"))  # type: ignore[func-returns-value]
