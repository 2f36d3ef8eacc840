"""An account from its beginning: by keyboard, without JavaScript, and with a passkey."""

import re

import pytest
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
    page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
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


def named(shop: Site) -> str:
    return shop.url.replace("127.0.0.1", "localhost")


def connect_device(page: Page) -> None:
    """One that makes passkeys and says yes to everything."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    about = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    about |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": about})


def test_passkey(visit: Visit, shop: Site) -> None:
    """Add one, then sign in with nothing else. A passkey wants a name: the site is opened as localhost."""
    home = named(shop)
    page = visit("/accounts/signup/", home=home)
    connect_device(page)
    sign_up(page, "passkey")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{home}/accounts/")
    confirm(shop, "passkey")
    page.goto("/accounts/passkeys/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the passkey")).not_to_have_value("")
    page.wait_for_load_state()  # the button works once its script is there
    page.get_by_role("button", name="Add the passkey").press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/projects/")
    page.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(page).to_have_url(f"{home}/projects/")
    expect(page.get_by_label("Your account")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_registering_with_a_passkey_alone(visit: Visit, shop: Site, language: str) -> None:
    """By keyboard; then the account opens with nothing else, and tells the password form how to be reached without."""
    words = {
        "en": ("Use a passkey instead", "Make the passkey", "Recovery codes", "Continue"),
        "ru": ("ключом доступа вместо", "Создать ключ доступа", "Резервные коды", "Продолжить"),
    }
    choose, make, codes, on = words[language]
    home = named(shop)
    page = visit("/accounts/signup/?next=/projects/", home=home, locale=language)
    connect_device(page)
    page.get_by_role("link", name=choose).press("Enter")
    page.locator("[name=name]").focus()
    type_and_tab(page, "Bea Lee", f"bea-{language}@example.org", f"bea-{language}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(f"bea-{language}@example.org")
    page.wait_for_load_state()  # the button works once its script is there
    page.get_by_role("button", name=make).press("Enter")
    expect(page.get_by_role("heading", name=codes, level=1)).to_be_visible()
    page.get_by_role("link", name=on).press("Enter")
    expect(page).to_have_url(f"{home}/projects/")
    page.goto("/accounts/logout/")
    page.get_by_role("main").locator("button").press("Enter")
    page.goto("/accounts/login/")
    page.locator("#passkey_login").press("Enter")
    expect(page).to_have_url(f"{home}/accounts/")
    expect(page.get_by_role("main")).to_contain_text(f"bea-{language}@example.org")


def test_registering_with_a_passkey_that_does_not_come(visit: Visit, shop: Site) -> None:
    """The browser has no device: it says so in words, and nobody is made."""
    page = visit("/accounts/signup/passkey/", home=named(shop))
    page.locator("[name=name]").focus()
    type_and_tab(page, "Nobody", "nobody-there@example.org", "nobody-there")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Make your passkey")).to_be_visible()
    page.evaluate("""() => {
        navigator.credentials.create = () => Promise.reject(new DOMException("", "NotAllowedError"));
    }""")
    page.wait_for_load_state()
    page.get_by_role("button", name="Make the passkey").press("Enter")
    expect(page.locator("#passkey-trouble")).to_have_text(re.compile("Nothing was done"))
    asked = "from showpiece.accounts.models import User; print(User.objects.filter(username='nobody-there').count())"
    assert shop.manage(asked) == "0"


def test_registering_with_a_passkey_without_javascript(visit: Visit) -> None:
    page = visit("/accounts/signup/?next=/projects/", java_script_enabled=False)
    expect(page.get_by_role("link", name="Use a passkey instead of a password")).to_be_hidden()
    page.goto("/accounts/signup/passkey/?next=/projects/")
    said = page.locator("main noscript")  # whose text Playwright itself passes over
    assert "Passkeys need JavaScript" in said.evaluate("one => one.innerText")
    assert said.evaluate("one => one.firstElementChild.getBoundingClientRect().height") > 0
    expect(page.get_by_role("button", name="Go on to the passkey")).to_be_hidden()
    page.get_by_role("link", name="Use a password instead").press("Enter")
    sign_up(page, "scriptless")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/projects/$"))


def test_passkey_that_does_not_come_is_told_in_words(visit: Visit) -> None:
    """127.0.0.1 is no name, so the browser refuses."""
    page = visit("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-trouble")).to_have_text(re.compile("under a name, not under a number"))
