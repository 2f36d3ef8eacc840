"""Monthly donations as their givers see them, over HTTP and without JavaScript."""

import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.donations import services
from showpiece.donations.models import Donation, Pledge
from showpiece.payments.models import Subscription
from tests.donations.pledging import begun_monthly, given_monthly, look
from tests.donations.test_donate_pages import URL, errors, filled
from tests.factories import ProjectFactory, UserFactory
from tests.payments.till import fresh, run_jobs
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


def monthly(*projects: Any, **more: Any) -> dict[str, Any]:
    return filled(*projects, **({"interval": "month", "provider": "stripe"} | more))


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_guest_gives_every_month(stripe: StripePeer, client: Client, mailoutbox: list[Any]) -> None:
    project = ProjectFactory(name="Plates")
    assert "Every month" in read(client, f"{URL}?project={project.pk}")
    sent = monthly(project, preset="other", amount="12.50", name="Ada", message="Go <b>on</b>")
    answer = client.post(URL, sent)
    session = stripe.of_kind("checkout.session")[0]
    assert (answer.status_code, answer.url) == (303, session["url"])
    assert client.post(URL, sent).url == session["url"]  # sent twice
    pledge = Pledge.objects.get()
    assert (pledge.amount_minor, pledge.status, pledge.user) == (1250, "pending", None)
    assert "Nothing is taken until you have agreed" in read(client, pledge.guest_url)
    stripe.act(session["id"], "pay")
    back = client.get(urlsplit(session["success_url"]).path)
    assert (back.status_code, back.url) == (303, pledge.guest_url)
    text = read(client, back.url)
    donation = Donation.objects.get()
    for shown in ("Thank you!", "You give €12.50 every month", "Plates", "4242", donation.guest_url, "Ada"):
        assert shown in text, shown
    assert [mail.subject for mail in mailoutbox if mail.to == [pledge.email]] == [
        "Thank you for supporting Plates every month"
    ]
    # It is said on the page of that month, once.
    assert "Go &lt;b&gt;on&lt;/b&gt;" in read(client, donation.guest_url)


def test_the_choice_is_there_where_it_can_be(stripe: StripePeer, client: Client, settings: Any) -> None:
    project = ProjectFactory()
    page = client.get(URL, {"project": project.pk, "interval": "month"})
    assert [way.name for way in page.context["ways"]] == ["stripe"]
    assert "every month" in page.content.decode()
    looked = client.post(URL, monthly(project, update="1"))
    assert [way.name for way in looked.context["ways"]] == ["stripe"]
    assert not Pledge.objects.exists()
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    assert "Every month" not in read(client, f"{URL}?project={project.pk}")
    refused = client.post(URL, monthly(project))
    assert (refused.status_code, list(errors(refused))) == (422, ["provider"])


@pytest.mark.parametrize("provider", ["sandbox", "transfer"])
def test_another_way_of_paying_is_told(stripe: StripePeer, client: Client, provider: str) -> None:
    answer = client.post(URL, monthly(ProjectFactory(), provider=provider))
    assert (answer.status_code, list(errors(answer))) == (422, ["provider"])
    assert [way.name for way in answer.context["ways"]] == ["stripe"]
    assert not Pledge.objects.exists()


def test_whatever_else_is_sent_means_once(stripe: StripePeer, client: Client) -> None:
    assert client.post(URL, monthly(ProjectFactory(), interval="week")).status_code == 303
    assert Donation.objects.count() == 1


def test_a_key_of_another_is_told(stripe: StripePeer, client: Client) -> None:
    pledge, _subscription = begun_monthly(ProjectFactory())
    assert client.post(URL, monthly(ProjectFactory(), key=str(pledge.key))).status_code == 409


