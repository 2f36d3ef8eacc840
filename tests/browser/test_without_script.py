"""The whole way without JavaScript."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.visitor import (
    FACES,
    MARKS,
    Visit,
    choose,
    expect_status,
    fake_photo,
    own_photo,
    paused,
    picture_size,
    send,
    use_sample,
)
from tests.processes.site import Site

pytestmark = MARKS


def test_page_reloads_itself_to_the_result(visit: Visit, shop: Site) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_role("link", name="Faces", exact=True).click()
    with paused(shop):
        use_sample(page)
        expect_status(page, "starting")
        expect(page.locator(".demo-status")).to_contain_text("Queued")
        expect(page.get_by_role("button", name="Cancel the run")).to_be_visible()
    expect_status(page, "succeeded")
    expect(page.get_by_role("table").get_by_role("cell", name="female")).to_be_visible()
    link = page.get_by_role("link", name="Download the picture").get_attribute("href")
    assert picture_size(page.request.get(f"{shop.url}{link}").body()) == (512, 512)
    page.get_by_role("button", name="Delete this result").click()
    expect(page).to_have_url(f"{shop.url}{FACES}#demo")


def test_own_file_runs_and_a_wrong_one_is_refused_at_the_field(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES, java_script_enabled=False, expected=("status of 422",))
    choose(page, fake_photo(tmp_path))
    send(page)
    expect(page.locator("[data-dropzone] .field-error:visible")).to_contain_text("This is not an image.")
    expect(page.locator("input[type=file]")).to_have_attribute("aria-invalid", "true")
    choose(page, own_photo(tmp_path))
    send(page)
    expect_status(page, "succeeded")
    expect(page.locator(".demo-stage img")).to_have_attribute("width", "400")


def test_queued_run_can_be_canceled(visit: Visit, shop: Site) -> None:
    page = visit(FACES, java_script_enabled=False)
    with paused(shop):
        use_sample(page)
        page.get_by_role("button", name="Cancel the run").click()
        expect_status(page, "canceled")


def test_theme_and_language_can_be_chosen(visit: Visit, shop: Site) -> None:
    page = visit(FACES, java_script_enabled=False)
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html[data-theme=dark]")).to_be_visible()
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html[lang=ru][data-theme=dark]")).to_be_visible()
    expect(page).to_have_url(shop.url + FACES)
    expect(page.get_by_role("heading", level=1)).to_have_text("Лица")


def test_pictures_below_the_screen_are_there(visit: Visit) -> None:
    """Their script is missing, so each stands in the page a second time, as one that the browser itself puts off."""
    page = visit("/projects/", java_script_enabled=False)
    pictures = page.locator(".cover img:visible")
    expect(pictures).to_have_count(10)
    pictures.last.scroll_into_view_if_needed()
    with page.expect_response(lambda answer: "/media/" in answer.url) as waiting:
        page.reload()
    assert waiting.value.ok
