"""A run goes on in view, whatever happens between browser and server."""

from playwright.sync_api import expect

from tests.browser.visitor import FACES, MARKS, Visit, expect_status, paused, use_sample
from tests.processes.site import Site

pytestmark = MARKS


def test_blocked_stream_ends_by_polling(visit: Visit, shop: Site) -> None:
    page = visit(FACES, expected=("ERR_FAILED", "[object Event]"))
    page.context.route("**/events/**", lambda route: route.abort())
    with paused(shop):
        with page.expect_response("**/panel/"):
            use_sample(page)
        asked = len(visit.watch(page).sent("GET", "/events/"))
        page.wait_for_event("response", lambda answer: "/panel/" in answer.url)
        assert len(visit.watch(page).sent("GET", "/events/")) == asked, "it polls and still knocks at the stream"
    expect_status(page, "succeeded")
    expect(page.get_by_role("table")).to_be_visible()


def test_stream_that_is_swallowed_ends_by_polling(visit: Visit, shop: Site) -> None:
    """A proxy that keeps what it gets: the stream neither fails nor says anything."""
    page = visit(FACES)
    page.context.route("**/events/**", lambda route: None)
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
    expect(page.locator("#run-body[data-status=succeeded]")).to_be_visible()


def test_stream_that_opens_and_is_kept_back_ends_by_polling(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    page.add_init_script("""window.EventSource = class extends EventTarget {
        static CLOSED = 2;
        constructor() { super(); setTimeout(() => this.onopen(new Event("open")), 10); }
        close() { window.closed_stream = true; }
    };""")
    page.reload()
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
    expect(page.locator("#run-body[data-status=succeeded]")).to_be_visible()
    page.wait_for_function("window.closed_stream")
    asked = len(visit.watch(page).sent("GET", "/panel/"))
    page.wait_for_timeout(1_500)
    assert len(visit.watch(page).sent("GET", "/panel/")) == asked, "it asks on after the end"


def test_title_follows_the_run(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
        live = page.title()
    expect_status(page, "succeeded")
    done = page.title()
    assert live != done
    page.reload()
    assert page.title() == done


def test_stream_asks_no_panel(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
    expect_status(page, "succeeded")
    watch = visit.watch(page)
    assert (len(watch.sent("GET", "/events/")), watch.sent("GET", "/panel/")) == (1, [])


def test_queued_run_is_canceled_and_stays_so(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
        page.get_by_role("button", name="Cancel the run").click()
        expect(page.locator(".demo-status")).to_contain_text("Canceled")
        expect(page.get_by_role("button", name="Cancel the run")).to_have_count(0)
        canceled = page.url
        page.get_by_role("link", name="Try another").click()
        use_sample(page)
        expect_status(page, "starting")
    expect_status(page, "succeeded")  # so the worker has been past the first one in the queue
    page.goto(canceled)
    expect_status(page, "canceled")


def test_two_tabs_of_a_run_both_come_to_its_end(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    second = page.context.new_page()
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
        second.goto(page.url)
        expect_status(second, "starting")
    for tab in (page, second):
        expect_status(tab, "succeeded")
        expect(tab.get_by_role("table")).to_be_visible()


def test_result_waits_for_who_went_away(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
        address = page.url
        page.close()
    later = page.context.new_page()
    later.goto(address)
    expect_status(later, "succeeded")


def test_double_click_is_one_run(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    with paused(shop):
        page.locator("button[name=use_sample]").dblclick()
        expect_status(page, "starting")
    expect_status(page, "succeeded")
    posts = visit.watch(page).sent("POST", "/")
    assert len(posts) == 1, posts
