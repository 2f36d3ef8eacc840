"""The style guide: for builders only, and free of faults that a machine can see."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests import parts
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    return reverse("styleguide")


def test_visitors_do_not_see_it(client: Client, url: str) -> None:
    assert client.get(url).status_code == 404


def test_staff_see_every_part(client: Client, url: str) -> None:
    client.force_login(UserFactory(is_staff=True))
    response = client.get(url)
    assert response.status_code == 200
    for part, _title in response.context["parts"]:
        assert f'id="{part}"' in response.content.decode()


def test_builders_see_it_without_an_account(client: Client, url: str, settings: Any) -> None:
    settings.DEBUG = True
    assert client.get(url).status_code == 200


Theme = Literal["light", "dark"]


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_no_fault_that_axe_can_see(live_server: LiveServer, settings: Any, theme: Theme, width: int) -> None:
    settings.DEBUG = True
    address = live_server.url + reverse("styleguide")
    # Playwright's event loop would make Django refuse the database, so it gets a thread of its own.
    with ThreadPoolExecutor(1) as other:
        faults, fits = other.submit(_looked_at, parts.chromium(), address, theme, width).result()
    assert faults == []
    assert fits, "the page is wider than the screen"


def _looked_at(chromium: str, address: str, theme: Theme, width: int) -> tuple[list[Any], bool]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True, reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(address)
        violations = Axe().run(page).response["violations"]
        fits = bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        browser.close()
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in violations], fits
