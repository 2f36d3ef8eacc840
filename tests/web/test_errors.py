"""Error pages: they keep their status, speak both languages and need nothing that may be broken."""

from collections.abc import Callable

import pytest
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


@pytest.mark.django_db
def test_not_found_keeps_the_way_around(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "/projects/" in response.content.decode()
