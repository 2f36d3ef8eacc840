"""An account from its beginning: by keyboard, without JavaScript, and with a passkey."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visitor import MARKS, Visit
from tests.processes.site import Site

pytestmark = MARKS
PASSWORD = "a good long password"


def type_and_tab(page: Page, *texts: str) -> None:
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Tab")


def sign_up(page: Page, username: str) -> None:
    page.get_by_label("Name", exact=True).focus()
    type_and_tab(page, "Ann Lee", f"{username}@example.org", username, PASSWORD, PASSWORD)


def confirm(shop: Site, username: str) -> None:
    """As if the link of the mail had been opened."""
    code = "from allauth.account.models import EmailAddress as E; E.objects.filter(email={!r}).update(verified=True)"
    shop.manage(code.format(f"{username}@example.org"))


def test_by_keyboard_without_javascript(visit: Visit) -> None:
    page = visit("/accounts/login/?next=/projects/", java_script_enabled=False)
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_role("link", name="Create an account").focus()
    page.keyboard.press("Enter")
    page.locator("form").first.evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Create the account").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".field-error")).to_have_count(5)
    expect(page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")
    sign_up(page, "keyboard")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/projects/$"))
    page.goto("/accounts/")
    expect(page.get_by_role("main")).to_contain_text("keyboard@example.org")
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").press("Enter")
    page.goto("/accounts/login/")
    page.get_by_label("E-mail or username").focus()
    type_and_tab(page, "keyboard", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/$"))


def test_passkey(visit: Visit, shop: Site) -> None:
    """Add one, then sign in with nothing else. A passkey wants a name: the site is opened as localhost."""
    home = shop.url.replace("127.0.0.1", "localhost")
    page = visit("/accounts/signup/", home=home)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    about = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    about |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": about})
    sign_up(page, "passkey")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}/accounts/")
    confirm(shop, "passkey")
    page.goto("/accounts/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the passkey")).not_to_have_value("")
    page.get_by_role("button", name="Add the passkey").press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/projects/")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page).to_have_url(f"{home}/projects/")
    expect(page.get_by_label("Your account")).to_be_visible()


def test_passkey_that_does_not_come_is_told_in_words(visit: Visit) -> None:
    """127.0.0.1 is no name, so the browser refuses."""
    page = visit("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-trouble")).to_have_text(re.compile("under a name, not under a number"))
