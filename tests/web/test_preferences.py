"""Theme and language, chosen by plain forms."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.fixture
def url() -> str:
    return reverse("preferences")


def test_theme_is_remembered_and_leads_back(client: Client, url: str) -> None:
    response = client.post(url, {"theme": "dark", "next": "/projects/?after=x"})
    assert response.status_code == 302
    assert response["Location"] == "/projects/?after=x"
    assert response.cookies["theme"].value == "dark"
    assert response.cookies["theme"]["httponly"]
    assert response.cookies["theme"]["samesite"] == "Lax"


def test_unknown_wishes_set_nothing(client: Client, url: str) -> None:
    response = client.post(url, {"theme": "<script>", "language": "xx", "next": "/"})
    assert not response.cookies


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_the_way_back_never_leaves_the_site(client: Client, url: str, target: str) -> None:
    assert client.post(url, {"theme": "dark", "next": target})["Location"] == "/"


def test_only_forms_may_change_them(url: str) -> None:
    assert Client().get(url).status_code == 405
    assert Client(enforce_csrf_checks=True).post(url, {"theme": "dark"}).status_code == 403


@pytest.mark.django_db
def test_pages_are_written_in_the_wished_theme_and_language(client: Client, url: str) -> None:
    client.post(url, {"theme": "dark", "language": "ru"})
    response = client.get(reverse("project_list"))
    html = response.content.decode()
    assert 'lang="ru"' in html
    assert 'data-theme="dark"' in html
    assert "Cookie" in response["Vary"]


@pytest.mark.django_db
def test_a_forged_cookie_falls_back_to_the_device(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get(reverse("project_list")).content.decode()
