"""A transaction whose broken database constraints come out as refusals in the constraints' own words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import MappingProxyType

import psycopg
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from yimen.kernel.words import Finding, Refusal, Text


@cache
def _sentence(name: str) -> Text | None:
    """What the named constraint says when it is broken, in both languages; None for one without words of its own."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            said = constraint.violation_error_message
            if constraint.name == name and said != constraint.default_violation_error_message:
                with translation.override("zh-hans"):
                    zh = str(said)
                with translation.override("en"):
                    return Text(zh, str(said))
    return None


def one_at_a_time(what: str) -> None:
    """Until the caller's transaction ends, nobody else in this county comes past here for the same thing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '/' || %s))", [what])


@contextmanager
def one_act(findings: Mapping[str, Finding] = MappingProxyType({})) -> Iterator[None]:
    """Everything inside happens or nothing does; a broken named constraint is refused.

    With its finding among `findings`, by the constraint's name, where the act has one; otherwise in the words of the constraint itself.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        name = (cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None) or ""
        if finding := findings.get(name):
            raise Refusal(finding) from error
        sentence = _sentence(name)
        if sentence is None:
            raise
        raise Refusal.of(name, sentence.zh, sentence.en) from error
