"""Giving a file: chosen, dropped, pasted; and files that are refused."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import (
    FACES,
    MARKS,
    Visit,
    choose,
    expect_status,
    fake_photo,
    huge_photo,
    own_photo,
    send,
    use_sample,
)

pytestmark = MARKS


def expect_chosen(page: Page, name: str) -> None:
    """The zone names the file and draws it."""
    expect(page.locator(".dropzone-file")).to_contain_text(name)
    expect(page.locator(".dropzone-picture")).to_be_visible()


def drag(page: Page, file: Path, *steps: str) -> None:
    """Drag a file over the zone as the desktop does: the browser's own events, which a script cannot make."""
    box = page.locator("[data-dropzone]").bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    for step in steps:
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": step,
                "x": box["x"] + box["width"] / 2,
                "y": box["y"] + box["height"] / 2,
                "data": {"items": [], "files": [str(file)], "dragOperationsMask": 1},
            },
        )


def test_chosen_file_is_named_drawn_and_run(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    choose(page, own_photo(tmp_path))
    expect_chosen(page, "my photo.png")
    send(page)
    expect_status(page, "succeeded")
    expect(page.locator(".demo-stage img")).to_have_attribute("width", "400")


def test_chosen_file_can_be_put_away(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    choose(page, own_photo(tmp_path))
    expect_chosen(page, "my photo.png")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Drop a file here")).to_be_visible()
    expect(page.locator(".dropzone-picture")).to_be_hidden()
    send(page)  # the browser itself asks for the file now
    expect(page.locator("input[type=file]:invalid")).to_be_focused()
    assert visit.watch(page).sent("POST", "/run/") == []


def test_dropped_file_is_taken(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    zone = page.locator("[data-dropzone]")
    drag(page, own_photo(tmp_path), "dragEnter", "dragOver")
    expect(zone).to_contain_class("dropzone-over")
    drag(page, own_photo(tmp_path), "drop")
    expect(zone).not_to_contain_class("dropzone-over")
    expect_chosen(page, "my photo.png")
    send(page)
    expect_status(page, "succeeded")


def test_pasted_picture_is_taken(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    page.evaluate(
        """(base64) => {
            const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
            document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }""",
        base64.b64encode(own_photo(tmp_path).read_bytes()).decode(),
    )
    expect_chosen(page, "image.png")
    send(page)
    expect_status(page, "succeeded")


def test_text_named_jpg_is_refused_at_the_field_and_the_form_goes_on(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES, expected=("status of 422",))
    choose(page, fake_photo(tmp_path))
    expect(page.locator(".dropzone-file")).to_contain_text("holiday.jpg")
    send(page)
    message = page.locator("[data-dropzone] .field-error:visible")
    expect(message).to_have_text("This is not an image. Please choose a JPEG, PNG, WebP or AVIF file.")
    field = page.locator("input[type=file]")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(re.escape(message.inner_text())))
    expect(page.locator(".demo-upload")).to_be_hidden()

    choose(page, own_photo(tmp_path))
    expect(message).to_have_count(0)
    send(page)
    expect_status(page, "succeeded")


def test_file_above_the_limit_is_refused_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    choose(page, huge_photo(tmp_path))
    expect(page.get_by_role("alert")).to_have_text("This file is too large: 17\u00a0MB. The limit is 16\u00a0MB.")
    send(page)
    expect(page.locator("input[type=file]:invalid")).to_be_focused()
    assert visit.watch(page).sent("POST", "/run/") == []

    choose(page, own_photo(tmp_path))
    expect(page.get_by_role("alert")).to_have_count(0)
    send(page)
    expect_status(page, "succeeded")


def test_option_out_of_range_is_refused_at_its_field(visit: Visit) -> None:
    """A browser that does not check: the server's message stands at the field, and the options are open."""
    page = visit(FACES, expected=("status of 422",))
    page.locator("form.demo-form").evaluate("form => { form.elements.max_faces.value = '0'; }")
    use_sample(page)
    options = page.locator("details.disclosure")
    expect(options.locator(".field-error")).to_be_visible()
    options.get_by_label("Maximum number of faces").fill("5")
    use_sample(page)
    expect_status(page, "succeeded")


@pytest.mark.parametrize("status", [403, 500])
def test_answer_that_is_no_form_is_told(status: int, visit: Visit) -> None:
    page = visit(FACES, expected=(f"status of {status}", f"Status Error Code {status}"))
    page.context.route("**/run/", lambda route: route.fulfill(status=status, body="no"))
    with page.expect_response("**/run/"):
        use_sample(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert visit.watch(page).sent("GET", "/events/") == []


def test_broken_line_is_told_and_the_same_is_sent_again(visit: Visit) -> None:
    page = visit(FACES, expected=("ERR_FAILED", "htmx:afterRequest", "htmx:sendError"))
    page.context.route("**/run/", lambda route: route.abort(), times=1)
    page.locator("button[name=use_sample]").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(page.locator("button.demo-run")).to_be_enabled()
    page.keyboard.press("Enter")
    expect_status(page, "succeeded")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_file_that_is_plainly_of_another_kind_is_refused_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    page = visit(FACES)
    notes = tmp_path / "notes.txt"
    notes.write_text("no picture")
    choose(page, notes)
    expect(page.get_by_role("alert")).to_have_text("This kind of file is not accepted here.")
    choose(page, own_photo(tmp_path))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect_chosen(page, "my photo.png")
