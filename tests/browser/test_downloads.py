"""From what was bought to a file on one's own disk, without a script."""

import re
import uuid
import zipfile

from playwright.sync_api import Page, expect

from tests.browser.test_accounts import sign_up
from tests.browser.test_checkout import HALVES, LEAF_LOG, check_out, guest, order_it, put_in, state
from tests.browser.visitor import MARKS, Visit

pytestmark = MARKS


def fetched(page: Page) -> list[str]:
    """What is in the archive behind the first download button, without a path."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile(r"^Download: leaf-log-.*\.zip")).first.click()
    with zipfile.ZipFile(coming.value.path()) as archive:
        return [name.rpartition("/")[2] for name in archive.namelist()]


def test_guest_from_the_page_of_the_order(visit: Visit) -> None:
    page = visit(HALVES, java_script_enabled=False)
    put_in(page)
    put_in(page, LEAF_LOG)
    check_out(page)
    page.get_by_label("E-mail").fill(guest())
    order_it(page)
    page.get_by_role("button", name="Pay €6.00").click()
    state(page, "paid")
    assert "README.txt" in fetched(page)
    page.get_by_role("link", name=re.compile("^All versions")).click()
    assert "README.txt" in fetched(page)


def test_member_from_the_library(visit: Visit) -> None:
    page = visit("/accounts/signup/", java_script_enabled=False)
    sign_up(page, f"owns-{uuid.uuid4().hex[:8]}")
    page.get_by_role("button", name="Create the account").click()
    page.goto("/library/")
    expect(page.get_by_text("Nothing is in your library yet")).to_be_visible()
    put_in(page, LEAF_LOG)
    check_out(page)
    page.get_by_role("button", name="Get it for free").click()
    state(page, "paid")
    page.goto("/library/")
    assert "README.txt" in fetched(page)
    page.get_by_role("button", name=re.compile("^Stop version mails")).click()
    expect(page.get_by_role("button", name=re.compile("^Get version mails"))).to_be_visible()
