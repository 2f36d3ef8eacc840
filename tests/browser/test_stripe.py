"""Paying at Stripe: a browser goes there and comes back, and Stripe tells the shop over HTTP."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visitor import MARKS, PATIENCE_MS, SAY_VIOLATIONS
from tests.peers.stripe import KEY, SECRET, StripePeer, stripe_peer
from tests.processes.site import Site, site

pytestmark = MARKS
HALVES = "/@rosa-ships/halves/"  # €6


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripePeer]:
    with stripe_peer() as peer:
        yield peer


@pytest.fixture(scope="module")
def till(chrome: Browser, stripe: StripePeer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": stripe.url}
    with site(tmp_path_factory.mktemp("stripe") / "home", "web", "worker", **settings) as opened:
        stripe.events_url, stripe.sends = f"{opened.url}/payments/events/stripe/", True
        yield opened


def to_stripe(page: Page) -> None:
    """A guest's order of one thing, up to Stripe's page."""
    page.goto(HALVES)
    page.locator("#buy").get_by_role("button").click()
    page.get_by_role("link", name="Check out").click()
    page.get_by_label("E-mail").fill("guest@example.org")
    page.get_by_role("button", name=re.compile("Order and pay")).click()
    expect(page).to_have_title("Stripe")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without one"])
def test_a_guest_pays_with_the_second_card_and_gets_a_part_back(
    chrome: Browser, till: Site, stripe: StripePeer, script: bool
) -> None:
    context = chrome.new_context(base_url=till.url, java_script_enabled=script)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(SAY_VIOLATIONS)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if "policy" in message.text else None)
    to_stripe(page)
    page.get_by_role("button", name="Pay with a card that is declined").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_role("button", name="Pay with a card whose bank asks").click()
    page.get_by_role("button", name="Yes, it was me").click()
    expect(page.locator("#order[data-state=paid]")).to_be_visible()
    expect(page.get_by_text("•••• 3155")).to_be_visible()
    order = page.url
    page.goto("/cart/")
    expect(page.get_by_text("Your cart is empty")).to_be_visible()
    assert len(stripe.of_kind("charge")) == len({one["payment_intent"] for one in stripe.of_kind("charge")})
    page.goto(order)
    expect(page.locator("#order[data-state=paid]")).to_be_visible()
    stripe.refund(stripe.of_kind("payment_intent")[0]["id"], 200)
    page.wait_for_timeout(500)
    for _again in range(40):
        page.reload()
        if page.locator("#order[data-state=partly_refunded]").count():
            break
        page.wait_for_timeout(250)
    expect(page.locator("#order[data-state=partly_refunded]")).to_be_visible()
    assert complaints == []
    context.close()


def test_a_guest_gives_every_month_until_a_month_fails(chrome: Browser, till: Site, stripe: StripePeer) -> None:
    context = chrome.new_context(base_url=till.url)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(SAY_VIOLATIONS)
    page, complaints = context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text) if "policy" in message.text else None)
    page.goto(HALVES)
    page.goto(f"/donate/?project={project_of(page)}&amount=7.50")
    page.get_by_label("Every month").check()
    page.get_by_label("E-mail").fill("monthly@example.org")
    page.get_by_role("button", name="Give €7.50 every month").click()
    expect(page).to_have_title("Stripe")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.locator("[data-state=active]")).to_be_visible()
    expect(page.get_by_text("You give €7.50 every month")).to_be_visible()
    pledge, (subscription,) = page.url, stripe.of_kind("subscription")
    stripe.month_passes(subscription["id"])
    stripe.month_passes(subscription["id"], succeeds=False)
    shows(page, pledge, "past_due")
    expect(page.locator("[aria-labelledby=months] li")).to_have_count(2)
    page.get_by_role("button", name="Change the card").click()
    expect(page.get_by_role("heading", name="Your card")).to_be_visible()
    stripe.try_again(subscription["id"])
    page.get_by_role("link", name="Back").click()
    expect(page.locator("[data-state=active]")).to_be_visible()
    expect(page.locator("[aria-labelledby=months] li")).to_have_count(3)
    page.get_by_role("link", name="End the monthly donation").click()
    page.get_by_role("button", name="End it").click()
    expect(page.locator("[data-state=ended]")).to_be_visible()
    for _again in range(80):
        if stripe.things[subscription["id"]]["status"] == "canceled":
            break
        page.wait_for_timeout(100)
    assert stripe.things[subscription["id"]]["status"] == "canceled"
    assert complaints == []
    context.close()


def project_of(page: Page) -> str:
    """The id of the project whose page is shown."""
    return str(page.locator("[name=project]").first.get_attribute("value"))


def shows(page: Page, url: str, state: str) -> None:
    """A page has come to a state; a worker needs a moment for it."""
    for _again in range(40):
        page.goto(url)
        if page.locator(f"[data-state={state}]").count():
            break
        page.wait_for_timeout(250)
    expect(page.locator(f"[data-state={state}]")).to_be_visible()
