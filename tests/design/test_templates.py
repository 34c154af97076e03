"""Templates carry neither style nor script of their own, and every component says how it is used."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "yimen"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
COMPONENTS = sorted(p for p in (SOURCE / "design/templates/components").iterdir() if p.is_dir())
OWN = (
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style of its own"),
    (re.compile(r"<style\b", re.IGNORECASE), "a style sheet of its own"),
    (re.compile(r"\son(?!ly\b)[a-z]+\s*=", re.IGNORECASE), "a handler of its own"),
    (re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE), "a script of its own"),
    (re.compile(r"(src|href)\s*=\s*[\"']?(https?:)?//", re.IGNORECASE), "something from another host"),
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_template_carries_no_style_or_script_and_names_no_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for pattern, what in OWN:
        assert not pattern.search(text), f"{path.name} has {what}"


@pytest.mark.parametrize("folder", COMPONENTS, ids=lambda p: p.name)
def test_a_component_has_its_readme(folder: Path) -> None:
    assert (folder / "README.md").exists() or (folder / "readme.md").exists()
