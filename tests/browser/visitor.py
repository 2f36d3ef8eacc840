"""A person at a browser, and an eye on everything that the browser complains about."""

import contextlib
import io
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

import showpiece_predictors.faces
from tests.processes.site import Site

FACES = "/@window-bench/faces/"
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# The site works on the same two cores as the browser; a machine that is busy with other tests may take a while.
PATIENCE_MS = 30_000
SAMPLE = Path(showpiece_predictors.faces.__file__).parent / "sample.jpg"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
# One worker has the site and the browser; the tests share both and no data, as each visitor has a session of its own.
MARKS = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SAY_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));"""


class Watch:
    """What goes wrong in a browser context without anybody seeing it on the page."""

    def __init__(self, context: BrowserContext, home: str, expected: tuple[str, ...]) -> None:
        self.home, self.expected = home, expected
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        context.add_init_script(SAY_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.expected):
            self.complaints.append(f"console on {message.page and message.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((f"{self.home}/", "data:")):
            self.complaints.append(f"another host: {request.url}")

    def sent(self, method: str, part: str) -> list[str]:
        """The addresses that were asked for with `method` and contain `part`."""
        return [request.url for request in self.requests if request.method == method and part in request.url]


class Visit:
    """`visit(path)` opens a page in a browser context that nobody has used.

    Whatever the browser complains about in the course of the test fails the test, unless it is in `expected`.
    """

    def __init__(self, chrome: Browser, shop: Site) -> None:
        self.chrome, self.shop = chrome, shop
        self.watches: dict[BrowserContext, Watch] = {}

    def __call__(self, path: str, *, expected: tuple[str, ...] = (), home: str = "", **options: Any) -> Page:
        home = home or self.shop.url
        context = self.chrome.new_context(base_url=home, **{"viewport": DESKTOP} | options)
        context.set_default_timeout(PATIENCE_MS)
        self.watches[context] = Watch(context, home, expected)
        page = context.new_page()
        page.goto(path)
        return page

    def watch(self, page: Page) -> Watch:
        return self.watches[page.context]

    def close(self) -> list[str]:
        """All complaints."""
        for context in self.watches:
            context.close()
        return [text for watch in self.watches.values() for text in watch.complaints]


def _may_be_written(shop: Site) -> bool:
    """Whether nobody holds the write lock of the shop's SQLite."""
    with contextlib.closing(sqlite3.connect(shop.home / "showpiece.sqlite3", timeout=0.2)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
    return True


@contextlib.contextmanager
def paused(shop: Site) -> Iterator[None]:
    """While this lasts the worker takes no run, so that a queue can be looked at."""
    group = shop.running["worker"].pid
    os.killpg(group, signal.SIGSTOP)
    while not _may_be_written(shop):  # it was stopped in the middle of a transaction
        os.killpg(group, signal.SIGCONT)
        time.sleep(0.05)
        os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def expect_status(page: Page, status: str) -> None:
    expect(page.locator(f"#run-body[data-status={status}]")).to_be_visible()


def use_sample(page: Page) -> None:
    page.locator("button[name=use_sample]").click()


def choose(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)


def send(page: Page) -> None:
    page.get_by_role("button", name="Run the demo").click()


def finished_run(page: Page) -> str:
    """Try the sample and wait for the result; the address of the run."""
    page.goto(FACES)
    use_sample(page)
    expect_status(page, "succeeded")
    return page.url


def focused(page: Page) -> str:
    """What has the focus, in words that a failure can be read from."""
    return str(
        page.evaluate("""() => {
            const one = document.activeElement;
            const words = (one.getAttribute("aria-label") || one.innerText || one.title || "").trim().split("\\n")[0];
            return [one.localName, one.type, one.id, words].filter(Boolean).join(" ");
        }""")
    )


def own_photo(folder: Path) -> Path:
    """A photo that is not the sample byte by byte."""
    path = folder / "my photo.png"
    Image.open(SAMPLE).resize((400, 400)).save(path)
    return path


def fake_photo(folder: Path) -> Path:
    path = folder / "holiday.jpg"
    path.write_text("This is a shopping list and no picture.\n")
    return path


def huge_photo(folder: Path) -> Path:
    """A file above the limit of 16 MB."""
    path = folder / "huge.jpg"
    with path.open("wb") as file:
        file.write(SAMPLE.read_bytes())
        file.truncate(17 * 2**20)
    return path


def picture_size(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.size
