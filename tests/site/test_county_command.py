"""A real county is set up whole or not at all, and its administrators can begin."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from tests.site.test_cli import sources
from yimen.domains.catalogue.api import items
from yimen.domains.grid import api as grid
from yimen.domains.grid.models import DutyRule, IncidentClass
from yimen.kernel.access.actors import Actor
from yimen.kernel.access.models import Account, RoleGrant
from yimen.kernel.counties import divisions
from yimen.kernel.counties.models import County, CountyHost, Division
from yimen.kernel.counties.tenancy import in_county, stand_in_public
from yimen.kernel.ledger.models import Entry
from yimen.kernel.org.models import Organ
from yimen.kernel.words import Refusal
from yimen.site import founding, postgres, seeds
from yimen.site.cli import main, ready

ADMINISTRATORS = {"system_admin": "张三", "security_admin": "李四", "audit_admin": "王五"}
SONGYANG: dict[str, Any] = {
    "schema": "songyang", "code": "331124", "name_en": "Songyang County", "hosts": ("songyang.example",),
    "administrators": ADMINISTRATORS, "lng": 119.48, "lat": 28.45,
}  # fmt: skip
WORDS = ["--code", "331124", "--schema", "songyang", "--name-en", "Songyang County", "--host", "songyang.example",
         "--system-admin", "张三", "--security-admin", "李四", "--audit-admin", "王五"]  # fmt: skip
SQUARE = [[119.2, 28.2], [119.8, 28.2], [119.8, 28.7], [119.2, 28.7], [119.2, 28.2]]


@pytest.fixture
def ground(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of the test's own with its owner's address; gives that."""
    address = postgres.start(Path(ready.data_folder())).url(postgres.OWNER, fresh_database)
    monkeypatch.setenv("DATABASE_OWNER_URL", address)
    monkeypatch.setattr(ready, "database", nullcontext)
    stand_in_public()
    yield address
    stand_in_public()


@pytest.fixture
def published(ground: str, tmp_path: Path) -> str:
    """The country's divisions, few of them, as published."""
    towns, villages = sources(tmp_path / "divisions")
    rows = divisions.united(
        divisions.read_civil_affairs(Path(towns)), divisions.read_statistics(Path(villages))
    )
    divisions.import_divisions(rows)
    return ground


def _found(**other: Any) -> founding.Founded:
    return founding.found_county(founding.NewCounty(**{**SONGYANG, **other}))


def _left_over(owner: str) -> list[str]:
    """What a county that was not set up has left behind."""
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'song%'").fetchall()
        rows += connection.execute("SELECT name FROM counties_county WHERE code = '331124'").fetchall()
        rows += connection.execute("SELECT domain FROM counties_host WHERE domain LIKE 'song%'").fetchall()
    return [name for (name,) in rows]


def test_a_county_begins_with_organs_classes_duties_items_and_three_administrators(published: str) -> None:
    founded = _found(hosts=("songyang.example", "two.example"))
    assert founded.name == "松阳县"
    county = County.objects.get(schema_name="songyang")
    assert (county.province, county.name_en) == ("浙江省", "Songyang County")
    assert list(
        CountyHost.objects.filter(tenant=county, is_primary=True).values_list("domain", flat=True)
    ) == ["songyang.example"]
    assert Division.objects.get(code="331124000000").name_en == "Songyang County"
    with in_county("songyang"):
        organs = dict(Organ.objects.values_list("code", "name"))
        assert organs["command"] == "县综合指挥中心"
        assert organs["331124001"] == "西屏街道办事处"
        assert organs["331124001001"] == "要津社区居民委员会"
        assert "331124400" not in organs, "a development zone has no government"
        assert Organ.objects.get(code="331124400001").parent_code == "command"
        assert set(seeds.DEPARTMENTS) <= organs.keys()
        assert IncidentClass.objects.count() == founded.counts["classes"] == DutyRule.objects.count()
        named = {r.organ_code for r in DutyRule.objects.all()} - {grid.TOWNSHIP}
        assert named <= organs.keys()
        assert len(items()) == founded.counts["items"]
        held = dict(RoleGrant.objects.values_list("account__login", "role"))
        assert {founding.LOGINS[role]: role for role in ADMINISTRATORS} == held
        assert Account.objects.filter(must_change_password=True).count() == len(held)
        assert {
            a.login: Account.objects.get(login=a.login).check_password(a.password)
            for a in founded.administrators
        } == dict.fromkeys(held, True)
        assert set(
            Entry.objects.filter(act__in=("access.create_account", "access.grant_role")).values_list(
                "who_name", flat=True
            )
        ) == {founding.HOUSE}
    with psycopg.connect(published) as owner:
        mark = owner.execute("SELECT obj_description('songyang'::regnamespace, 'pg_namespace')").fetchone()
        assert mark == (None,)


