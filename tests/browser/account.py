"""A member at the pages of their account: by keyboard alone, in a language, and what is in their mail."""

import re
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from tests.accounts.people import PASSWORD
from tests.browser.visitor import PATIENCE_MS, Visit
from tests.processes.site import Site

ADD = """
from allauth.account.models import EmailAddress
from showpiece.accounts.services import user_add
user = user_add(email={0!r}, username={1!r}, password={2!r}, name="Ann Lee")
EmailAddress.objects.filter(user=user).update(verified=True)
"""
# Each goes through everything: without a script in English, with scripts in Russian.
BOTH = [("en", False), ("ru", True)]
NAMES = ["en, without JavaScript", "ru"]
MOST_STOPS = 60


@dataclass
class Member:
    """Somebody with an account, at their browser."""

    page: Page
    shop: Site
    username: str
    language: str

    @property
    def email(self) -> str:
        return f"{self.username}@example.org"

    def say(self, text: str, context: str = "") -> str:
        """A text of ours as this member reads it."""
        with translation.override(self.language):
            return translation.pgettext(context, text) if context else translation.gettext(text)

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=self.say(heading), level=1, exact=True)).to_be_visible()
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def reach(self, target: Locator) -> None:
        """Go there with the Tab key, however far it is."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def press(self, role: Any, name: str, context: str = "") -> None:
        """Go to that link or button of the page and press Enter."""
        found = self.page.get_by_role("main").get_by_role(role, name=self.say(name, context), exact=True)
        self.reach(found.first)
        self.page.keyboard.press("Enter")

    def type(self, **texts: str) -> None:
        """Fill in those fields, and send with Enter from the last of them."""
        for name, text in texts.items():
            self.reach(self.page.locator(f"main [name={name}]:visible"))
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def sign_in(self, password: str = PASSWORD) -> None:
        self.page.goto("/accounts/login/")
        self.sees("Sign in")
        with self.page.expect_navigation():
            self.type(login=self.username, password=password)

    def sign_out(self) -> None:
        self.page.goto("/accounts/logout/")
        with self.page.expect_navigation():
            self.press("button", "Sign out")
        expect(self.page.get_by_label(self.say("Your account"))).to_have_count(0)

    def confirm_password(self, password: str = PASSWORD) -> None:
        """What sensitive pages ask for first."""
        expect(self.page).to_have_url(re.compile("/reauthenticate/"))
        with self.page.expect_navigation():
            self.type(password=password)

    def is_signed_in(self) -> None:
        expect(self.page.get_by_label(self.say("Your account"))).to_be_visible()

    def mail(self, subject: str, to: str = "") -> str:
        """The text of the newest mail of that subject, as soon as it is there."""
        deadline, wanted = time.monotonic() + PATIENCE_MS / 1000, self.say(subject)
        while True:
            with closing(sqlite3.connect(f"file:{self.shop.home / 'showpiece.sqlite3'}?mode=ro", uri=True)) as database:
                found = database.execute(
                    'SELECT subject, message FROM post_office_email WHERE "to" = ? ORDER BY id DESC', [to or self.email]
                ).fetchall()
            if texts := [str(message) for title, message in found if title == wanted]:
                return texts[0]
            assert time.monotonic() < deadline, f"no {wanted!r}, only {[title for title, _ in found]}"
            time.sleep(0.1)

    def follow(self, mail: str) -> None:
        """Open the link of a mail."""
        found = re.search(rf"{re.escape(self.shop.url)}(/accounts/\S+)", mail)
        assert found, mail
        self.page.goto(found[1])


def member(visit: Visit, shop: Site, username: str, language: str, script: bool, *, known: bool = True) -> Member:
    """A new member with a confirmed address, not signed in yet; or somebody whom the site does not know."""
    if known:
        shop.manage(ADD.format(f"{username}@example.org", username, PASSWORD))
    locale = {"en": "en-GB", "ru": "ru-RU"}[language]
    page = visit("/", java_script_enabled=script, locale=locale, expected=("Failed to load resource",))
    return Member(page, shop, username, language)