def test_a_stripe_that_is_down_is_tried_again(stripe: StripePeer, client: Client) -> None:
    stripe.faults.append(Fault(500, path="/checkout/sessions"))
    answer = client.post(URL, monthly(ProjectFactory()))
    pledge = Pledge.objects.get()
    assert answer.url == pledge.guest_url
    assert "could not be started" in read(client, answer.url)
    start = f"{pledge.guest_url}start/"
    assert client.get(start).status_code == 405
    assert client.post(start).url == stripe.of_kind("checkout.session")[0]["url"]
    assert client.post(start).url == stripe.of_kind("checkout.session")[0]["url"]


def test_who_comes_back_without_agreeing_may_go_on(stripe: StripePeer, client: Client) -> None:
    pledge, subscription = begun_monthly(ProjectFactory())
    page = client.get(f"{pledge.guest_url}return/", follow=True)
    assert "No payment has arrived yet" in page.content.decode()
    assert client.post(f"{pledge.guest_url}start/").url == subscription.redirect_url


def test_a_guest_ends_it_after_one_more_question(stripe: StripePeer, client: Client) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    end = f"{pledge.guest_url}end/"
    assert end in read(client, pledge.guest_url)
    assert "Nothing more is taken for" in read(client, end)
    assert fresh(pledge).status == "active"
    answer = client.post(end, follow=True)
    assert "Your monthly donation has ended." in answer.content.decode()
    run_jobs()
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    assert client.get(end).url == client.post(end).url == pledge.guest_url
    assert "End the monthly donation" not in read(client, pledge.guest_url)


def test_the_card_is_changed_at_stripe(stripe: StripePeer, client: Client) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    stripe.month_passes(subscription.external_id, succeeds=False)
    pledge, _subscription = look(pledge)
    page = client.get(pledge.guest_url)
    text, card = page.content.decode(), f"{pledge.guest_url}card/"
    assert "The last payment has failed" in text
    assert text.count(card) == 1
    assert "https://billing.stripe.com" in page["Content-Security-Policy"]
    answer = client.post(card)
    assert answer.url.startswith(f"{stripe.url}/portal/")
    stripe.try_again(subscription.external_id)
    back = client.get(urlsplit(stripe.of_kind("billing_portal.session")[0]["return_url"]).path)
    assert back.url == pledge.guest_url
    assert fresh(pledge).status == "active"
    stripe.has_portal = False
    assert "The card cannot be changed here" in client.post(card, follow=True).content.decode()
    stripe.faults.append(Fault(500, path="/subscriptions/", method="GET"))
    assert "Please try again in a moment" in client.post(card, follow=True).content.decode()


def test_the_new_card_is_the_one_that_is_charged(stripe: StripePeer, client: Client) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    client.post(f"{pledge.guest_url}card/")
    (portal,) = stripe.of_kind("billing_portal.session")
    stripe.names_card(portal["id"], "5556")
    assert stripe.card_of(subscription.external_id) == "5556"
    _pledge, subscription = look(pledge)
    assert subscription.card_ends_with == "5556"
    client.post(f"{pledge.guest_url}card/")  # and left as it is
    assert stripe.card_of(subscription.external_id) == "5556"


