"""A stranger comes in, tries a demo, takes the result along and clears it away."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.visitor import FACES, MARKS, Visit, expect_status, finished_run, paused, picture_size, use_sample
from tests.processes.site import Site

pytestmark = MARKS

# What a worker writes when it takes a run and reports; its lease has run out, so the real worker takes over.
TAKEN = """
from django.utils import timezone
from showpiece.demos.models import Run
Run.objects.filter(pk="{}").update(
    status="processing", stage="finding faces", progress=0.4, attempt=1, started_at=timezone.now(),
    lease_until=timezone.now())
"""


def download(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        press()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_stranger_finds_a_demo_and_sees_each_state_without_a_reload(visit: Visit, shop: Site) -> None:
    page = visit("/")
    page.get_by_role("link", name="Faces", exact=True).click()
    expect(page).to_have_url(shop.url + FACES)
    expect(page.get_by_role("heading", name="Faces", level=1)).to_be_visible()
    page.evaluate("window.sameDocument = true")
    status, announcer = page.locator(".demo-status"), page.locator("#announcer")
    with paused(shop):
        use_sample(page)
        expect(status).to_contain_text("Queued")
        expect(page.get_by_text("Waiting for a free worker", exact=True)).to_be_visible()
        expect(announcer).to_contain_text("Queued")
        shop.manage(TAKEN.format(page.url.rstrip("/").rpartition("/")[2]))
        expect(status).to_contain_text("Running")
        expect(page.get_by_role("progressbar", name="Progress of the run")).to_have_attribute("value", "40")
        expect(announcer).to_contain_text("Running")
    expect(status).to_contain_text("Done")
    expect(announcer).to_contain_text("Done")
    assert page.evaluate("window.sameDocument")


def test_result_is_seen_and_taken_along(visit: Visit) -> None:
    page = visit(FACES)
    finished_run(page)
    picture = page.locator(".demo-stage img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 512
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table.get_by_role("cell", name="female")).to_be_visible()

    name, data = download(page, page.get_by_role("link", name="Download the picture").click)
    assert (name.rpartition(".")[2], picture_size(data)) == ("jpg", (512, 512))
    name, data = download(page, page.get_by_role("link", name="Download the table (CSV)").click)
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    assert (name, len(rows), rows[0]["sex"]) == ("faces.csv", 1, "female")
    page.get_by_text("All of it as JSON").click()
    name, data = download(page, page.get_by_role("link", name="Download the data (JSON)").click)
    (face,) = json.loads(data)["faces"]
    assert (name, face["sex"], len(face["box"])) == ("output.json", "female", 4)
    assert json.loads(page.locator(".code code").inner_text()) == json.loads(data)


def test_another_one_starts_from_an_empty_form(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    first = finished_run(page)
    page.get_by_role("link", name="Try another").click()
    expect(page).to_have_url(f"{shop.url}{FACES}#demo")
    expect(page.get_by_text("Drop a file here")).to_be_in_viewport()
    use_sample(page)
    expect_status(page, "succeeded")
    assert page.url != first


def test_deleted_result_is_gone(visit: Visit, shop: Site) -> None:
    page = visit(FACES, expected=("status of 404",))
    address = finished_run(page)
    picture = page.locator(".demo-stage img").get_attribute("src")
    page.get_by_role("button", name="Delete this result").click()
    dialog = page.get_by_role("dialog", name="Delete this result?")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()

    page.get_by_role("button", name="Delete this result").click()
    dialog.get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{shop.url}{FACES}**")
    for gone in (address, picture):
        answer = page.goto(str(gone))
        assert answer
        assert answer.status == 404


def test_back_and_forward_lead_to_the_form_and_to_the_result(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    address = finished_run(page)
    page.go_back()
    expect(page).to_have_url(shop.url + FACES)
    expect(page.get_by_role("button", name="Run the demo")).to_be_visible()
    expect(page.locator("#run-body")).to_have_count(0)
    page.go_forward()
    expect(page).to_have_url(address)
    expect_status(page, "succeeded")
    page.go_back()
    use_sample(page)
    expect_status(page, "succeeded")
    assert page.url != address


def test_run_is_for_the_browser_that_made_it(visit: Visit) -> None:
    page = visit(FACES)
    address = finished_run(page)
    picture = str(page.locator(".demo-stage img").get_attribute("src"))
    stranger = visit("/", expected=("status of 404",))
    for secret in (address, f"{address}panel/", f"{address}output.json", f"{address}events/", picture):
        answer = stranger.goto(secret)
        assert answer
        assert answer.status == 404, secret
    second_tab = page.context.new_page()
    second_tab.goto(address)
    expect_status(second_tab, "succeeded")
