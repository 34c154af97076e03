"""A real server on this machine and a real browser before it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where there is one, else Playwright's own."""
    if Path("/usr/bin/chromium").exists():
        return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}
    return browser_type_launch_args


@pytest.fixture
def site(fresh_database: str, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The address of a server on a database of its own."""
    settings.YIMEN_FILES = tmp_path / "files"
    server = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()
