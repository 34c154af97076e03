"""The repository itself keeps the rules of the house."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.cast import hired, signed_in
from yimen.faces.console.acts_in_words import REGISTER_ACTS
from yimen.faces.console.presenting import act_mark
from yimen.faces.portal.presenting import step_mark
from yimen.kernel.procedure import registry

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yimen"
OPEN_DOORS = {
    "sign_in",
    "locked_out",
    "enrol_second_factor",
    "verify_second_factor",
    "change_password",
    "backup_codes",
    "sign_out",
}
NOBODY = UUID(int=0)
VALUES = {"uuid": NOBODY, "int": 1, "slug": "nothing", "str": "nothing"}


def _own_models() -> list[type]:
    return [m for m in apps.get_models() if m.__module__.startswith("yimen.")]


@pytest.mark.parametrize("model", _own_models(), ids=lambda m: m.__name__)
def test_a_foreign_key_points_into_its_own_domain_or_the_kernel(model: type) -> None:
    home = ".".join(model.__module__.split(".")[:3])
    for field in model._meta.get_fields():  # type: ignore[attr-defined]
        if isinstance(field, ForeignKey):
            target = field.related_model.__module__  # type: ignore[union-attr]
            assert target.startswith((home, "yimen.kernel.", "django_tenants")), f"{model} → {target}"


@pytest.mark.parametrize("model", _own_models(), ids=lambda m: m.__name__)
def test_no_key_leads_from_a_county_into_another_schema(model: type) -> None:
    """Citus knows no keys between distributed schemas; ours lead inside the county only."""
    shared = {"yimen.kernel.counties", "yimen.kernel.calendar"}
    here = ".".join(model.__module__.split(".")[:3]) in shared
    for field in model._meta.get_fields():  # type: ignore[attr-defined]
        if isinstance(field, ForeignKey):
            there = ".".join(field.related_model.__module__.split(".")[:3]) in shared  # type: ignore[union-attr]
            assert here == there


@pytest.mark.usefixtures("db")
def test_a_county_has_what_a_distributed_schema_may_have() -> None:
    """Citus refuses triggers on distributed tables, and a sequence that counties share would tie them to one node."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        assert cursor.fetchall() == []
        cursor.execute(
            """SELECT c.oid::regclass::text, n.nspname, s.oid::regclass::text
               FROM pg_depend d
               JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
               JOIN pg_class c ON c.oid = d.refobjid
               JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE s.relnamespace <> c.relnamespace"""
        )
        assert cursor.fetchall() == []
        cursor.execute(
            """SELECT table_schema, table_name, column_default FROM information_schema.columns
               WHERE table_schema IN ('yunxi', 'shiqiao') AND column_default LIKE 'nextval%%'
                 AND column_default LIKE '%%public.%%'"""
        )
        assert cursor.fetchall() == []


