"""From a project's page to a thank you: as a guest, by keyboard alone, with a script and without one."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import MARKS, Visit

pytestmark = MARKS
HALVES = "/@rosa-ships/halves/"


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_guest_gives_by_keyboard(visit: Visit, script: bool) -> None:
    page = visit(HALVES, java_script_enabled=script)
    page.get_by_role("link", name="Support this project").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Support Halves")).to_be_visible()
    tab_to(page, "[name=preset]")
    for _more in range(3):  # €10, €25, another amount
        page.keyboard.press("ArrowRight")
    tab_to(page, "#id_amount")
    page.keyboard.type("7.50")
    tab_to(page, "#id_message")
    page.keyboard.type("Go on <b>!</b>")
    if script:
        expect(page.get_by_text("14 / 500")).to_be_visible()
        expect(page.get_by_role("button", name="Give €7.50")).to_be_visible()
    tab_to(page, "#id_name")
    name = f"Giver {uuid.uuid4().hex[:8]}"
    page.keyboard.type(name)
    tab_to(page, "#id_email")
    page.keyboard.type(f"{uuid.uuid4().hex[:12]}@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No money moves")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay \\S*[0-9]")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You gave €7.50")).to_be_visible()
    page.goto(HALVES)
    wall = page.locator("#support")
    expect(wall.get_by_text(name)).to_be_visible()
    expect(wall.get_by_text("Go on <b>!</b>").first).to_be_visible()
