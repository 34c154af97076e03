"""Keeping uploads: judged by content, stored unchanged under their hash, pictured small without their metadata."""

import hashlib
import io
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from PIL import ExifTags, Image, UnidentifiedImageError

from yimen.kernel.calendar.today import LOCAL_ZONE, now
from yimen.kernel.counties.tenancy import place_key
from yimen.kernel.files import write_whole
from yimen.kernel.ids import uuid7
from yimen.kernel.papers.models import Paper
from yimen.kernel.words import Finding, Refusal, Text

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
EARLIEST_CAPTURE = datetime(2000, 1, 1, tzinfo=LOCAL_ZONE)
MOST_SCANS = 50
"""Of a JPEG. Cameras write about ten; each costs a pass over the whole picture, however few bytes it has."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_SCAN = b"\xff\xda"
THUMBNAIL = 480
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
SUFFIXES = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "video/mp4": ".mp4",
}  # fmt: skip
"""What a file is called when it is given out: what it is, whatever its sender called it."""
ALLOWED = frozenset(SUFFIXES)
_TURN = Image.Transpose
_UPRIGHT: dict[object, Image.Transpose] = {
    2: _TURN.FLIP_LEFT_RIGHT, 3: _TURN.ROTATE_180, 4: _TURN.FLIP_TOP_BOTTOM, 5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270, 7: _TURN.TRANSVERSE, 8: _TURN.ROTATE_90,
}  # fmt: skip
"""How a picture is turned by its orientation mark. Not Pillow's own: that rewrites the other marks, which may be junk."""


def _folder() -> Path:
    return Path(str(settings.YIMEN_FILES)) / place_key()[1]


def path_of(sha256: str, *, small: bool = False) -> Path:
    """Where the bytes of a hash lie; `small` for the thumbnail."""
    return _folder() / ("small" if small else "whole") / sha256[:2] / sha256


_TOO_MANY_PIXELS = Finding(
    "paper.pixels", Text("照片像素太多。", "The photo has too many pixels."), field="files"
)


_TOO_MANY_SCANS = Finding(
    "paper.scans",
    Text(
        "照片的编码方式太复杂，请重新拍照或另存。",
        "The photo is encoded in too many passes; take or save it anew.",
    ),
    field="files",
)


def judged(upload: "UploadedFile[Any]") -> tuple[bytes, str]:
    """An upload's content and what it is; raises `Refusal` for what is too large, empty, or not of an allowed kind.

    The kind is read from the content; the name and the declared type count for nothing.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise Refusal.of(
            "paper.too_large", "文件超过 10 MB。", "The file is larger than 10 MB.", field="files"
        )
    upload.seek(0)
    content = upload.read()
    if not content:
        raise Refusal.of("paper.empty", "文件是空的。", "The file is empty.", field="files")
    media_type = filetype.guess_mime(content) or ""
    if media_type not in ALLOWED:
        raise Refusal.of(
            "paper.kind",
            "只收 JPEG、PNG、WebP 照片，PDF 和 MP4。",
            "Only JPEG, PNG and WebP photos, PDF and MP4 are taken.",
            field="files",
        )
    return content, media_type


def keep_upload(upload: "UploadedFile[Any]", *, by: UUID | None, at: datetime | None = None) -> Paper:
    """Keep an uploaded file; raises `Refusal` as `judged` does, and for a photo that cannot be read."""
    content, media_type = judged(upload)
    at = at or now()
    sha256 = hashlib.sha256(content).hexdigest()
    paper = Paper(
        id=uuid7(at),
        sha256=sha256,
        media_type=media_type,
        size=len(content),
        original_name=os.path.basename((upload.name or "").replace("\\", "/"))[:200],
        kept_at=at,
        kept_by=by,
    )
    if media_type in PICTURES:
        _picture(paper, content)
    _write(path_of(sha256), content)
    paper.save(force_insert=True)
    return paper


def pictures_among(papers: Iterable[str]) -> set[str]:
    """Which of the papers (ids) are pictures."""
    rows = Paper.objects.filter(id__in=set(papers), media_type__in=PICTURES)
    return {str(pk) for pk in rows.values_list("id", flat=True)}


def keep_made(content: bytes, media_type: str, name: str, at: datetime) -> Paper:
    """Keep a file that the house made itself."""
    paper = Paper(
        id=uuid7(at), sha256=hashlib.sha256(content).hexdigest(), media_type=media_type, size=len(content),
        original_name=name, kept_at=at,
    )  # fmt: skip
    _write(path_of(paper.sha256), content)
    paper.save(force_insert=True)
    return paper


def _picture(paper: Paper, content: bytes) -> None:
    """Read what the photo says of itself, and keep a small copy without it."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Refusal(_TOO_MANY_PIXELS)
            if image.format in ("JPEG", "MPO") and content.count(_SCAN) > MOST_SCANS:
                raise Refusal(_TOO_MANY_SCANS)
            paper.width, paper.height = image.size
            exif = image.getexif()
            _own_words(paper, exif)
            turn = _UPRIGHT.get(exif.get(ExifTags.Base.Orientation))
            # Shrunk before anything else is done with it, so that a large photo costs little memory.
            image.draft("RGB", (THUMBNAIL * 2, THUMBNAIL * 2))
            image.thumbnail((THUMBNAIL, THUMBNAIL))
            small = image.convert("RGB")
            if turn is not None:
                small = small.transpose(turn)
            out = io.BytesIO()
            small.save(out, "JPEG", quality=80, comment=b"")
    except Image.DecompressionBombError as error:
        raise Refusal(_TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise Refusal.of(
            "paper.damaged",
            "照片打不开，可能已损坏。",
            "The photo cannot be opened; it may be damaged.",
            field="files",
        ) from error
    _write(path_of(paper.sha256, small=True), out.getvalue())


def _own_words(paper: Paper, exif: Image.Exif) -> None:
    """Capture time and position, when present and sensible; anything absurd is left out."""
    try:
        taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        if taken:
            captured = datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL_ZONE)
            paper.captured_at = captured if EARLIEST_CAPTURE <= captured <= paper.kept_at else None
    except (ValueError, OverflowError):
        pass
    try:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lng = _degrees(gps[ExifTags.GPS.GPSLongitude]) * (
            -1 if gps.get(ExifTags.GPS.GPSLongitudeRef) == "W" else 1
        )
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude]) * (
            -1 if gps.get(ExifTags.GPS.GPSLatitudeRef) == "S" else 1
        )
        if -180 <= lng <= 180 and -90 <= lat <= 90:
            paper.lng, paper.lat = lng, lat
    except (KeyError, ValueError, TypeError, ZeroDivisionError, OverflowError):
        pass


def _degrees(parts: Iterable[float]) -> float:
    degrees, minutes, seconds = (float(p) for p in parts)
    return degrees + minutes / 60 + seconds / 3600


def _write(path: Path, content: bytes) -> None:
    """On the disk before anybody is told; the same bytes are there once, and whole again if they were altered."""
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def altered() -> list[str]:
    """The hashes of this county's kept files whose bytes are missing or no longer match."""
    found = []
    for sha256 in Paper.objects.order_by("sha256").values_list("sha256", flat=True).distinct():
        path = path_of(sha256)
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            found.append(sha256)
    return found