def test_every_template_is_used() -> None:
    named = "\n".join(p.read_text(encoding="utf-8") for p in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")])
    built = re.compile(r"components/(\w+)/\1\.html$|signin/\w+\.html$|error|\d{3}")
    unused = []
    for path in SOURCE.rglob("templates/**/*.html"):
        name = str(path).partition("templates/")[2]
        if f'"{name}"' not in named and f"'{name}'" not in named and not built.search(name):
            unused.append(name)
    assert unused == []


def test_no_registry_or_machine_is_named_in_the_repository() -> None:
    hosts = re.compile(
        r"https?://[^/\s\"']*(pypi|npmjs|mirrors?|registry|artifact|nexus)[^/\s\"']*", re.IGNORECASE
    )
    for path in [
        *ROOT.glob("*.*"),
        *ROOT.glob("requirements/*"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "Makefile",
    ]:
        if path.is_file() and path.suffix not in (".png", ".jpg"):
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), path


def _pages(resolver: URLResolver, space: str = "") -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            found += _pages(each, f"{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern) and each.name:
            given = {k: VALUES.get(_kind(str(each.pattern), k), "nothing") for k in each.pattern.converters}
            found.append((space + each.name, given))
    return found


def _kind(pattern: str, name: str) -> str:
    match = re.search(rf"<(\w+):{name}>", pattern)
    return match[1] if match else "str"


CONSOLE = [(n, g) for n, g in _pages(get_resolver()) if n.startswith("console:")]


def test_the_console_has_pages_to_look_at() -> None:
    assert len(CONSOLE) > 30


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("name", "given"), CONSOLE, ids=[n for n, _ in CONSOLE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_console_page_opens_to_the_public(name: str, given: dict[str, object], method: str) -> None:
    if name.partition(":")[2] in OPEN_DOORS:
        return
    answer = getattr(Client(headers={"host": "localhost"}), method)(reverse(name, kwargs=given))
    assert answer.status_code in (302, 401, 403, 405), name
    if answer.status_code == 302:
        assert "/sign-in/" in answer["Location"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("name", "given"), CONSOLE, ids=[n for n, _ in CONSOLE])
def test_somebody_without_any_role_sees_nothing_of_anybody(name: str, given: dict[str, object]) -> None:
    if name.partition(":")[2] in OPEN_DOORS:
        return
    answer = signed_in(hired("newcomer")).get(reverse(name, kwargs=given))
    own = {"my_work", "matters", "my_account", "calendar", "report", "classes", "limits"}
    assert answer.status_code in (403, 404, 405) or name.partition(":")[2] in own, (name, answer.status_code)


def test_every_step_and_public_state_has_its_mark_in_the_story() -> None:
    procedures = registry.all_versions()
    assert {s.code for p in procedures for s in p.steps if act_mark(s.code)[0] == "dot"} == set()
    public = {s.code for p in procedures if p.code in ("incident", "service") for s in p.states}
    assert {code for code in public if not step_mark(code)[0]} == {"imported"} & public


def test_every_setting_of_the_environment_is_documented_and_every_documented_one_is_read() -> None:
    name = r"((?:YIMEN|DATABASE)_[A-Z_]+)"
    code = "\n".join(p.read_text(encoding="utf-8") for p in SOURCE.rglob("*.py"))
    readers = r"environ(?:\.get\(|\[)|environment\.(?:number|one_of|is_on|web_address|words)\("
    read = set(re.findall(rf"(?:{readers})\s*\"{name}\"", code))
    for together in re.findall(r"environment\.all_or_none\(\(([^)]*)\)\)", code):
        read |= set(re.findall(rf"\"{name}\"", together))
    told = set(re.findall(rf"`{name}\b", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")))
    assert "YIMEN_DATA" in read
    assert (read - told - {"YIMEN_TESTING"}, told - read) == (set(), set())


def test_every_link_of_the_documents_leads_to_a_file() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    gone = [
        (page.name, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert not gone


def _acts_recorded() -> Iterator[str]:
    """The acts that the source names when it records an entry (`note(actor, stream, act, …)`, `record(act=…)`)."""
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            named = (
                [k.value for k in call.keywords if k.arg == "act"] if name in ("record", "make_entry") else []
            )
            named += call.args[2:3] if name == "note" else []
            yield from (a.value for a in named if isinstance(a, ast.Constant) and isinstance(a.value, str))


def test_every_act_of_the_ledger_has_words() -> None:
    recorded = set(_acts_recorded())
    assert len(recorded) > 50
    assert recorded - REGISTER_ACTS.keys() == set()


def test_every_decision_is_listed_by_its_title() -> None:
    folder = ROOT / "docs" / "adr"
    titles = {
        p.name: p.read_text(encoding="utf-8").split("\n", 1)[0].partition(". ")[2]
        for p in folder.glob("0*.md")
    }
    listed = re.findall(
        r"^- \[\d+\]\(([\w.-]+)\) (.*)$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert dict(listed) == titles
    assert listed == sorted(listed)
