"""What a photo says of itself may be junk: the photo is kept all the same, upright, and tells nothing untrue."""

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageOps
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import IFDRational

from tests.kernel.papers.test_store import bomb, photo, taken
from yimen.kernel.calendar.today import now
from yimen.kernel.papers.models import Paper
from yimen.kernel.papers.store import altered, keep_upload, path_of
from yimen.kernel.words import Refusal
from yimen.site import postgres

KINDS = ("JPEG", "PNG", "WEBP")
LOCATED = {1: "N", 2: (28.0, 30.0, 0.0), 3: "E", 4: (119.0, 15.0, 0.0)}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """A files folder of the test's own."""
    settings.YIMEN_FILES = tmp_path / "files"
    return tmp_path / "files"


def keep(content: bytes, name: str = "photo.jpg") -> Paper:
    """Keep an upload, and read its row back."""
    return Paper.objects.get(id=keep_upload(SimpleUploadedFile(name, content), by=None).id)


def marked(kind: str = "JPEG", orientation: int | None = None, **ifds: dict[int, Any]) -> bytes:
    """A picture with one red corner, and what its telephone wrote into it."""
    image = Image.new("RGB", (64, 32), (255, 255, 255))
    image.paste((255, 0, 0), (0, 0, 32, 16))
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    for name, values in ifds.items():
        exif[ExifTags.IFD[name]] = values
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"quality": 95} if kind != "PNG" else {}))
    return out.getvalue()


def small_of(paper: Paper) -> Image.Image:
    """The small picture, read."""
    with Image.open(path_of(paper.sha256, small=True)) as small:
        small.load()
        return small


def corners(image: Image.Image) -> list[bool]:
    """Which corners are red: top left, top right, bottom left, bottom right."""
    right, bottom = image.width - 5, image.height - 5
    pixels = [image.getpixel(place) for place in ((4, 4), (right, 4), (4, bottom), (right, bottom))]
    return [isinstance(p, tuple) and p[1] < 128 for p in pixels]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("orientation", [None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65535])
def test_however_the_telephone_was_held_the_small_picture_stands_upright(orientation: int | None) -> None:
    content = marked(orientation=orientation)
    small = small_of(keep(content))
    with Image.open(io.BytesIO(content)) as image:
        upright = ImageOps.exif_transpose(image)
    assert corners(small) == corners(upright)
    assert (small.width > small.height) == (upright.width > upright.height)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", KINDS)
def test_time_and_position_are_read_from_every_kind_of_picture_and_missing_in_the_small_one(
    kind: str,
) -> None:
    content = marked(kind, 6, Exif={ExifTags.Base.DateTimeOriginal: "2026:03:04 05:06:07"}, GPSInfo=LOCATED)
    paper = keep(content)
    assert paper.captured_at is not None
    assert f"{paper.captured_at:%Y-%m-%d %H:%M}" == "2026-03-03 21:06"
    assert (paper.lat, paper.lng) == (28.5, 119.25)
    assert path_of(paper.sha256).read_bytes() == content
    assert not small_of(paper).getexif()
    assert "exif" not in small_of(paper).info


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_photo_says_in_words_is_in_the_small_one(kind: str) -> None:
    secret = b"owner 13800000000"
    out = io.BytesIO()
    words = PngInfo()
    words.add_text("Author", secret.decode())
    more = {
        "JPEG": {"comment": secret, "xmp": secret},
        "PNG": {"pnginfo": words},
        "WEBP": {"xmp": secret, "icc_profile": secret},
    }[kind]
    Image.new("RGB", (9, 9)).save(out, kind, **more)
    assert secret in out.getvalue()
    paper = keep(out.getvalue())
    assert secret in path_of(paper.sha256).read_bytes()
    assert secret not in path_of(paper.sha256, small=True).read_bytes()


