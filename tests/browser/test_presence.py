"""Somebody stays on one page for long: the page tells, as long as it can be seen."""

from playwright.sync_api import Page, expect

from tests.accounts.people import PASSWORD
from tests.browser.visitor import MARKS, Visit
from tests.processes.site import Site

pytestmark = MARKS
HERE = "/accounts/here/"
AWAY = """
from datetime import timedelta
from django.utils import timezone
from showpiece.accounts.models import Profile
Profile.objects.filter(user__username={!r}).update(last_seen_at=timezone.now() - timedelta(minutes=10))
"""
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def member(visit: Visit, shop: Site, username: str) -> Page:
    """Somebody signed in, on a page that stays open, with a clock that the test moves."""
    shop.manage(
        "from showpiece.accounts.services import user_add; "
        f"user_add(email='{username}@example.org', username={username!r}, password={PASSWORD!r})"
    )
    page = visit("/accounts/login/?next=/projects/", expected=("Failed to load resource",))
    page.clock.install()
    page.get_by_label("E-mail or username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your account")).to_be_visible()
    return page


def told(visit: Visit, page: Page) -> int:
    return len(visit.watch(page).sent("GET", HERE))


def minutes(page: Page, count: int) -> None:
    """The clock of the page goes on, second by second, with all that is due."""
    for _ in range(count):
        page.clock.run_for(60_000)


def test_an_open_page_keeps_its_reader_online(visit: Visit, shop: Site) -> None:
    page = member(visit, shop, "stays")
    # As after hours without a request: nothing in the server's memory, and long ago in the database.
    shop.stop("web")
    shop.manage(AWAY.format("stays"))
    shop.start("web")
    shop.wait_until_ready()
    other = visit("/@stays/")
    expect(other.get_by_role("main")).to_contain_text("Last seen")
    with page.expect_response(lambda answer: answer.url.endswith(HERE)) as answer:
        minutes(page, 2)
    assert answer.value.status == 204
    for _ in range(20):
        if other.locator(".presence-on").count():
            break
        other.wait_for_timeout(500)
        other.reload()
    expect(other.locator(".presence-on")).to_have_text("Online")


def test_once_a_minute_however_many_pages(visit: Visit, shop: Site) -> None:
    """A page is silent while others in the same browser are loaded, and tells when they are no more."""
    page = member(visit, shop, "often")
    second = page.context.new_page()
    for _ in range(5):
        second.goto("/people/")
        page.wait_for_function("Date.now() - Number(localStorage.here) < 5000")
        minutes(page, 1)
    assert told(visit, page) == 0
    second.close()
    minutes(page, 10)
    assert 8 <= told(visit, page) <= 10


def test_a_page_that_nobody_sees_is_silent(visit: Visit, shop: Site) -> None:
    page = member(visit, shop, "hides")
    page.evaluate(HIDE, True)
    minutes(page, 10)
    assert told(visit, page) == 0
    with page.expect_request(lambda request: request.url.endswith(HERE)):
        page.evaluate(HIDE, False)
    minutes(page, 1)
    assert told(visit, page) == 1


def test_nothing_without_an_account_nor_after_it_signed_out(visit: Visit, shop: Site) -> None:
    stranger = visit("/projects/")
    stranger.clock.install()
    stranger.reload()
    minutes(stranger, 5)
    assert told(visit, stranger) == 0
    page = member(visit, shop, "leaves")
    page.context.clear_cookies(name="sessionid")
    with page.expect_response(lambda answer: answer.url.endswith(HERE)) as answer:
        minutes(page, 2)
    assert answer.value.status == 205
    minutes(page, 10)
    assert told(visit, page) == 1


def test_the_script_keeps_to_the_policy_where_nothing_may_be_kept(visit: Visit, shop: Site) -> None:
    """Storage refused, as some people set it: each page then tells for itself."""
    page = member(visit, shop, "stores")
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused'); } });"
    page.add_init_script(refuse)
    page.reload()
    minutes(page, 4)
    assert 3 <= told(visit, page) <= 4
