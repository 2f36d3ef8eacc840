"""The site by keyboard alone: all of it is reached in order, the focus can be seen, and nothing eats it."""

from playwright.sync_api import Page, expect

from tests.browser.visitor import FACES, MARKS, PHONE, Visit, expect_status, focused, paused
from tests.processes.site import Site

pytestmark = MARKS

# The focus shows as an outline on the element itself or on what it stands in: a card, the drop zone.
IS_SEEN = """() => {
    for (let one = document.activeElement; one && one !== document.body; one = one.parentElement) {
        const style = getComputedStyle(one);
        if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return true;
        const cover = one.matches("article") && one.querySelector(".cover");
        if (cover && getComputedStyle(cover).outlineStyle !== "none") return true;
    }
    return false;
}"""

IN_PANEL = "#demo-panel:focus, #demo-panel *:focus"


def walk(page: Page, most: int = 60) -> list[str]:
    """Everything that Tab reaches, in order, until it leaves the page. Each stop must be visible."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return stops
        stops.append(focused(page))
        assert page.evaluate(IS_SEEN), f"nobody can see the focus on {stops[-1]}"
    raise AssertionError(f"no end after {stops}")


def tab_to(page: Page, selector: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_demo_is_reached_in_the_order_in_which_it_is_read(visit: Visit) -> None:
    page = visit(FACES)
    stops = walk(page)
    wanted = [
        "a Skip to the content",
        "a Showpiece",
        "a Projects",
        "a Sign in",
        "input file id_image",
        "summary Options",
        "button submit Run the demo",
        "button submit Run with the sample",
        "a Download the sample file",
        "button submit English",
        "button submit Dark",
    ]
    found = [stop for stop in stops if stop in wanted and stop != "a Projects"]
    assert found == [stop for stop in wanted if stop != "a Projects"], stops
    assert stops.index("a Projects") == 2


def test_focus_shows_on_every_stop_of_the_front_page(visit: Visit) -> None:
    stops = walk(visit("/"))
    assert len(stops) > 20
    assert "a Faces" in stops


def test_skip_link_comes_into_view_and_leads_to_the_content(visit: Visit) -> None:
    page = visit(FACES)
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).not_to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")


def test_options_open_with_space_and_the_sample_runs_with_enter(visit: Visit, shop: Site) -> None:
    page = visit(FACES)
    tab_to(page, "details.disclosure summary")
    page.keyboard.press("Space")
    expect(page.get_by_label("Minimum confidence")).to_be_visible()
    tab_to(page, "button[name=use_sample]")
    with paused(shop):
        page.keyboard.press("Enter")
        expect_status(page, "starting")
        expect(page.locator(IN_PANEL)).to_have_count(1)  # not lost with the form
        tab_to(page, "#run-cancel")
    expect_status(page, "succeeded")
    expect(page.locator(IN_PANEL)).to_have_count(1)  # nor with the button that was there to cancel


def test_refused_form_puts_the_focus_where_the_message_is(visit: Visit) -> None:
    page = visit(FACES, expected=("status of 422",))
    page.locator("form.demo-form").evaluate("form => { form.elements.image.required = false; }")
    tab_to(page, "button.demo-run")
    page.keyboard.press("Space")
    expect(page.locator("[data-dropzone] .field-error:visible")).to_be_visible()
    expect(page.locator(IN_PANEL)).to_have_count(1)


def test_refusal_is_in_view_on_a_phone(visit: Visit) -> None:
    page = visit(FACES, expected=("status of 422",), viewport=PHONE)
    page.locator("form.demo-form").evaluate("form => { form.elements.image.required = false; }")
    page.locator("button.demo-run").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-dropzone] .field-error:visible")).to_be_in_viewport(ratio=1)
    expect(page.locator("input[type=file]")).to_be_focused()


def test_dialog_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    page = visit(FACES)
    tab_to(page, "button[name=use_sample]")
    page.keyboard.press("Enter")
    expect_status(page, "succeeded")
    delete = page.get_by_role("button", name="Delete this result")
    delete.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete this result?")
    expect(dialog).to_be_visible()
    for _ in range(4):  # round through the browser's own bars, and never to what the dialog covers
        assert page.evaluate("document.activeElement.matches('body, dialog, dialog *')"), focused(page)
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(delete).to_be_focused()


def test_account_menu_opens_and_closes_by_keyboard(visit: Visit, shop: Site) -> None:
    email, password = (shop.home / "accounts.txt").read_text().split("member:")[1].split()[:2]
    page = visit("/accounts/login/")
    page.get_by_label("E-mail or username").fill(email)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    menu = page.get_by_label("Your account")
    expect(menu).to_be_visible()
    menu.focus()
    page.keyboard.press("Enter")
    sign_out = page.get_by_role("button", name="Sign out")
    expect(sign_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    for name in ("Profile", "Account", "Library", "Orders", "Donations", "Studio"):
        page.keyboard.press("Tab")
        expect(page.locator(".menu-list").get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
