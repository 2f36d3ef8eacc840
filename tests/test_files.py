"""Handing out stored files: whole, in part, and never to be run."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.http import Http404
from django.test import RequestFactory

from showpiece.files import opened_file_stream, stored_file_response

BODY = bytes(range(100))


@pytest.fixture
def storage(tmp_path: Path) -> FileSystemStorage:
    (tmp_path / "film.webm").write_bytes(BODY)
    (tmp_path / "empty.webm").touch()
    return FileSystemStorage(tmp_path)


def answer(storage: FileSystemStorage, name: str = "film.webm", **headers: str) -> Any:
    return stored_file_response(RequestFactory().get("/", headers=headers), storage, name, "video/webm")


def test_whole_file_says_that_parts_can_be_had(storage: FileSystemStorage) -> None:
    response = answer(storage)
    assert (response.status_code, response.content) == (200, BODY)
    assert response["Accept-Ranges"] == "bytes"
    assert "Content-Range" not in response


@pytest.mark.parametrize(
    ("asked", "part", "said"),
    [
        ("bytes=0-", BODY, "bytes 0-99/100"),
        ("bytes=10-19", BODY[10:20], "bytes 10-19/100"),
        ("bytes=90-500", BODY[90:], "bytes 90-99/100"),
        ("bytes=-7", BODY[-7:], "bytes 93-99/100"),
        ("bytes=-500", BODY, "bytes 0-99/100"),
    ],
)
def test_part_of_a_file(storage: FileSystemStorage, asked: str, part: bytes, said: str) -> None:
    response = answer(storage, range=asked)
    assert (response.status_code, response.content, response["Content-Range"]) == (206, part, said)


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_part_beyond_the_file(storage: FileSystemStorage, asked: str) -> None:
    response = answer(storage, range=asked)
    assert (response.status_code, response.content, response["Content-Range"]) == (416, b"", "bytes */100")


@pytest.mark.parametrize(
    "asked", ["bytes=5-2", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=-", f"bytes={'9' * 40}-"]
)
def test_other_ranges_are_answered_with_the_whole(storage: FileSystemStorage, asked: str) -> None:
    response = answer(storage, range=asked)
    assert (response.status_code, response.content) == (200, BODY)


def test_part_of_a_file_that_may_have_changed_is_the_whole(storage: FileSystemStorage) -> None:
    assert answer(storage, **{"range": "bytes=1-2", "if-range": '"old"'}).status_code == 200


def test_empty_file(storage: FileSystemStorage) -> None:
    assert answer(storage, "empty.webm").content == b""
    assert answer(storage, "empty.webm", range="bytes=0-").status_code == 416


@pytest.mark.parametrize("name", ["gone.webm", "", "../film.webm", "a" * 300])
def test_no_such_file(storage: FileSystemStorage, name: str) -> None:
    with pytest.raises(Http404):
        answer(storage, name)


class FarAway(BytesIO):
    """As a store that is no disk hands them out: whoever moves in it has all of it fetched."""

    size = len(BODY)

    def seek(self, *_: Any) -> int:
        raise AssertionError("fetched")


@pytest.mark.parametrize(("method", "asked", "status"), [("HEAD", "", 200), ("GET", "bytes=100-", 416)])
def test_where_nothing_of_it_is_sent_nothing_is_fetched(method: str, asked: str, status: int) -> None:
    file, request = FarAway(BODY), RequestFactory().generic(method, "/", headers={"range": asked})
    response = opened_file_stream(request, file, "video/webm")
    assert (response.status_code, file.closed) == (status, True)