@pytest.mark.usefixtures("db")
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(
    kind=st.sampled_from(KINDS),
    junk=st.dictionaries(st.integers(0, 200), st.integers(0, 255), min_size=1, max_size=6),
    orientation=st.sampled_from([1, 6, 8]),
)
@example(kind="JPEG", junk={91: 2}, orientation=6)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_junk_among_a_photos_own_words_never_breaks_the_intake(
    kind: str, junk: dict[int, int], orientation: int
) -> None:
    content = bytearray(
        marked(
            kind, orientation, Exif={ExifTags.Base.DateTimeOriginal: "2026:03:04 05:06:07"}, GPSInfo=LOCATED
        )
    )
    words = max(content.find(b"MM\0*"), content.find(b"II*\0"))
    end = content.find(b"2026:03:04") + 150
    for place, value in junk.items():
        if words + place < min(end, len(content)):
            content[words + place] = value
    try:
        paper = keep(bytes(content))
    except Refusal:
        return
    assert small_of(paper).format == "JPEG"
    assert paper.captured_at is None or 1995 <= paper.captured_at.year <= now().year
    assert (paper.lat is None) == (paper.lng is None)
    assert paper.lat is None or -90 <= paper.lat <= 90


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "said",
    [
        "0001:01:01 00:00:00", "1970:01:01 00:00:00", "9999:12:31 23:59:59", "0000:00:00 00:00:00",
        "2026:02:30 10:00:00", "    :  :     :  :  ", "2026-03-04 05:06:07", "yesterday", "2026:03:04 05:06:07\x00x", "",
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_left_out_and_the_photo_kept(said: str) -> None:
    paper = keep(marked(Exif={ExifTags.Base.DateTimeOriginal: said}, GPSInfo=LOCATED))
    assert paper.captured_at is None
    assert paper.lat == 28.5


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "change",
    [
        {2: (91.0, 0.0, 0.0)}, {4: (181.0, 0.0, 0.0)}, {2: (IFDRational(0, 0), 0.0, 0.0)}, {2: (28.0, 30.0)},
        {2: (1e9, 0.0, 0.0)}, {2: None}, {4: None},
    ],
    ids=["lat", "lng", "nan", "two numbers", "huge", "no lat", "no lng"],
)  # fmt: skip
def test_a_place_that_cannot_be_is_left_out_whole_and_the_photo_kept(change: dict[int, Any]) -> None:
    gps = {k: v for k, v in {**LOCATED, **change}.items() if v is not None}
    paper = keep(marked(Exif={ExifTags.Base.DateTimeOriginal: "2026:03:04 05:06:07"}, GPSInfo=gps))
    assert (paper.lat, paper.lng) == (None, None)
    assert paper.captured_at is not None


@pytest.mark.usefixtures("db")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000_001, 1), (2**31 - 1, 2**31 - 1), (0, 5)])
def test_a_picture_that_would_fill_the_memory_is_refused_by_its_heading(size: tuple[int, int]) -> None:
    content = bomb(*size)
    assert len(content) < 1000
    with pytest.raises(Refusal) as refused:
        keep(content)
    assert refused.value.code in {"paper.pixels", "paper.damaged"}
    assert not Paper.objects.exists()


@pytest.mark.usefixtures("db")
def test_a_page_hidden_behind_a_photo_stays_a_photo() -> None:
    paper = keep(photo() + b"<html><script>alert(1)</script></html>", "x.html")
    assert paper.media_type == "image/jpeg"
    assert b"script" not in path_of(paper.sha256, small=True).read_bytes()


@pytest.mark.usefixtures("db")
def test_bytes_that_were_altered_on_the_disk_are_whole_again_after_the_same_upload() -> None:
    content = photo()
    first = keep(content)
    path_of(first.sha256).write_bytes(b"something else")
    path_of(first.sha256, small=True).write_bytes(b"")
    assert altered() == [first.sha256]
    second = keep(content)
    assert second.sha256 == first.sha256
    assert path_of(second.sha256).read_bytes() == content
    assert small_of(second).format == "JPEG"
    assert altered() == []


def test_several_processes_keep_the_same_photo_at_once(fresh_database: str, folder: Path) -> None:
    content = photo((900, 700), taken(now(), 28.5, 119.25))
    source = folder.parent / "source.jpg"
    source.write_bytes(content)
    server = postgres.start(Path(os.environ["YIMEN_TEST_DATA"]))
    script = (
        "import sys, pathlib, django; django.setup()\n"
        "from django.core.files.uploadedfile import SimpleUploadedFile as Upload\n"
        "from yimen.kernel.counties.tenancy import in_county\n"
        "from yimen.kernel.papers.store import keep_upload\n"
        "content = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with in_county('yunxi'):\n"
        "    for n in range(12): keep_upload(Upload(f'{n}.jpg', content), by=None)\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": server.url(postgres.APP, fresh_database),
        "YIMEN_FILES": str(folder),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(source)], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]  # fmt: skip
    for each in processes:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    ends = [each.communicate("go\n", timeout=60) for each in processes]
    assert [each.returncode for each in processes] == [0, 0, 0], ends
    assert Paper.objects.count() == 36
    digest = hashlib.sha256(content).hexdigest()
    assert set(Paper.objects.values_list("sha256", flat=True)) == {digest}
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == [digest, digest]
    assert altered() == []
