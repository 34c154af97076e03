"""Refresh the third-party browser files under `src/yimen/design/static/vendor` from their npm releases.

For maintainers: `python scripts/vendor.py` packs each release named below with the local `npm pack`, copies
the few files the pages load, and writes `manifest.json` (name, version, licence, SHA-256 of every file).
`python scripts/vendor.py --check` only compares the files with the manifest.

Files are kept as released, but for the trailing source-map comment, which would point to a file that is not
shipped; a file changed that way carries the released file's sum as well.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

VENDOR = Path(__file__).resolve().parent.parent / "src" / "yimen" / "design" / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"
_SOURCE_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*\n?")


@dataclass(frozen=True)
class Release:
    """One npm release and the files taken from it: path inside the package → path under vendor/."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


class FileEntry(TypedDict, total=False):
    """One vendored file in the manifest."""

    path: str
    sha256: str
    released_sha256: str


class PackageEntry(TypedDict):
    """One package in the manifest."""

    name: str
    version: str
    licence: str
    files: list[FileEntry]


RELEASES = (
    Release(
        "bootstrap",
        "5.3.8",
        "MIT",
        {
            "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
            "dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
            "LICENSE": "bootstrap/LICENSE",
        },
    ),
    Release(
        "bootstrap-icons",
        "1.13.2",
        "MIT",
        {
            "font/bootstrap-icons.min.css": "bootstrap-icons/bootstrap-icons.min.css",
            "font/fonts/bootstrap-icons.woff2": "bootstrap-icons/fonts/bootstrap-icons.woff2",
            "font/fonts/bootstrap-icons.woff": "bootstrap-icons/fonts/bootstrap-icons.woff",
            "LICENSE": "bootstrap-icons/LICENSE",
        },
    ),
    Release(
        "htmx.org",
        "2.0.11",
        "0BSD",
        {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    ),
    Release(
        "htmx-ext-sse",
        "2.2.4",
        "0BSD",
        {"dist/sse.min.js": "htmx-ext-sse/sse.min.js", "LICENSE": "htmx-ext-sse/LICENSE"},
    ),
    Release(
        "idiomorph",
        "0.7.4",
        "0BSD",
        {"dist/idiomorph-ext.min.js": "idiomorph/idiomorph-ext.min.js", "LICENSE": "idiomorph/LICENSE"},
    ),
    Release(
        "leaflet",
        "1.9.4",
        "BSD-2-Clause",
        {
            "dist/leaflet.js": "leaflet/leaflet.js",
            "dist/leaflet.css": "leaflet/leaflet.css",
            "dist/images/layers.png": "leaflet/images/layers.png",
            "dist/images/layers-2x.png": "leaflet/images/layers-2x.png",
            "dist/images/marker-icon.png": "leaflet/images/marker-icon.png",
            "dist/images/marker-icon-2x.png": "leaflet/images/marker-icon-2x.png",
            "dist/images/marker-shadow.png": "leaflet/images/marker-shadow.png",
            "LICENSE": "leaflet/LICENSE",
        },
    ),
    Release(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {
            "dist/echarts.common.min.js": "echarts/echarts.common.min.js",
            "LICENSE": "echarts/LICENSE",
            "NOTICE": "echarts/NOTICE",
        },
    ),
)


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def without_source_map(path: str, content: bytes) -> bytes:
    """The file without its source-map comment; other bytes are untouched."""
    return _SOURCE_MAP.sub(b"\n", content) if path.endswith((".js", ".css")) else content


def fetch(release: Release, folder: Path) -> PackageEntry:
    """Pack one release into `folder` and copy its files; raises KeyError when the release lacks one."""
    packed = subprocess.run(
        ["npm", "pack", f"{release.name}@{release.version}", "--silent", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    entries: list[FileEntry] = []
    with tarfile.open(folder / packed) as archive:
        for inside, target in release.files.items():
            member = archive.extractfile(f"package/{inside}")
            if member is None:
                raise KeyError(f"{release.name} {release.version} has no {inside}")
            released = member.read()
            kept = without_source_map(target, released)
            path = VENDOR / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(kept)
            entry: FileEntry = {"path": target, "sha256": sha256(kept)}
            if kept != released:
                entry["released_sha256"] = sha256(released)
            entries.append(entry)
    return {
        "name": release.name,
        "version": release.version,
        "licence": release.licence,
        "files": entries,
    }


def refresh() -> None:
    """Fetch every release and write the manifest."""
    with tempfile.TemporaryDirectory() as folder:
        packages = [fetch(release, Path(folder)) for release in RELEASES]
    MANIFEST.write_text(json.dumps({"packages": packages}, indent=2) + "\n", encoding="utf-8")


def differences() -> list[str]:
    """What differs between the folder and its manifest: changed, missing and unlisted files."""
    packages: list[PackageEntry] = json.loads(MANIFEST.read_text(encoding="utf-8"))["packages"]
    listed = {entry["path"]: entry["sha256"] for package in packages for entry in package["files"]}
    present = {
        path.relative_to(VENDOR).as_posix(): sha256(path.read_bytes())
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }
    return [
        *(f"missing: {path}" for path in sorted(listed.keys() - present.keys())),
        *(f"unlisted: {path}" for path in sorted(present.keys() - listed.keys())),
        *(
            f"changed: {path}"
            for path in sorted(listed.keys() & present.keys())
            if listed[path] != present[path]
        ),
    ]


def main() -> int:
    """Refresh, or check with `--check`; 0 when the files and the manifest agree."""
    parser = argparse.ArgumentParser(description="Refresh or check the vendored browser files.")
    parser.add_argument("--check", action="store_true", help="compare the files with the manifest only")
    if not parser.parse_args().check:
        refresh()
    problems = differences()
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or "vendor files match the manifest\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
