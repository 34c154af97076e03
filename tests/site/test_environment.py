"""A setting that cannot be is named in a sentence at the start; nothing is switched off by a word that was not understood."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from yimen.site import backup, health
from yimen.site.cli import main

_COMMAND = ("calendar", "add", "2026-09-28", "10", "working_days")


def said(data: Path, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """What a command says with these settings."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "YIMEN_"))}
    return subprocess.run(
        [sys.executable, "-m", "yimen", *(command or _COMMAND)], capture_output=True, text=True, check=False,
        env={**plain, "YIMEN_DATA": str(data), **settings}, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YIMEN_LEDGER_ALGO", "md5"), ("YIMEN_STREAMS", "x"), ("YIMEN_PROXIES", "-2"), ("YIMEN_FAILURES_PER_NAME", "0"),
        ("YIMEN_LOG", "loud"), ("YIMEN_HTTPS", "yes"), ("YIMEN_DEMO", "true"), ("YIMEN_ADDRESS", "{county}.example"),
        ("YIMEN_TIMESTAMPS", "ftp://there"), ("YIMEN_OIDC_ISSUER", "https://id.example"), ("YIMEN_SECRET_KEY", "s" * 40),
        ("DATABASE_URL", "nonsense"), ("DATABASE_URL", "postgresql://here:99999/yimen"), ("DATABASE_URL", "postgresql://[::1/y"),
    ],
)  # fmt: skip
def test_what_a_setting_cannot_be_is_said_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    answer = said(tmp_path, **{name: value})
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    if name == "YIMEN_OIDC_ISSUER":
        name = "YIMEN_OIDC_CLIENT_ID"
    if name == "YIMEN_SECRET_KEY":
        name = "YIMEN_FIELD_KEY"
    assert name in answer.stderr.replace("\n", " ")


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        ("doctor", {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/y?nope=1"}),
        ("migrate", {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/y", "DATABASE_OWNER_URL": "zzz"}),
    ],
)  # fmt: skip
def test_an_address_that_leads_to_no_database_is_said(
    tmp_path: Path, command: str, settings: dict[str, str]
) -> None:
    answer = said(tmp_path, command, **settings)
    assert (answer.returncode, "Traceback" in answer.stderr) == (2, False)
    assert "DATABASE_OWNER_URL" in answer.stderr.replace("\n", "")


def test_keys_that_are_none_are_said_and_not_repeated(tmp_path: Path) -> None:
    short = said(tmp_path, YIMEN_SECRET_KEY="hush-hush", YIMEN_FIELD_KEY="00" * 32)
    assert (short.returncode, "32 characters" in short.stderr, "hush" in short.stderr) == (2, True, False)
    bad = said(tmp_path, YIMEN_SECRET_KEY="s" * 40, YIMEN_FIELD_KEY="00" * 31 + "zz")
    assert (bad.returncode, "64 hexadecimal" in bad.stderr) == (2, True)
    for content in ("{", "{}", "[]", json.dumps({"secret_key": "s", "field_key": "f"})):
        (tmp_path / "secrets.json").write_text(content)
        broken = said(tmp_path)
        assert broken.returncode == 2
        assert "secrets.json" in broken.stderr.replace("\n", "")


def test_settings_that_are_right_are_taken(tmp_path: Path) -> None:
    answer = said(
        tmp_path, YIMEN_LEDGER_ALGO="sm3", YIMEN_STREAMS="4", YIMEN_HTTPS="1", YIMEN_LOG="INFO", YIMEN_HOSTS=" a.example , b.example",
        YIMEN_ADDRESS="https://{host}", YIMEN_SECRET_KEY="s" * 40, YIMEN_FIELD_KEY=f"{'11' * 32}, {'00' * 32}",
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_doctor_names_folders_and_gateways_that_cannot_be(settings: object, tmp_path: Path) -> None:
    settings.YIMEN_FILES = tmp_path  # type: ignore[attr-defined]
    settings.YIMEN_KEYS = Path("/proc/nowhere")  # type: ignore[attr-defined]
    settings.YIMEN_FONTS = "/nowhere"  # type: ignore[attr-defined]
    settings.YIMEN_SMS_GATEWAY = "no.such.Gateway"  # type: ignore[attr-defined]
    found = [c.do for c in (*health._folders(), *health._gateways())]
    assert [word for each in found for word in each.split() if word.startswith("YIMEN")] == [
        "YIMEN_KEYS", "YIMEN_FONTS", "YIMEN_SMS_GATEWAY"
    ]  # fmt: skip


def test_a_backup_asks_for_every_key_its_data_may_be_sealed_with(settings: object) -> None:
    old, new = "00" * 32, "11" * 32
    settings.FIELD_KEY = old  # type: ignore[attr-defined]
    before = backup.key_marks()
    settings.FIELD_KEY = f"{new}, {old}"  # type: ignore[attr-defined]
    assert backup.key_marks()[1:] == before
    assert len(set(backup.key_marks())) == 2


def test_nobody_asks_for_a_command_without_its_name() -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
