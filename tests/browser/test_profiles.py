"""A profile by keyboard, without JavaScript."""

import json
import re

from playwright.sync_api import expect

from tests.accounts.pictures import photo
from tests.browser.test_accounts import sign_up, type_and_tab
from tests.browser.visitor import MARKS, Visit
from tests.processes.site import Site

pytestmark = MARKS
# How much the drawn photo of each person differs from their file, and from that of another: 0 to 255, on average.
ALIKE = """async files => {
    const pixels = async url => {
        const image = new Image();
        image.src = url;
        await image.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0, 64, 64);
        return context.getImageData(0, 0, 64, 64).data;
    };
    const apart = (one, other) => one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
    const rows = [...document.querySelectorAll(".people-item")].filter(row => row.querySelector("img"));
    const found = [];
    for (const row of rows) {
        const name = row.querySelector("a").pathname.slice(2, -1);
        const shown = await pixels(row.querySelector("img").src);
        const names = Object.keys(files);
        const other = names[(names.indexOf(name) + 1) % names.length];
        const [own, next] = [await pixels(files[name]), await pixels(files[other])];
        found.push({ name, own: apart(shown, own), next: apart(shown, next) });
    }
    return found;
}"""


def test_by_keyboard_without_javascript(visit: Visit) -> None:
    page = visit("/accounts/signup/?next=/accounts/profile/", java_script_enabled=False)
    sign_up(page, "profiled")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/profile/$"))
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.press("Control+A")
    type_and_tab(page, "Ann Profiled")
    page.set_input_files("[name=photo]", {"name": "me", "mimeType": "image/jpeg", "buffer": photo()})
    page.get_by_label("About you").focus()
    type_and_tab(page, "I *test*.", "Oslo", "javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Link 1")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_contain_text("choose the photo again")
    page.get_by_label("Link 1").focus()
    page.keyboard.press("Control+A")
    type_and_tab(page, "example.org/ann")
    page.set_input_files("[name=photo]", {"name": "me", "mimeType": "image/jpeg", "buffer": photo()})
    page.get_by_role("button", name="Save").press("Enter")
    expect(page).to_have_url(re.compile("/@profiled/$"))
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Ann Profiled")).to_be_visible()
    expect(main).to_contain_text("Online")
    expect(main.get_by_role("link", name="example.org/ann")).to_have_attribute("href", "https://example.org/ann")
    expect(main.locator(".avatar img")).to_have_js_property("naturalWidth", 320)


def test_each_person_of_the_list_has_their_own_photo(visit: Visit, shop: Site) -> None:
    """All come as one file, of which each shows a part: as the browser draws it, that is like the photo by itself."""
    own = shop.manage(
        "from showpiece.accounts.models import Profile; import json;"
        "print(json.dumps({p.user.username: p.small_photo_url for p in Profile.objects.exclude(photo='')}))"
    )
    page = visit("/people/")
    differences = []
    for _ in range(20):  # who was here last stands first: members of other tests come before those of the sample
        page.wait_for_load_state("networkidle")
        differences += page.evaluate(ALIKE, json.loads(own))
        if not (following := page.locator("a[rel=next]")).count():
            break
        page.goto(str(following.get_attribute("href")))
    assert len(differences) >= 8
    assert all(row["own"] < 12 for row in differences), differences
    assert all(row["next"] > 12 for row in differences), differences
