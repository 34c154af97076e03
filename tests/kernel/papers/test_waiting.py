"""Files of a form that came back wait for it under names nobody can guess; nobody takes another's room."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict
from PIL import Image

from yimen.design.step_forms import FilesField, MultipleFiles
from yimen.kernel.calendar.today import frozen, now
from yimen.kernel.papers import waiting
from yimen.kernel.papers.store import MOST_BYTES, keep_upload

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """A files folder of the test's own."""
    settings.YIMEN_FILES = tmp_path
    return tmp_path


def photo(name: str = "桥头.jpg") -> SimpleUploadedFile:
    """A small photograph."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a5").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_a_file_comes_back_as_it_was_sent_and_is_not_kept_a_second_time(folder: Path) -> None:
    [kept] = waiting.keep([photo()])
    [back] = waiting.given_back([kept.token, kept.token])
    assert (back.name, back.read()) == ("桥头.jpg", photo().read())
    assert waiting.keep([back]) == [kept]
    assert len([p for p in folder.rglob("*") if p.is_file()]) == 1
    assert keep_upload(back, by=None).original_name == "桥头.jpg"


def test_only_the_whole_name_gives_a_file_back(folder: Path) -> None:
    [kept] = waiting.keep([photo()])
    (folder / "secret").write_bytes(b'"x"\nsecret')
    assert (
        waiting.given_back(["", "0" * 32, kept.token[:-1], "../secret", "../../secret", "/etc/passwd"]) == []
    )


def test_what_nobody_comes_back_for_is_deleted_after_two_hours(folder: Path) -> None:
    [kept] = waiting.keep([photo()])
    waiting.forget_old()
    assert len(waiting.given_back([kept.token])) == 1
    with frozen(now() + waiting.KEPT + timedelta(seconds=1)):
        assert waiting.given_back([kept.token]) == []
        waiting.forget_old()
    assert not [p for p in folder.rglob("*") if p.is_file()]


def test_what_would_be_refused_does_not_wait_nor_what_there_is_no_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script = SimpleUploadedFile("a.jpg", b"#!/bin/sh\n")
    large = SimpleUploadedFile("b.jpg", photo().read() + bytes(MOST_BYTES))
    assert [w.name for w in waiting.keep([script, large, photo("c.jpg")])] == ["c.jpg"]
    monkeypatch.setattr(waiting, "MOST_BYTES", len(photo().read()))
    assert [w.name for w in waiting.keep([photo("d.jpg"), photo("e.jpg")])] == ["d.jpg"]
    monkeypatch.setattr(waiting, "MOST_BYTES", 10)
    assert waiting.keep([photo("f.jpg")]) == []


def test_who_floods_the_room_crowds_out_themselves_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_FILES", 5)
    with waiting.sent_from("10.0.0.1"):
        [mine] = waiting.keep([photo("我的.jpg")])
    flood = []
    for n in range(12):
        with frozen(now() + timedelta(seconds=n)), waiting.sent_from(f"10.0.0.{2 + n % 2}"):
            flood += waiting.keep([photo(f"{n}.jpg")])
    assert len(waiting.given_back([mine.token])) == 1
    assert [w.name for w in flood if waiting.given_back([w.token])] == ["8.jpg", "9.jpg", "10.jpg", "11.jpg"]
    with waiting.sent_from("10.0.0.9"):
        assert len(waiting.keep([photo("新来的.jpg")])) == 1
    with waiting.sent_from("10.0.0.77"):
        assert len(waiting.given_back([mine.token])) == 1


def test_a_request_keeps_files_for_its_own_network(folder: Path) -> None:
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        sent = {"text": "", "photos": photo()}
        answer = Client(headers={"host": "localhost"}, REMOTE_ADDR=address).post("/report/", sent)
        assert answer.status_code == 422
    assert len({p.name[:16] for p in folder.rglob("*") if p.is_file()}) == 2


def test_a_form_brings_no_more_of_what_waits_than_of_what_it_sends() -> None:
    class Form(forms.Form):
        first, second = FilesField(), FilesField()

    kept = [w.token for w in waiting.keep([photo()] * 13)]
    some, many = QueryDict(mutable=True), QueryDict(mutable=True)
    some.setlist("first-waiting", kept[:6])
    many.setlist("first-waiting", kept[:6])
    many.setlist("second-waiting", kept[6:])
    taken = MultipleFiles().value_from_datadict
    assert len(taken(some, MultiValueDict(), "first")) == 6
    assert taken(many, MultiValueDict(), "first") == taken(many, MultiValueDict(), "second") == []
    assert not Form(many, MultiValueDict()).is_valid()
