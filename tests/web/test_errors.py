"""Error pages: they keep their status, speak both languages and need nothing that may be broken."""

import sqlite3
from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from showpiece.web import errors

BARE = [
    (errors.bad_request, 400),
    (errors.content_too_large, 413),
    (errors.no_space, 507),
    (errors.server_error, 500),
    (errors.csrf_failure, 403),
]


@pytest.mark.parametrize(("view", "status"), BARE)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_bare_pages_ask_nothing_of_database_or_session(
    rf: RequestFactory, view: Callable[[HttpRequest], HttpResponse], status: int, language: str
) -> None:
    # No `django_db` mark: a query would fail the test. No session or user on the request either.
    with translation.override(language):
        response = view(rf.get("/"))
    html = response.content.decode()
    assert response.status_code == status
    assert f'lang="{language}"' in html
    assert "<h1>" in html
    assert "csrfmiddlewaretoken" not in html


def test_a_broken_error_page_is_still_an_answer(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> str:
        raise OSError("no templates")

    monkeypatch.setattr(errors, "render_to_string", broken)
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert response["Content-Type"] == "text/plain"


def locked(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = code
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (sqlite3.SQLITE_BUSY, 503),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, 503),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, 503),
        (sqlite3.SQLITE_ERROR, 500),
    ],
)
def test_where_the_database_had_no_turn_for_us_they_are_told_to_come_again(
    rf: RequestFactory, code: int, status: int
) -> None:
    try:
        raise locked(code)
    except OperationalError:
        response = errors.server_error(rf.get("/"))
    assert response.status_code == status
    assert response.has_header("Retry-After") is (status == 503)
    assert str(status) in response.content.decode()


@pytest.mark.django_db
def test_not_found_keeps_the_way_around(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "/projects/" in response.content.decode()
