"""Theme and language: at once, on each page, and without a flash."""

from playwright.sync_api import Page, expect

from tests.browser.visitor import FACES, MARKS, Visit

pytestmark = MARKS


def brightness(page: Page) -> int:
    """Of the page's background, from 0 to 255, painted by the browser: the colours are given in more than one way."""
    return int(
        page.evaluate("""() => {
            const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
            const context = canvas.getContext("2d");
            context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
            context.fillRect(0, 0, 1, 1);
            return Math.max(...context.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }""")
    )


def test_dark_holds_at_once_and_on_the_next_page(visit: Visit) -> None:
    page = visit("/", color_scheme="light")
    assert brightness(page) > 200
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html[data-theme=dark]")).to_be_visible()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert brightness(page) < 50
    page.goto(FACES)
    assert brightness(page) < 50
    page.get_by_role("button", name="As the device").click()
    expect(page.locator("html[data-theme=auto]")).to_be_visible()
    assert brightness(page) > 200


def test_light_is_kept_on_a_dark_device(visit: Visit) -> None:
    page = visit("/", color_scheme="dark")
    assert brightness(page) < 50
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html[data-theme=light]")).to_be_visible()
    assert brightness(page) > 200


def test_chosen_theme_is_in_the_page_before_any_script(visit: Visit) -> None:
    page = visit("/", color_scheme="light")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html[data-theme=dark]")).to_be_visible()
    answer = page.request.get(page.url).text()
    assert 'data-theme="dark"' in answer.partition("<head>")[0]
    assert '<meta name="color-scheme"\n          content="dark">' in answer


def test_language_holds_on_the_page_and_the_way_back(visit: Visit) -> None:
    page = visit("/categories/bots/?from=here")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html[lang=ru]")).to_be_visible()
    assert page.url.endswith("/categories/bots/?from=here")
    expect(page.get_by_role("heading", level=1)).to_have_text("Боты")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_be_visible()


def test_russian_browser_is_met_in_russian(visit: Visit) -> None:
    page = visit("/", locale="ru-RU")
    expect(page.locator("html[lang=ru]")).to_be_visible()
