"""Every kind of page, light and dark, on a phone and on a desk: nothing that shuts anybody out, nothing amiss behind
the scenes, nothing from another host (the `visit` fixture sees to the last two)."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import Page, expect

from tests.browser.visitor import (
    DESKTOP,
    FACES,
    MARKS,
    PHONE,
    Visit,
    choose,
    fake_photo,
    finished_run,
    paused,
    send,
    use_sample,
)
from tests.processes.site import Site

pytestmark = MARKS

NARROWEST = {"width": 320, "height": 640}
PAGES = {
    "front": "/",
    "list": "/projects/",
    "category": "/categories/bots/",
    "creator": "/@window-bench/",
    "project that runs here": FACES,
    "project that takes a film": "/@window-bench/exercises/",
    "project that runs elsewhere": "/@window-bench/concert-calendar-bot/",
    "project without a demo": "/@rosa-ships/halves/",
    "about a model": f"{FACES}about/",
    "about a bot": "/@window-bench/concert-calendar-bot/about/",
    "empty cart": "/cart/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "sign up with a passkey": "/accounts/signup/passkey/",
    "forgotten password": "/accounts/password/reset/",
    "nothing there": "/no/such/page/",
}
EVERYTHING = {"resultTypes": ["violations"]}
# The tree of a page is the same in both themes; what may differ is what can be read.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
FAIL = """
from showpiece.demos.models import Run
Run.objects.filter(pk="{}").update(status="failed", error="The run took too long and was stopped.", output=None)
"""


def violations(page: Page, options: dict[str, object]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:200]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways; [] if it does not."""
    return list(
        page.evaluate("""() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const scrolls = (one) =>
                one && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
            const wide = [...document.body.querySelectorAll("*")].filter(
                (one) => one.getBoundingClientRect().right > width && !scrolls(one.parentElement));
            return [document.documentElement.scrollWidth, ...wide.map((one) => `${one.localName}.${one.className}`)];
        }""")
    )


def inspect(page: Page) -> None:
    """One load, looked at in every way."""
    page.emulate_media(reduced_motion="reduce")
    for theme, options in (("light", EVERYTHING), ("dark", COLOURS)):
        page.emulate_media(color_scheme=theme)
        # Half-way between two colours nothing has the contrast that it will have. What moves with scrolling never ends.
        page.evaluate("""Promise.allSettled(document.getAnimations()
            .filter((one) => one.timeline === document.timeline).map((one) => one.finished))""")
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            assert violations(page, options) == [], f"{theme}, {size}"
    fits(page)


def fits(page: Page) -> None:
    for size in (PHONE, NARROWEST):
        page.set_viewport_size(size)
        assert too_wide(page) == [], size


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_page(path: str, visit: Visit) -> None:
    page = visit(path, expected=("status of 404",))
    assert "Showpiece" in page.title()
    inspect(page)


def test_pages_in_russian_fit_a_phone(visit: Visit) -> None:
    """The words are longer. One browser for all of them, as its cache spares the time."""
    page = visit("/", locale="ru-RU", expected=("status of 404",), viewport=PHONE)
    for path in PAGES.values():
        page.goto(path)
        expect(page.locator("html[lang=ru]")).to_be_visible()
        fits(page)


def test_run_while_it_waits_and_when_it_is_done(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        use_sample(page)
        expect(page.locator(".demo-status")).to_contain_text("Queued")
        inspect(page)
    expect(page.get_by_role("table")).to_be_visible()
    page.get_by_text("All of it as JSON").click()
    page.get_by_role("button", name="Delete this result").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page, EVERYTHING) == []
    page.keyboard.press("Escape")
    inspect(page)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html[lang=ru]")).to_be_visible()
    fits(page)


def test_run_that_failed(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    address = finished_run(page)
    shop.manage(FAIL.format(address.rstrip("/").rpartition("/")[2]))
    page.reload()
    expect(page.get_by_text("The run took too long and was stopped.", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Try another|Try again"))).to_be_visible()
    inspect(page)


def test_form_with_a_file_and_with_a_message(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES, expected=("status of 422",))
    choose(page, fake_photo(tmp_path))
    page.get_by_text("Options", exact=True).click()
    inspect(page)
    send(page)
    expect(page.locator("[data-dropzone] .field-error:visible")).to_be_visible()
    inspect(page)


def test_style_guide_is_for_staff_and_keeps_its_own_rules(visit: Visit, shop: Site) -> None:
    email, password = (shop.home / "accounts.txt").read_text().split("staff:")[1].split()[:2]
    page = visit("/styleguide/", expected=("status of 404", "status of 403"))
    expect(page.get_by_role("heading", name="Style guide")).to_have_count(0)
    page.goto("/accounts/login/?next=/styleguide/")
    page.get_by_label("E-mail or username").fill(email)
    page.get_by_label("Password").fill("wrong" + password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    inspect(page)
    page.get_by_label("E-mail or username").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Style guide")).to_be_visible()
    inspect(page)
