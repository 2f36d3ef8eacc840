"""One site and one browser for all tests of this folder; each test opens visitors of its own in it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import parts
from tests.browser.visitor import ARGUMENTS, PATIENCE_MS, Visit
from tests.processes.site import Site, site

expect.set_options(timeout=PATIENCE_MS)


# Playwright keeps an event loop in this thread while it runs, under which Django refuses the database. So it ends with
# this folder and not with the session.
@pytest.fixture(scope="package")
def chrome() -> Iterator[Browser]:
    path = parts.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shop(chrome: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("browser") / "home", "web", "worker") as opened:
        yield opened


@pytest.fixture
def visit(chrome: Browser, shop: Site) -> Iterator[Visit]:
    visits = Visit(chrome, shop)
    yield visits
    assert visits.close() == []
