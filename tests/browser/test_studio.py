"""From a member to a project on display: with a script, by keyboard without one, and two people at one form."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_accounts import sign_up, type_and_tab
from tests.browser.visitor import MARKS, PHONE, Visit

pytestmark = MARKS
DETAILS = re.compile("/studio/projects/[0-9a-f-]{36}/$")


def become_creator(visit: Visit, username: str) -> Page:
    page = visit("/accounts/signup/?next=/studio/join/")
    sign_up(page, username)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make my page").click()
    expect(page).to_have_url(re.compile("/studio/$"))
    return page


def begin(page: Page, name: str) -> str:
    """A draft; the address of its form."""
    page.goto("/studio/projects/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Category").select_option(index=1)
    page.get_by_role("button", name="Make a draft").click()
    expect(page).to_have_url(DETAILS)
    return page.url


def save(page: Page) -> None:
    page.locator("#project-form").get_by_role("button", name="Save", exact=True).click()


def test_from_member_to_a_project_that_a_visitor_sees(visit: Visit) -> None:
    page = become_creator(visit, "makes_maps")
    form = begin(page, "Road map")
    box = page.get_by_role("region", name="Display")
    expect(box).to_contain_text("Summary: Needed before it can be published.")
    page.locator("#id_summary").fill("Every road there is.")
    page.locator("#id_description").fill("A **map** of roads.")
    page.get_by_role("button", name="See how it looks").click()
    expect(page.locator("#description-preview strong")).to_have_text("map")
    page.get_by_label("Fixed price").check()
    page.locator("#id_price").fill("12.505")
    save(page)
    expect(page.locator("#id_price")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_price").fill("12.50")
    save(page)
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.get_by_role("link", name="Preview", exact=True).click()
    expect(page.get_by_text("Not on display")).to_be_visible()
    address = page.url
    guest = visit(address, expected=("status of 404",), viewport=PHONE)
    expect(guest.get_by_role("heading", name="Road map")).to_have_count(0)
    page.goto(form)
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_text("It is on display.")).to_be_visible()
    guest.goto(address)
    expect(guest.get_by_role("heading", name="Road map", level=1)).to_be_visible()
    expect(guest.get_by_text("€12.50").first).to_be_visible()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("dialog").get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    guest.reload()
    expect(guest.get_by_role("heading", name="Road map")).to_have_count(0)


def test_what_is_typed_is_there_again_after_the_page_was_left(visit: Visit) -> None:
    page = become_creator(visit, "leaves_early")
    form = begin(page, "Half done")
    page.locator("#id_summary").press_sequentially("typed and kept")
    expect(page.locator("#draft-state")).to_contain_text("Kept as a draft")
    page.locator("#id_description").press_sequentially("typed and left at once")
    page.goto("/projects/")
    page.goto(form)
    expect(page.get_by_text("You have unsaved changes")).to_be_visible()
    expect(page.locator("#id_summary")).to_have_value("typed and kept")
    expect(page.locator("#id_description")).to_have_value("typed and left at once")
    page.get_by_role("button", name="Discard them").click()
    expect(page.locator("#id_summary")).to_have_value("")


def test_two_at_one_form_lose_nothing(visit: Visit) -> None:
    mine = become_creator(visit, "two_at_once")
    form = begin(mine, "Before")
    state = mine.context.storage_state()
    theirs = visit(form, storage_state=state)
    theirs.locator("#id_name").fill("Theirs")
    theirs.locator("#id_summary").fill("Their summary")
    save(theirs)
    expect(theirs.get_by_text("Saved.", exact=True)).to_be_visible()
    mine.locator("#id_name").fill("Mine")
    save(mine)
    expect(mine.get_by_role("alert")).to_contain_text("while you were at it")
    expect(mine.locator("#id_name")).to_have_value("Mine")
    expect(mine.locator("#id_theirs_name")).not_to_be_checked()
    expect(mine.locator("#id_theirs_summary")).to_be_checked()
    save(mine)
    expect(mine.get_by_role("heading", name="Mine", level=1)).to_be_visible()
    expect(mine.locator("#id_summary")).to_have_value("Their summary")


def test_by_keyboard_without_javascript_in_russian(visit: Visit) -> None:
    page = visit("/accounts/signup/?next=/studio/join/", java_script_enabled=False)
    sign_up(page, "by_keyboard")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Русский").press("Enter")
    expect(page.get_by_role("heading", name="Стать автором")).to_be_visible()
    page.locator("#id_about").focus()
    type_and_tab(page, "Делаю карты.", "javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.locator("#id_link_1")).to_have_attribute("aria-invalid", "true")
    page.locator("#id_link_1").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("example.org")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/studio/$"))
    page.goto("/studio/projects/new/")
    page.locator("#id_name").focus()
    type_and_tab(page, "Карта дорог")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Создать черновик").press("Enter")
    expect(page.locator("#id_slug")).to_have_value("karta-dorog")
    page.locator("#id_description").focus()
    page.keyboard.type("**Карта** дорог.")
    page.get_by_role("button", name="Посмотреть, как выглядит").press("Enter")
    expect(page.locator("#description-preview strong")).to_have_text("Карта")
    page.locator("#id_summary").focus()
    page.keyboard.type("Дороги мира.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Сохранено.")).to_be_visible()
    page.get_by_role("button", name="Опубликовать сейчас").press("Enter")
    expect(page.get_by_text("Проект на витрине.")).to_be_visible()
    page.get_by_role("link", name=re.compile("архив")).press("Enter")
    expect(page.get_by_role("heading", name="Убрать проект в архив?")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name=re.compile("архив")).press("Enter")
    expect(page.get_by_role("button", name="Восстановить")).to_be_visible()
