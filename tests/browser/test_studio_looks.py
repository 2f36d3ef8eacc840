"""What a designer looks for in the studio: nothing under the bar, nothing cut off."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_studio_media import studio
from tests.browser.visitor import MARKS, PHONE, Visit
from tests.processes.site import Site

pytestmark = MARKS

SMALL = {"width": 320, "height": 568}
# Where the focus is, if the bar lies over it. A text field may be higher than what is left of a small window, so that
# of one its first line counts.
COVERED = """() => {
    const one = document.activeElement, bar = document.querySelector(".studio-save");
    if (!one.closest("#project-form") || bar.contains(one)) return null;
    const box = one.getBoundingClientRect();
    const lowest = one.localName === "textarea" ? box.top + 40 : box.bottom - 1;
    const hit = document.elementFromPoint(box.left + box.width / 2, lowest);
    const under = lowest - bar.getBoundingClientRect().top;
    return bar.contains(hit) ? `${one.id || one.innerText} ends ${under} px under` : null;
}"""
# How much wider than its place the longest of a select's words is.
CUT_OFF = """(select) => {
    const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const words = [...select.options].map((option) => pen.measureText(option.text).width);
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return Math.max(...words) - room;
}"""
INVITE = """
from showpiece.accounts.services import user_add
from showpiece.catalog import services
from showpiece.catalog.models import Project
user = user_add(email="{slug}@example.org", username="{slug}", password=None, name="Maximilian Featherstone")
services.contributor_invite(project=Project.objects.get(slug="{slug}"), user=user, role="maintainer")
"""


def stops(page: Page, key: str) -> list[str]:
    """What the bar covers on the way through the whole form."""
    covered = []
    for _ in range(30):
        page.keyboard.press(key)
        if found := page.evaluate(COVERED):
            covered.append(f"{key}: {found}")
    return covered


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_bar_lies_over_no_field_that_has_the_focus(kept: bool, size: dict[str, int], visit: Visit, shop: Site) -> None:
    slug = f"bar-{size['width']}-{'kept' if kept else 'lost'}"
    options = {"viewport": size, "locale": "ru-RU", "reduced_motion": "reduce"}
    page = studio(visit, shop, slug, ".", expected=("ERR_FAILED", "htmx:"), **options)
    page.locator("[name=price_kind][value=open]").check()
    if not kept:
        page.route("**/draft/", lambda route: route.abort())
    page.locator("#id_summary").press_sequentially("Typed")
    # The bar is at its highest with this text in it.
    expect(page.locator("#draft-state")).to_contain_text("Запомнено" if kept else "не удалось запомнить")
    page.locator(".studio-save button").focus()
    covered = stops(page, "Shift+Tab")
    page.locator("#id_name").focus()
    assert covered + stops(page, "Tab") == []


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_longest_role_is_not_cut_off(size: dict[str, int], visit: Visit, shop: Site) -> None:
    slug = f"role-{size['width']}"
    page = studio(visit, shop, slug, "people", viewport=size, locale="ru-RU")
    shop.manage(INVITE.format(slug=slug))
    page.reload()
    select = page.locator(".studio-role select")
    expect(select).to_have_value("maintainer")
    assert select.evaluate(CUT_OFF) <= 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