def test_cards_are_not_tried_one_after_the_other(stripe: StripePeer, client: Client, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_payment": "1/h/ip"}
    pledge, _subscription = given_monthly(stripe, ProjectFactory())
    assert client.post(f"{pledge.guest_url}card/").url.startswith(f"{stripe.url}/portal/")
    assert client.post(f"{pledge.guest_url}card/").url == pledge.guest_url
    assert "tried to pay too often" in read(client, pledge.guest_url)
    assert len(stripe.of_kind("billing_portal.session")) == 1


class TestWhoSeesIt:
    def test_a_member_sees_their_own(self, stripe: StripePeer, client: Client) -> None:
        user = UserFactory()
        pledge, _subscription = given_monthly(stripe, ProjectFactory(name="Plates"), user=user)
        url = pledge.get_absolute_url()
        assert client.get(url).url.startswith(reverse("account_login"))
        assert client.get(pledge.guest_url).status_code == 404  # it is a member's
        client.force_login(user)
        assert Donation.objects.get().get_absolute_url() in read(client, url)
        for name in ("donations", "pledges"):
            assert pledge.number in read(client, reverse(name))
        services.pledge_end(pledge_id=pledge.pk)
        assert "All monthly donations" not in read(client, reverse("donations"))
        assert pledge.number in read(client, reverse("pledges"))

    @pytest.mark.parametrize("way", ["", "start/", "return/", "end/", "card/"])
    def test_others_see_nothing(self, stripe: StripePeer, client: Client, way: str) -> None:
        pledge, _subscription = given_monthly(stripe, ProjectFactory())
        member, _subscription = given_monthly(stripe, ProjectFactory(), user=UserFactory())
        client.force_login(UserFactory())
        ask = client.post if way in ("start/", "card/") else client.get
        wrong = reverse("pledge_guest", args=[pledge.number, "x" * 40])
        for url in (pledge.get_absolute_url(), wrong, member.get_absolute_url(), member.guest_url):
            assert ask(f"{url}{way}").status_code == 404
        assert ask(f"/pledges/NONE/{way}").status_code == 404

    def test_staff_look_only(self, stripe: StripePeer, client: Client) -> None:
        pledge, _subscription = given_monthly(stripe, ProjectFactory())
        staff = UserFactory(is_staff=True)
        client.force_login(staff)
        assert client.get(pledge.get_absolute_url()).status_code == 404
        staff.user_permissions.add(Permission.objects.get(codename="view_pledge"))
        text = read(client, pledge.get_absolute_url())
        assert "End the monthly donation" not in text
        assert client.post(f"{pledge.get_absolute_url()}end/").status_code == 404
        assert fresh(pledge).status == "active"

    def test_staff_end_it_with_permission(self, stripe: StripePeer, client: Client) -> None:
        pledge, subscription = given_monthly(stripe, ProjectFactory())
        staff = UserFactory(is_staff=True)
        staff.user_permissions.add(Permission.objects.get(codename="view_subscription"))
        client.force_login(staff)
        rows = reverse("admin:payments_subscription_changelist")
        assert subscription.external_id in read(client, f"{rows}{subscription.pk}/change/")
        press = {"action": "end", "_selected_action": [str(subscription.pk)]}
        client.post(rows, press)
        assert fresh(subscription).cancelled_at is None
        staff.user_permissions.add(Permission.objects.get(codename="change_subscription"))
        client.post(rows, press)
        run_jobs()
        assert (fresh(subscription).status, fresh(pledge).status) == ("ended", "ended")
        assert stripe.things[subscription.external_id]["status"] == "canceled"

    def test_what_is_put_away_is_seen_by_staff_only(self, stripe: StripePeer, client: Client) -> None:
        pledge, _subscription = given_monthly(stripe, ProjectFactory())
        Pledge.objects.update(archived_at=timezone.now())
        assert client.get(pledge.guest_url).status_code == 404


def test_costs(stripe: StripePeer, client: Client, django_assert_num_queries: Any) -> None:
    user = UserFactory()
    pledge, _subscription = given_monthly(stripe, *ProjectFactory.create_batch(3), user=user)
    client.force_login(user)
    for months in (1, 30):
        with django_assert_num_queries(6):  # session, member, pledge, subscription, months, parts
            client.get(pledge.get_absolute_url())
        if months == 1:
            for _month in range(29):
                services.month_given(fresh(pledge), key=uuid.uuid4(), is_due=True)
    page = client.get(pledge.get_absolute_url())
    assert len(page.context["months"]) == 12
    # What their payments brought is still being asked: nobody is told that they have not paid.
    assert {badge.text for _month, badge in page.context["months"]} == {"Payment on its way"}
    assert page.context["page"].next_url.startswith(pledge.get_absolute_url())
    assert client.get(page.context["page"].next_url).status_code == 200
    assert Subscription.objects.count() == 1
