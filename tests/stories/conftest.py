"""A real server on this machine and a real browser before it."""

from pathlib import Path
from typing import Any

import pytest

from tests.site_fixture import site

__all__ = ["site"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where there is one, else Playwright's own."""
    if Path("/usr/bin/chromium").exists():
        return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}
    return browser_type_launch_args
