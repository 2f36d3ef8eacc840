"""Filling a gallery and releasing a version: with a mouse, by keyboard, and without JavaScript."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.accounts.pictures import photo
from tests.browser.visitor import MARKS, PHONE, Visit
from tests.films import film_bytes
from tests.processes.site import Site

pytestmark = MARKS

# A draft of the test's own, and a session of its owner.
DRAFT = """
from django.test import Client
from showpiece.catalog import services
from showpiece.catalog.models import Category, Creator
creator = Creator.objects.select_related("user").get(slug="rosa-ships")
project = services.project_create(creator=creator, category=Category.objects.first(), slug="{slug}", name="{slug}")
client = Client()
client.force_login(creator.user, "showpiece.accounts.backend.Backend")
print(client.cookies["sessionid"].value, project.pk)
"""


def studio(visit: Visit, shop: Site, slug: str, tab: str, **options: Any) -> Page:
    """That tab of the studio, for a new draft."""
    session, project = shop.manage(DRAFT.format(slug=slug)).split()
    page = visit("/people/", **options)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop.url}])
    page.goto(f"/studio/projects/{project}/{tab}/")
    return page


def order(page: Page) -> list[str | None]:
    return [picture.get_attribute("alt") for picture in page.locator("[data-item] img").all()]


def file(name: str, data: bytes) -> Any:
    return {"name": name, "mimeType": "", "buffer": data}


def test_pictures_and_a_film_are_uploaded_and_arranged_by_keyboard(visit: Visit, shop: Site) -> None:
    page = studio(visit, shop, "by-keyboard", "gallery", expected=("status of 422",))
    sent = [file("a.jpg", photo()), file("b.webm", film_bytes()), file("fake.png", b"<html>hello</html>")]
    page.locator("#uploads-input").set_input_files(sent)
    texts = page.get_by_label("What it shows")
    expect(texts).to_have_count(3)
    texts.nth(0).press_sequentially("A lamp")
    page.get_by_role("button", name="Upload").press("Enter")
    expect(page.get_by_text("Say in a few words what it shows").first).to_be_visible()
    expect(texts.nth(0)).to_be_focused()  # the first went its way
    texts.nth(0).fill("It glows")
    texts.nth(1).fill("Nothing")
    texts.nth(1).press("Enter")
    expect(page.locator("[data-item]")).to_have_count(2)
    expect(page.locator("[data-error]:visible")).to_contain_text("neither a picture nor a film")
    expect(page.locator("[data-unfinished]")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="Earlier: It glows").press("Enter")
    expect(page.locator("[data-item] img").first).to_have_attribute("alt", "It glows")
    expect(page.locator("#announcer")).to_have_text("Moved to place 1 of 2.")
    expect(page.get_by_role("button", name="Later: It glows")).to_be_focused()
    page.reload()
    assert order(page) == ["It glows", "A lamp"]


def test_pictures_are_dragged_into_another_order(visit: Visit, shop: Site) -> None:
    page = studio(visit, shop, "dragged", "gallery")
    page.locator("#uploads-input").set_input_files([file("a.jpg", photo()), file("b.jpg", photo())])
    for text, field in zip("AB", page.get_by_label("What it shows").all(), strict=True):
        field.fill(text)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("[data-item]")).to_have_count(2)
    with page.expect_response("**/order/"):
        page.locator("[data-item] img").nth(1).drag_to(page.locator("[data-item] img").nth(0))
    page.reload()
    assert order(page) == ["B", "A"]
    page.get_by_role("button", name="Remove: B").click()
    page.get_by_role("button", name="Keep it").click()
    assert order(page) == ["B", "A"]
    page.get_by_role("button", name="Remove: B").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("[data-item]")).to_have_count(1)


def test_upload_shows_how_far_it_is_and_a_broken_line_is_told(visit: Visit, shop: Site, tmp_path: Path) -> None:
    page = studio(visit, shop, "progress", "versions", expected=("ERR_FAILED", "status of 422"))
    page.get_by_label("Version", exact=True).fill("1.0.0")
    page.get_by_role("button", name="Make a draft").click()
    # Kept for a moment, so that the bar can be seen; then the line breaks.
    page.route("**/files/add/", lambda route: route.abort(), times=1)
    tool = tmp_path / "tool.zip"
    tool.write_bytes(bytes(range(256)) * 20_000)
    page.locator("#uploads-input").set_input_files(tool)
    expect(page.locator("[data-error]:visible")).to_have_text("It did not get through. Please try again.")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 2_000_000}
    slow.send("Network.emulateNetworkConditions", conditions)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".uploads-row .progress-value")).to_have_text(re.compile(r"^\d+ %$"))
    expect(page.locator(".files li")).to_have_count(1)
    expect(page.locator(".uploads-row")).to_have_count(0)
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    page.locator("#uploads-input").set_input_files(tool)
    expect(page.locator("[data-error]:visible")).to_contain_text("The same file is in this version already")


def test_gallery_without_javascript(visit: Visit, shop: Site) -> None:
    page = studio(
        visit, shop, "plain", "gallery", java_script_enabled=False, viewport=PHONE, expected=("status of 422",)
    )
    for number, (name, data) in enumerate([("a.jpg", photo()), ("b.png", b"<html>"), ("c.jpg", photo())]):
        page.locator(f"[name=item-{number}-file]").set_input_files(file(name, data))
        page.locator(f"[name=item-{number}-alt]").fill(name)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("[data-item]")).to_have_count(2)
    expect(page.locator(".field-error:visible")).to_contain_text("neither a picture nor a film")
    page.get_by_role("button", name="Earlier: c.jpg").click()
    assert order(page) == ["c.jpg", "a.jpg"]
    page.get_by_role("link", name="Edit: c.jpg").click()
    page.get_by_label("What it shows").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-error:visible")).to_contain_text("Say in a few words")
    page.get_by_label("What it shows").fill("A lamp")
    page.get_by_role("button", name="Save").click()
    assert order(page) == ["A lamp", "a.jpg"]
    page.get_by_role("button", name="Remove: a.jpg").click()
    assert order(page) == ["A lamp"]


def test_version_without_javascript(visit: Visit, shop: Site) -> None:
    page = studio(visit, shop, "plain-version", "versions", java_script_enabled=False, expected=("status of 422",))
    page.get_by_label("Version", exact=True).fill("1.0")
    page.get_by_role("button", name="Make a draft").click()
    expect(page.locator(".field-error:visible")).to_contain_text("three numbers")
    page.get_by_label("Version", exact=True).fill("1.0.0")
    page.get_by_role("button", name="Make a draft").click()
    page.locator("[name=file]").set_input_files([file("a.txt", b"aa"), file("b.txt", b"aa")])
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The same file is in this version already, as a.txt.")
    page.get_by_role("button", name="Release this version").click()
    expect(page.locator(".badge", has_text="released")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="a.txt").click()
    assert Path(download.value.path()).read_bytes() == b"aa"
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".badge", has_text="withdrawn")).to_be_visible()


def test_viewer_by_keyboard_and_pictures_without_javascript(visit: Visit, shop: Site) -> None:
    page = visit("/@yuki-grows/leaf-log/")
    links = page.locator("[data-picture]")
    links.nth(0).press("Enter")
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("img")).to_have_js_property("complete", value=True)
    page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("2 / 2")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(links.nth(1)).to_be_focused()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download: leaf-log-1.1.0.zip").click()
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    plain = visit("/@yuki-grows/leaf-log/", java_script_enabled=False)
    address = plain.locator("[data-picture]").nth(1).get_attribute("href")
    picture = plain.request.get(f"{shop.url}{address}")
    assert (picture.status, picture.headers["content-type"]) == (200, "image/webp")
