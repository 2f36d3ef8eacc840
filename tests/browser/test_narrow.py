"""Names without a space, on the narrowest phone; and what has the focus is never under a bar."""

from playwright.sync_api import Page

from tests.browser.test_studio import become_creator, begin
from tests.browser.visitor import MARKS, PHONE, Visit
from tests.processes.site import Site

pytestmark = MARKS
NARROW = {"width": 320, "height": 640}
LONG = """
from django.test import Client
from showpiece.accounts.services import user_add
from showpiece.catalog import services
from showpiece.catalog.models import Category
word = "Достопримечательностеописательница" * 5
user = user_add(email="longest@example.org", username="longest", password=None, name="Longest")
creator = services.creator_join(user=user, slug="longest", name=word[:100], about=word)
project = services.project_create(
    creator=creator, category=Category.objects.first(), slug="one", name=word[:100], summary=word[:160],
    description=word, tags=[word[:30]], url=f"https://{'a' * 60}.example.org/", price_kind="open", price_minor=99999999,
)
services.project_publish(project=project, actor=user)
client = Client()
client.force_login(user, "showpiece.accounts.backend.Backend")
print(client.cookies["sessionid"].value, project.pk)
"""


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_long_names_stay_within_the_page(visit: Visit, shop: Site) -> None:
    session, project = shop.manage(LONG).split()
    page = visit("/@longest/", locale="ru-RU", viewport=NARROW)
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": shop.url}])
    studio = f"/studio/projects/{project}/"
    pages = ["/", "/@longest/", "/@longest/one/", "/projects/", "/studio/", "/studio/page/", "/cart/", "/checkout/EUR/"]
    for path in [*pages, *(f"{studio}{tab}" for tab in ("", "gallery/", "versions/", "people/", "history/"))]:
        page.goto(path)
        if path == "/cart/":  # with something in it, from here on
            page.goto("/@longest/one/")
            page.locator("#buy button").click()
        assert not too_wide(page), path
        header = page.locator(".site-header .brand").bounding_box()
        menu = page.locator(".site-header .nav-link").last.bounding_box()
        assert header
        assert menu
        assert abs(header["y"] - menu["y"]) < 12, f"{path}: the header has broken into lines"


def test_focus_is_not_under_the_bar_that_saves(visit: Visit) -> None:
    member = become_creator(visit, "tabs_on")
    form = begin(member, "Focus")
    page = visit(form, storage_state=member.context.storage_state(), viewport=PHONE, reduced_motion="reduce")
    page.locator("#id_name").focus()
    for _ in range(10):
        hidden = page.evaluate("""() => {
            const field = document.activeElement.getBoundingClientRect();
            const bar = document.querySelector(".studio-save").getBoundingClientRect();
            return Math.min(field.bottom, field.top + 60) > bar.top;
        }""")
        assert not hidden, page.evaluate("document.activeElement.id")
        page.keyboard.press("Tab")
