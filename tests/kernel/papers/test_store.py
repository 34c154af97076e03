"""Uploads are judged by what they are, kept unchanged, and pictured without what they say of their owner."""

import hashlib
import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.papers.models import Paper
from yimen.kernel.papers.store import MOST_BYTES, altered, keep_upload, path_of
from yimen.kernel.words import Refusal

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """A files folder of the test's own."""
    settings.YIMEN_FILES = tmp_path / "files"
    assert isinstance(settings.YIMEN_FILES, Path)
    return settings.YIMEN_FILES


def photo(size: tuple[int, int] = (64, 48), exif: Image.Exif | None = None, kind: str = "JPEG") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def keep(content: bytes, name: str = "photo.jpg") -> Paper:
    """Keep an upload."""
    return keep_upload(SimpleUploadedFile(name, content, "image/jpeg"), by=None)


def test_a_photo_of_very_many_passes_is_refused_before_any_is_made() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48)).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    assert keep(whole).width == 64
    last = whole[whole.rfind(b"\xff\xda") : -2]
    with pytest.raises(Refusal) as refused:
        keep(whole[:-2] + last * 200_000 + whole[-2:])
    assert refused.value.code == "paper.scans"


def taken(when: datetime, lat: float, lng: float, lat_ref: str = "N", lng_ref: str = "E") -> Image.Exif:
    """What a telephone writes into a photo."""
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: f"{when:%Y:%m:%d %H:%M:%S}"}
    gps: dict[int, object] = {}
    for ref, value, direction, degrees in (
        (ExifTags.GPS.GPSLatitudeRef, ExifTags.GPS.GPSLatitude, lat_ref, lat),
        (ExifTags.GPS.GPSLongitudeRef, ExifTags.GPS.GPSLongitude, lng_ref, lng),
    ):
        gps[ref] = direction
        whole = int(degrees)
        gps[value] = (Fraction(whole), Fraction(round((degrees - whole) * 60 * 1000), 1000), Fraction(0))
    exif[ExifTags.IFD.GPSInfo] = gps
    return exif


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>alert(1)</script></html>", "paper.kind"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "paper.kind"),
        (b"MZ" + b"\0" * 200, "paper.kind"),
        (b"GIF89a" + b"\0" * 40, "paper.kind"),
        (b"just words", "paper.kind"),
        (b"", "paper.empty"),
        (b"\xff\xd8\xff" + b"\0" * (MOST_BYTES + 1), "paper.too_large"),
        (photo()[:200], "paper.damaged"),
        (b"\xff\xd8\xff\xe0" + b"junk" * 50, "paper.damaged"),
        (bomb(), "paper.pixels"),
    ],
    ids=["html", "svg", "exe", "gif", "text", "empty", "huge", "truncated", "jpeg head only", "bomb"],
)
def test_what_is_not_an_allowed_file_is_refused_and_nothing_kept(
    content: bytes, code: str, folder: Path
) -> None:
    with pytest.raises(Refusal) as refused:
        keep(content)
    assert refused.value.code == code
    assert not Paper.objects.exists()
    assert not [p for p in folder.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/abs/路灯.jpg", "路灯.jpg"),
        ("x" * 500 + ".jpg", None),
    ],
)  # fmt: skip
def test_a_name_is_a_name_and_no_path(name: str, kept: str | None) -> None:
    paper = keep(photo(), name)
    assert "/" not in paper.original_name
    assert "\\" not in paper.original_name
    assert len(paper.original_name) <= 200
    assert kept is None or paper.original_name == kept
    assert path_of(paper.sha256).read_bytes() == photo()


def test_capture_time_and_position_are_kept_beside_the_photo_and_not_in_the_small_one() -> None:
    when = (now() - timedelta(days=1)).astimezone(LOCAL_ZONE)
    paper = keep(photo(exif=taken(when, 28.5, 119.25)))
    assert paper.captured_at == when.replace(microsecond=0)
    assert (paper.lat, paper.lng) == (pytest.approx(28.5), pytest.approx(119.25))
    with Image.open(path_of(paper.sha256, small=True)) as small:
        assert not small.getexif()
    assert b"Exif" not in path_of(paper.sha256, small=True).read_bytes()
    assert b"Exif" in path_of(paper.sha256).read_bytes()


def test_south_and_west_are_negative() -> None:
    paper = keep(photo(exif=taken(now() - timedelta(days=1), 12.0, 77.0, "S", "W")))
    assert (paper.lat, paper.lng) == (pytest.approx(-12.0), pytest.approx(-77.0))


def test_what_a_photo_says_that_cannot_be_true_is_left_out() -> None:
    future = keep(photo(exif=taken(now() + timedelta(days=3), 95.0, 200.0)))
    assert future.captured_at is None
    assert future.lat is None
    assert future.lng is None


def test_a_photo_held_upright_is_pictured_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    paper = keep(photo((400, 100), exif))
    with Image.open(path_of(paper.sha256, small=True)) as small:
        assert small.width < small.height


def test_the_same_bytes_are_stored_once_for_two_papers() -> None:
    first, second = keep(photo(), "a.jpg"), keep(photo(), "b.jpg")
    assert first.id != second.id
    assert first.sha256 == second.sha256 == hashlib.sha256(photo()).hexdigest()


def test_many_at_once_keep_the_same_bytes_whole() -> None:
    content = photo((300, 300))
    digest = hashlib.sha256(content).hexdigest()
    from yimen.kernel.papers import store

    target = path_of(digest)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store._write(target, content), range(32)))
    assert target.read_bytes() == content
    assert [p.name for p in target.parent.iterdir()] == [digest]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF", "application/pdf"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64, "video/mp4"),
        (photo(kind="PNG"), "image/png"),
        (photo(kind="WEBP"), "image/webp"),
    ],
)
def test_documents_and_other_pictures_are_kept(content: bytes, media_type: str) -> None:
    assert keep(content).media_type == media_type


def test_a_changed_and_a_missing_file_are_found() -> None:
    whole, changed, missing = keep(photo((10, 10))), keep(photo((11, 11))), keep(photo((12, 12)))
    assert altered() == []
    path_of(changed.sha256).write_bytes(b"something else")
    path_of(missing.sha256).unlink()
    assert altered() == sorted([changed.sha256, missing.sha256])
    assert whole.sha256 not in altered()
