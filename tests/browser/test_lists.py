"""Finding a project: with a script and without, by keyboard, in Russian, on a phone."""

import re

from playwright.sync_api import expect

from tests.browser.visitor import MARKS, Visit

pytestmark = MARKS


def test_filters_act_at_once_and_the_address_can_be_shared(visit: Visit) -> None:
    page = visit("/projects/")
    page.evaluate("window.kept = true")
    page.get_by_label("Price", exact=True).select_option("free")
    expect(page).to_have_url(re.compile(r"/projects/\?price=free$"))
    expect(page.locator("#results")).to_contain_text("remove this filter")
    assert page.evaluate("window.kept")  # not a new page
    page.get_by_label("With a live demo").check()
    expect(page).to_have_url(re.compile(r"price=free&demo=1$"))
    page.reload()
    expect(page.get_by_label("With a live demo")).to_be_checked()
    expect(page.locator(".card-name").first).to_be_visible()


def test_search_by_keyboard(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("fac")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/projects/\?q=fac$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Search: fac")
    expect(page.locator(".card-name").first).to_have_text("Faces")


def test_without_a_script(visit: Visit) -> None:
    page = visit("/projects/", java_script_enabled=False)
    page.get_by_label("Sort by").select_option("popular")
    page.get_by_label("Tag", exact=True).fill("nothing like this")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#results")).to_contain_text("No project has the tag")
    page.get_by_role("link", name="See all projects").first.click()
    expect(page.locator(".card-name").first).to_be_visible()


def test_filters_are_folded_on_a_phone_and_open_without_a_script(visit: Visit) -> None:
    page = visit("/projects/", java_script_enabled=False, viewport={"width": 320, "height": 640})
    expect(page.locator("#filters")).to_be_hidden()
    page.locator("#filters-open").focus()
    page.keyboard.press("Space")
    expect(page.locator("#filters")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320


def test_russian_words_in_every_form(visit: Visit) -> None:
    page = visit("/projects/?q=лица", locale="ru-RU")
    expect(page.get_by_role("heading", level=1)).to_have_text("Поиск: лица")
    expect(page.locator(".card-name").first).to_have_text("Лица")