def test_an_administrator_is_let_in_only_to_change_the_password(published: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["songyang.example"]
    settings.YIMEN_DEMO = False
    told = next(a for a in _found().administrators if a.role == "security_admin")
    browser = Client(headers={"host": "songyang.example"})
    answer = browser.post(
        "/console/sign-in/", {"username": told.login, "password": told.password}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/console/sign-in/telephone/", "a telephone is bound first"
    assert browser.get("/console/accounts/").status_code in (302, 403)


_REFUSED = (
    ({"code": "330100"}, "county.code"),
    ({"code": "331100"}, "county.code"),
    ({"code": "33112"}, "county.code"),
    ({"schema": "public"}, "county.schema"),
    ({"schema": "Song-yang"}, "county.schema"),
    ({"schema": "yunxi"}, "county.schema"),
    ({"hosts": ("localhost",)}, "county.host"),
    ({"hosts": ("http://songyang",)}, "county.host"),
    ({"hosts": ()}, "county.host"),
    ({"hosts": ("a.example", "a.example")}, "county.host"),
    ({"lng": 28.45, "lat": 119.48}, "county.centre"),
    ({"lng": None, "lat": None}, "county.centre"),
    ({"lng": None}, "county.centre"),
    ({"name_en": " "}, "county.name_en"),
    ({"administrators": {**ADMINISTRATORS, "audit_admin": ""}}, "county.audit_admin"),
)


def test_what_cannot_be_is_refused_and_nothing_is_left(published: str) -> None:
    for change, code in _REFUSED:
        with pytest.raises(Refusal) as refused:
            _found(**change)
        assert code in {f.code for f in refused.value.findings}, change
        assert _left_over(published) == [], change
    with pytest.raises(Refusal) as refused:
        _found(schema="public", hosts=("localhost",), lng=0.0)
    assert {f.code for f in refused.value.findings} == {"county.schema", "county.host", "county.centre"}


def test_a_county_is_set_up_once(published: str) -> None:
    _found()
    with pytest.raises(Refusal) as refused:
        _found()
    assert {f.code for f in refused.value.findings} == {"county.code", "county.schema", "county.host"}
    with in_county("songyang"):
        assert Account.objects.count() == len(ADMINISTRATORS)


def test_without_divisions_the_command_that_imports_them_is_named(
    ground: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["county", "add", *WORDS, "--lng", "119.48", "--lat", "28.45"]) == 1
    said = capsys.readouterr().err
    assert "yimen import divisions" in said
    assert "No county was set up." in said
    assert _left_over(ground) == []


def test_what_breaks_on_the_way_leaves_no_county_and_the_next_try_goes_well(
    published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(seeds, "lay_items", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            _found()
    assert _left_over(published) == []
    with psycopg.connect(published) as owner:
        owner.execute("CREATE SCHEMA songyang")
    with pytest.raises(Refusal) as refused:
        _found()
    assert refused.value.code == "county.schema"
    with psycopg.connect(published) as owner:
        assert owner.execute("SELECT to_regnamespace('songyang') IS NOT NULL").fetchone() == (True,)
        owner.execute(f"COMMENT ON SCHEMA songyang IS '{founding._UNFINISHED}'")
    assert _found().counts["organs"] > 0


def _geojson(path: Path, ring: list[list[float]], kind: str = "Polygon") -> Path:
    shape = {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def test_a_boundary_that_does_not_hold_is_refused_with_why(
    published: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bow = [[119.2, 28.2], [119.8, 28.7], [119.8, 28.2], [119.2, 28.7], [119.2, 28.2]]
    swapped = [[y, x] for x, y in SQUARE]
    (tmp_path / "x").write_text("nonsense")
    for file, words in (
        (_geojson(tmp_path / "bow", bow), "Self-intersection"),
        (_geojson(tmp_path / "swapped", swapped), "longitude comes first"),
        (_geojson(tmp_path / "line", SQUARE, "LineString"), "has no polygon"),
        (tmp_path / "x", "is no GeoJSON"),
        (tmp_path / "nowhere", "nowhere"),
    ):
        assert main(["county", "add", *WORDS, "--boundary", str(file)]) == 1
        assert words in capsys.readouterr().err
    file = _geojson(tmp_path / "square", SQUARE)
    assert main(["county", "add", *WORDS, "--boundary", str(file), "--lng", "118", "--lat", "28.4"]) == 1
    assert "outside of the boundary" in capsys.readouterr().err
    assert _left_over(published) == []


def test_a_county_with_a_boundary_needs_no_centre_and_is_listed(
    published: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _geojson(tmp_path / "square", SQUARE)
    assert main(["county", "add", *WORDS, "--boundary", str(file), "--json"]) == 0
    caught = capsys.readouterr()
    told = json.loads(caught.out)
    assert [a["login"] for a in told["administrators"]] == ["system-admin", "security-admin", "audit-admin"]
    assert len({a["password"] for a in told["administrators"]}) == len(ADMINISTRATORS)
    assert "YIMEN_HOSTS" in caught.err
    assert main(["county", "list", "--json"]) == 0
    found = next(c for c in json.loads(capsys.readouterr().out) if c["schema"] == "songyang")
    assert found["hosts"] == ["songyang.example"]
    assert (round(found["lng"], 3), round(found["lat"], 3), found["has_boundary"]) == (119.5, 28.45, True)


def test_what_is_missing_is_named(ground: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["county", "add", "--code", "331124"]) == 2
    said = capsys.readouterr().err
    for option in ("--schema", "--host", "--lng (or --boundary)", "--audit-admin"):
        assert option in said


@pytest.mark.parametrize(
    ("published_name", "committee"),
    [("要津社区居委会", "要津社区居民委员会"), ("古市社区", "古市社区居民委员会"), ("西坑村", "西坑村村民委员会"),
     ("筏铺村委会", "筏铺村民委员会"), ("北山村村民委员会", "北山村村民委员会"), ("某林场生活区", "某林场生活区")],
)  # fmt: skip
def test_a_committee_is_called_by_its_right_name(published_name: str, committee: str) -> None:
    assert seeds.committee_name(published_name) == committee


def test_the_house_is_no_person() -> None:
    assert Actor.system(founding.HOUSE).who().person_id is None
