"""A stranger sends a clip, watches it being worked on, and plays the film that comes back."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

import showpiece_predictors.exercises
from tests.browser.test_pages import EVERYTHING, violations
from tests.browser.visitor import MARKS, PHONE, Visit, choose, expect_status, paused, send, use_sample
from tests.processes.site import Site

pytestmark = MARKS

EXERCISES = "/@window-bench/exercises/"
CLIP = Path(showpiece_predictors.exercises.__file__).parent / "sample.webm"
# A film takes seconds of a processor, which other tests want as well.
WORK_MS = 90_000
# The film jumps to a moment in its middle and shows that picture: it can be sought in, and its colours are drawn.
SEEK = """async (video) => {
    const late = new Promise((_, fail) => setTimeout(fail, 30_000, new Error("it does not play")));
    const happens = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
    const seek = async () => {
        video.muted = true;
        const played = happens("timeupdate");
        await video.play();
        await played;
        video.pause();
        const there = happens("seeked");
        video.currentTime = video.duration / 2;
        await there;
    };
    await Promise.race([seek(), late]);
    return [video.duration, video.currentTime / video.duration, video.videoWidth, video.error];
}"""


def finished(page: Page) -> None:
    expect(page.locator("#run-body[data-status=succeeded]")).to_be_visible(timeout=WORK_MS)


def test_clip_becomes_a_film_that_plays(visit: Visit) -> None:
    page = visit(EXERCISES)
    choose(page, CLIP)
    expect(page.locator(".dropzone-chosen")).to_contain_text("sample.webm")
    send(page)
    expect_status(page, "processing")
    expect(page.locator(".demo-stage img")).to_be_visible()  # a picture of what was sent
    expect(page.locator(".progress-text")).to_contain_text(re.compile("Following the body|Drawing the film"))
    finished(page)
    facts = page.locator(".run-facts")
    expect(facts).to_contain_text("Squat")
    expect(facts).to_contain_text("5")
    assert violations(page, EVERYTHING) == []
    duration, part, width, error = page.locator("video.stage-video").evaluate(SEEK)
    assert error is None
    assert 6 < duration < 15
    assert 0.4 < part < 0.6
    assert width > 300
    expect(page.locator(".chart-stretch")).to_have_count(5)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the film").click()
    assert Path(waiting.value.path()).read_bytes()[:4] == b"\x1aE\xdf\xa3"


def test_keyboard_alone_cancels_a_film(visit: Visit) -> None:
    page = visit(EXERCISES)
    page.locator("button[name=use_sample]").focus()
    page.keyboard.press("Enter")
    expect_status(page, "processing")
    expect(page.get_by_role("button", name="Cancel the run")).to_be_focused()
    page.keyboard.press("Enter")
    expect_status(page, "canceled")
    expect(page.get_by_role("link", name="Try another")).to_be_focused()


@pytest.mark.parametrize("reached", [True, False])
def test_news_of_the_run_while_it_is_being_cancelled_leave_the_focus(visit: Visit, shop: Site, reached: bool) -> None:
    """On a busy machine the stream tells of progress between the request to cancel and its answer."""
    page = visit(EXERCISES, expected=("ERR_FAILED", "htmx:afterRequest", "htmx:sendError"))
    sent: list[Route] = []
    page.route("**/cancel/", lambda route: sent.append(route))
    with paused(shop):
        page.locator("button[name=use_sample]").press("Enter")
        expect_status(page, "starting")
        expect(page.get_by_role("button", name="Cancel the run")).to_be_focused()
        with page.expect_request("**/cancel/"):
            page.keyboard.press("Enter")
    expect_status(page, "processing")
    expect(page.get_by_role("button", name="Cancel the run")).to_be_focused()
    if reached:
        sent.pop().continue_()
    else:
        sent.pop().abort()
        page.unroute("**/cancel/")
        expect(page.get_by_role("button", name="Try again")).to_be_focused()
        page.keyboard.press("Enter")
    expect_status(page, "canceled")
    expect(page.get_by_role("link", name="Try another")).to_be_focused()


@pytest.mark.parametrize("by", ["mouse", "space"])
def test_news_of_the_run_in_the_middle_of_a_press_do_not_undo_it(visit: Visit, shop: Site, by: str) -> None:
    page = visit(EXERCISES)
    page.evaluate("addEventListener('htmx:sseBeforeMessage', () => document.documentElement.dataset.told = 'yes')")
    button = page.get_by_role("button", name="Cancel the run")
    with paused(shop):
        page.locator("button[name=use_sample]").press("Enter")
        expect_status(page, "starting")
        if by == "mouse":
            button.hover()
            page.mouse.down()
        else:
            expect(button).to_be_focused()
            page.keyboard.down("Space")
    expect(page.locator("html[data-told]")).to_be_attached()
    if by == "mouse":
        page.mouse.up()
    else:
        page.keyboard.up("Space")
    expect_status(page, "canceled")


def test_without_script_on_a_telephone(visit: Visit, shop: Site) -> None:
    page = visit(EXERCISES, java_script_enabled=False, viewport=PHONE)
    use_sample(page)
    finished(page)
    expect(page.locator(".run-facts")).to_contain_text("Squat")
    link = page.get_by_role("link", name="Download the film").get_attribute("href")
    assert page.request.get(f"{shop.url}{link}").headers["content-type"] == "video/webm"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
