"""A profile by keyboard, without JavaScript."""

import re

from playwright.sync_api import expect

from tests.accounts.pictures import photo
from tests.browser.test_accounts import sign_up, type_and_tab
from tests.browser.visitor import MARKS, Visit

pytestmark = MARKS


def test_by_keyboard_without_javascript(visit: Visit) -> None:
    page = visit("/accounts/signup/?next=/accounts/profile/", java_script_enabled=False)
    sign_up(page, "profiled")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/profile/$"))
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+A")
    type_and_tab(page, "Ann Profiled")
    page.set_input_files("[name=photo]", {"name": "me", "mimeType": "image/jpeg", "buffer": photo()})
    page.get_by_label("About you").focus()
    type_and_tab(page, "I *test*.", "Oslo", "javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Link 1")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("choose the photo again")
    page.get_by_label("Link 1").focus()
    page.keyboard.press("Control+A")
    type_and_tab(page, "example.org/ann")
    page.set_input_files("[name=photo]", {"name": "me", "mimeType": "image/jpeg", "buffer": photo()})
    page.get_by_role("button", name="Save").press("Enter")
    expect(page).to_have_url(re.compile("/@profiled/$"))
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Ann Profiled")).to_be_visible()
    expect(main).to_contain_text("Online")
    expect(main.get_by_role("link", name="example.org/ann")).to_have_attribute("href", "https://example.org/ann")
    assert main.locator(".avatar img").evaluate("image => image.naturalWidth") == 320
