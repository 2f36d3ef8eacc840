"""From a project's page to a receipt: as a guest and as a member, with a script, without one, by keyboard alone."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accounts import sign_up
from tests.browser.test_budget import KILOBYTES, REQUESTS
from tests.browser.test_keyboard import tab_to
from tests.browser.test_pages import EVERYTHING, inspect, violations
from tests.browser.traffic import first_load
from tests.browser.visitor import DESKTOP, MARKS, PHONE, Visit
from tests.processes.site import Site

pytestmark = MARKS
HALVES, LEAF_LOG = "/@rosa-ships/halves/", "/@yuki-grows/leaf-log/"  # €6, free
CODE = """
from showpiece.orders.models import PromoCode
PromoCode.objects.get_or_create(code="HALF", defaults=dict(kind="percent", percent=50))
"""
RATES = """
from showpiece.orders.models import TaxRate
TaxRate.objects.create(country="DE", name="VAT", percent=19)
TaxRate.objects.create(country="US", name="Sales tax", percent=10, included=False)
"""
NO_RATES = "from showpiece.orders.models import TaxRate; TaxRate.objects.all().delete()"
ARRIVED = """
from django.utils import timezone
from showpiece.payments.models import Payment, SandboxSession
SandboxSession.objects.filter(state="processing").update(settles_at=timezone.now())
Payment.objects.filter(status="pending").update(look_at=timezone.now())
"""
REFUSED = ("status of 422",)


@pytest.fixture
def rates(shop: Site) -> Iterator[None]:
    shop.manage(RATES)
    yield
    shop.manage(NO_RATES)


def guest() -> str:
    return f"guest-{uuid.uuid4().hex[:12]}@example.org"


def put_in(page: Page, project: str = HALVES) -> None:
    page.goto(project)
    page.locator("#buy").get_by_role("button").click()
    expect(page).to_have_url(re.compile("/cart/$"))


def check_out(page: Page) -> None:
    page.get_by_role("link", name="Check out").click()
    expect(page.get_by_role("heading", name="Checkout")).to_be_visible()


def order_it(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Order and pay")).click()


def to_the_sandbox(page: Page) -> None:
    """A guest's order of one thing, up to the provider's page."""
    put_in(page)
    check_out(page)
    page.get_by_label("E-mail").fill(guest())
    order_it(page)
    expect(page.get_by_text("No money moves")).to_be_visible()


def state(page: Page, wanted: str) -> None:
    expect(page.locator(f"#order[data-state={wanted}]")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_guest_with_a_promo_code(visit: Visit, shop: Site, script: bool) -> None:
    shop.manage(CODE)
    page = visit(HALVES, java_script_enabled=script, expected=REFUSED)
    put_in(page)
    put_in(page, LEAF_LOG)
    page.locator(".till-promo summary").click()
    page.get_by_label("Promo code").fill("NOTHING")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#id_code_error")).to_contain_text("There is no such promo code.")
    page.get_by_label("Promo code").fill("half")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".till-total")).to_contain_text("€3.00")
    check_out(page)
    order_it(page)
    expect(page.locator("#id_email_error")).to_be_visible()
    page.get_by_label("E-mail").fill(guest())
    order_it(page)
    expect(page.locator(".sandbox-sum")).to_have_text("€3.00")
    page.get_by_role("button", name="Pay €3.00").click()
    state(page, "paid")
    expect(page.get_by_text("•••• 4242")).to_be_visible()
    expect(page.locator(".cart-link")).to_have_count(0)
    page.go_back()
    page.goto("/cart/")
    expect(page.get_by_text("Your cart is empty")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_decline_then_detour_then_paid(visit: Visit, script: bool) -> None:
    page = visit(HALVES, java_script_enabled=script)
    to_the_sandbox(page)
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("The card was declined")).to_be_visible()
    page.get_by_role("link", name="Back to the shop").click()
    state(page, "failed")
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Ask my bank first").click()
    expect(page.get_by_role("heading", name="Your bank asks you to confirm")).to_be_visible()
    page.get_by_role("button", name="Yes, confirm the payment").click()
    state(page, "paid")
    page.reload()
    state(page, "paid")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_money_that_takes_its_time_shows_by_itself(visit: Visit, shop: Site, script: bool) -> None:
    page = visit(HALVES, java_script_enabled=script)
    to_the_sandbox(page)
    page.get_by_role("button", name="Pay later").click()
    state(page, "processing")
    shop.manage(ARRIVED)
    state(page, "paid")
    if script:
        expect(page.locator("#announcer")).to_have_text("Paid")


def test_buyer_who_leaves_goes_on_changes_and_cancels(visit: Visit) -> None:
    page = visit(HALVES)
    to_the_sandbox(page)
    page.get_by_role("link", name="Back to the shop").click()
    state(page, "unpaid")
    page.get_by_role("link", name="Go on paying").click()
    expect(page.locator(".sandbox-sum")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Change the order").click()
    expect(page).to_have_url(re.compile("/cart/$"))
    expect(page.locator(".till-item")).to_have_count(1)
    check_out(page)
    page.get_by_label("E-mail").fill(guest())
    order_it(page)
    page.get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Cancel the order").click()
    state(page, "cancelled")
    expect(page.get_by_role("button", name="Put it into the cart again")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_tax_of_a_country(visit: Visit, rates: None, script: bool) -> None:
    page = visit(HALVES, java_script_enabled=script)
    put_in(page)
    check_out(page)
    page.get_by_label("E-mail").fill(email := guest())
    page.get_by_label("Country").focus()
    page.get_by_label("Country").select_option("US")
    if script:
        expect(page.get_by_role("button", name="Show the tax")).to_have_count(0)
    else:
        page.get_by_role("button", name="Show the tax").click()
    expect(page.locator(".till-aside .till-total")).to_contain_text("€6.60")
    expect(page.get_by_label("E-mail")).to_have_value(email)
    if script:
        expect(page.locator("#said")).to_contain_text("€6.60")
        assert page.evaluate("document.activeElement.id") == "id_country"
    order_it(page)
    expect(page.locator(".sandbox-sum")).to_have_text("€6.60")


def test_member_by_keyboard_alone(visit: Visit) -> None:
    page = visit(HALVES)
    tab_to(page, "#buy button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/cart/$"))
    page.goto("/accounts/signup/?next=/cart/")
    sign_up(page, "buys_things")
    page.keyboard.press("Enter")
    expect(page.locator(".cart-count")).to_have_text("1")
    tab_to(page, "a[href='/checkout/EUR/']")
    page.keyboard.press("Enter")
    expect(page.get_by_text("buys_things@example.org")).to_be_visible()
    tab_to(page, "[name=provider]")
    tab_to(page, "form[action='/checkout/EUR/'] .button")
    page.keyboard.press("Enter")
    expect(page.locator(".sandbox-sum")).to_be_visible()
    tab_to(page, "[name=action][value=pay]")
    page.keyboard.press("Enter")
    state(page, "paid")
    page.goto("/orders/")
    expect(page.locator(".till-orders > li")).to_have_count(1)
    page.goto(HALVES)
    expect(page.get_by_text("You have bought this")).to_be_visible()


def test_sent_twice_at_once_is_one_order(visit: Visit, shop: Site) -> None:
    page = visit(HALVES)
    put_in(page)
    check_out(page)
    page.get_by_label("E-mail").fill(email := guest())
    page.get_by_role("button", name=re.compile("Order and pay")).dblclick()
    expect(page.locator(".sandbox-sum")).to_be_visible()
    counted = f"from showpiece.orders.models import Order; print(Order.objects.filter(email={email!r}).count())"
    assert shop.manage(counted) == "1"


def test_every_page_shuts_nobody_out(visit: Visit) -> None:
    page = visit(HALVES, expected=REFUSED)
    put_in(page)
    inspect(page)
    page.locator(".till-promo summary").click()
    page.get_by_label("Promo code").fill("NOTHING")
    page.keyboard.press("Enter")
    expect(page.locator("#id_code_error")).to_be_visible()
    inspect(page)
    check_out(page)
    inspect(page)
    order_it(page)
    expect(page.locator("#id_email_error")).to_be_visible()
    inspect(page)
    page.set_viewport_size(PHONE)
    page.locator(".till-brief summary").click()
    assert violations(page, EVERYTHING) == []
    page.get_by_label("E-mail").fill(guest())
    order_it(page)
    expect(page.locator(".sandbox-sum")).to_be_visible()
    inspect(page)
    page.get_by_role("button", name="Decline").click()
    inspect(page)
    page.get_by_role("link", name="Back to the shop").click()
    state(page, "failed")
    inspect(page)
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Ask my bank first").click()
    inspect(page)
    page.get_by_role("button", name="Yes, confirm the payment").click()
    state(page, "paid")
    inspect(page)
    page.goto(HALVES)
    inspect(page)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_first_load_of_every_page(visit: Visit, chrome: Browser, shop: Site, size: dict[str, int]) -> None:
    page = visit(HALVES)
    to_the_sandbox(page)
    sandbox = page.url
    page.get_by_role("link", name="Back to the shop").click()
    order = page.url
    for project in (HALVES, LEAF_LOG):
        put_in(page, project)
    visitor = page.context.storage_state()
    for path in (f"{shop.url}/cart/", f"{shop.url}/checkout/EUR/", order, sandbox):
        for language in ("en-GB", "ru-RU"):
            traffic = first_load(chrome, path, viewport=size, locale=language, storage_state=visitor)
            assert traffic.requests > 2, traffic
            assert traffic.requests <= REQUESTS, f"{path}, {language}: {traffic}"
            assert traffic.kilobytes <= KILOBYTES, f"{path}, {language}: {traffic}"
