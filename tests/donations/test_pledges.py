"""Giving every month: what a month brings, and how it ends."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from showpiece.catalog.models import Status
from showpiece.donations import services
from showpiece.donations.models import Donation, DonationPolicy, Pledge, Support
from showpiece.payments.models import Payment, Subscription
from showpiece.payments.providers.base import Started, Unavailable
from showpiece.payments.providers.stripe_monthly import StripeMonthly
from showpiece.payments.services import KeyReused, ledger_faults, payment_refund
from tests.donations.pledging import begun_monthly, each_month, given_monthly, look, months
from tests.factories import ProjectFactory, UserFactory
from tests.payments.till import fresh, lose_jobs, poll, run_jobs, send
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db


def got(project: Any) -> tuple[int, int]:
    row = Support.objects.filter(project=project, currency="EUR").first()
    return (row.given_minor, row.donation_count) if row else (0, 0)


def test_nothing_is_given_until_stripe_has_the_money(stripe: StripePeer) -> None:
    one, two = ProjectFactory.create_batch(2)
    pledge, subscription = begun_monthly(one, two, amount=1001)
    assert (pledge.status, subscription.amount_minor) == ("pending", 1001)
    assert [part.amount_minor for part in pledge.parts.order_by("position")] == [501, 500]
    assert pledge.number in stripe.things[subscription.external_session]["_name"]
    assert not Donation.objects.exists()


def test_each_month_is_a_donation_of_its_own(stripe: StripePeer) -> None:
    one, two = ProjectFactory.create_batch(2)
    pledge, subscription = given_monthly(stripe, one, two, amount=1001, message="Go on!", name="Ada")
    stripe.month_passes(subscription.external_id)
    for _twice in range(2):
        pledge, subscription = look(pledge)
    assert pledge.status == "active"
    assert pledge.started_at is not None
    found = months(pledge)
    assert [(month.status, month.amount_minor, month.name, month.expires_at) for month in found] == [
        ("paid", 1001, "Ada", None)
    ] * 2
    # Said once.
    assert [month.message for month in found] == ["Go on!", ""]
    assert [[part.amount_minor for part in month.parts.order_by("position")] for month in found] == [[501, 500]] * 2
    assert (got(one), got(two)) == ((1002, 2), (1000, 2))
    assert ledger_faults() == []


def test_a_double_click_gives_once(stripe: StripePeer) -> None:
    project, key = ProjectFactory(), uuid.uuid4()
    first = begun_monthly(project, key=key)
    again = begun_monthly(project, key=key)
    assert again[0] == first[0]
    assert again[1].redirect_url == first[1].redirect_url
    assert len(stripe.of_kind("checkout.session")) == 1
    for other in ({"amount": 999}, {"email": "other@example.org"}, {"user": UserFactory()}):
        with pytest.raises(KeyReused):
            begun_monthly(project, key=key, **other)
    with pytest.raises(KeyReused):
        begun_monthly(ProjectFactory(), key=key)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"provider": "sandbox"}, "provider"),
        ({"provider": "transfer"}, "provider"),
        ({"amount": 0}, "amount"),
        ({"amount": -10}, "amount"),
        ({"amount": 10**12}, "amount"),
        ({"currency": "USD"}, "amount"),
        ({"projects": []}, "projects"),
        ({"projects": [uuid.UUID(int=5)]}, "projects"),
        ({"email": " "}, "email"),
        ({"name": "\u202eada"}, "name"),
        ({"email": "nobody"}, "email"),
        ({"message": "x" * 501}, "message"),
        ({"name": "x" * 51}, "name"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(stripe: StripePeer, more: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as told:
        begun_monthly(ProjectFactory(), **more)
    assert list(told.value.error_dict) == [field]
    assert not Pledge.objects.exists()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("status", [Status.ARCHIVED, Status.DRAFT])
def test_what_is_not_on_display_gets_nothing(stripe: StripePeer, status: Status) -> None:
    with pytest.raises(ValidationError) as told:
        begun_monthly(ProjectFactory(status=status))
    assert list(told.value.error_dict) == ["projects"]


def test_few_are_begun_and_left(stripe: StripePeer) -> None:
    project = ProjectFactory()
    for _press in range(services.MAX_OPEN):
        begun_monthly(project)
    with pytest.raises(ValidationError) as told:
        begun_monthly(project)
    assert list(told.value.error_dict) == ["email"]
    begun_monthly(project, email="other@example.org")


# Projects that take nothing any more


def test_the_part_of_an_archived_project_goes_to_the_others(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    one, two, three = ProjectFactory.create_batch(3)
    pledge, subscription = given_monthly(stripe, one, two, three, amount=900)
    two.status = Status.ARCHIVED
    two.save()
    stripe.month_passes(subscription.external_id)
    pledge, _subscription = look(pledge)
    assert (got(one), got(two), got(three)) == ((750, 2), (300, 1), (750, 2))
    assert pledge.status == "active"
    assert "takes no donations at the moment" in [mail for mail in mailoutbox if mail.to == [pledge.email]][-1].body
    two.status = Status.PUBLISHED
    two.save()
    stripe.month_passes(subscription.external_id)
    look(pledge)
    assert got(two) == (600, 2)
    assert ledger_faults() == []


def test_with_nobody_to_give_to_the_money_goes_back_and_it_ends(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    DonationPolicy.objects.create(project=project, is_on=False)
    stripe.month_passes(subscription.external_id)
    pledge, subscription = look(pledge)
    assert (pledge.status, fresh(subscription).status) == ("ended", "ended")
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    (_first, paid), (second, payment) = each_month(pledge)
    assert (second.status, payment.surplus, payment.is_refunded, paid.is_refunded) == ("cancelled", True, True, False)
    assert got(project) == (1000, 1)
    theirs = [mail.subject for mail in mailoutbox if mail.to == [pledge.email]]
    assert theirs == ["Thank you for supporting " + project.name + " every month", "Your monthly donation has ended"]
    assert "None of the projects that you gave to takes donations any more" in mailoutbox[-1].body
    assert ledger_faults() == []


def test_a_project_that_goes_before_the_first_month_is_told(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    pledge, subscription = begun_monthly(project)
    project.status = Status.ARCHIVED
    project.save()
    stripe.act(subscription.external_session, "pay")
    pledge, subscription = look(pledge)
    assert (pledge.status, fresh(subscription).status) == ("ended", "ended")
    assert [payment.is_refunded for _donation, payment in each_month(pledge)] == [True]
    (mail,) = mailoutbox
    assert mail.to == [pledge.email]
    assert "€10.00 go back to you" in mail.body
    assert ledger_faults() == []


# A month that fails


def test_the_third_month_fails_and_recovers(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory(name="Plates"))
    stripe.month_passes(subscription.external_id)
    look(pledge)
    stripe.month_passes(subscription.external_id, succeeds=False)
    for _twice in range(2):
        pledge, subscription = look(pledge)
    assert pledge.status == "past_due"
    stripe.try_again(subscription.external_id, succeeds=False)
    look(pledge)
    stripe.try_again(subscription.external_id)
    pledge, _subscription = look(pledge)
    assert pledge.status == "active"
    assert len(months(pledge)) == 3
    assert [mail.subject for mail in mailoutbox if mail.to == [pledge.email]] == [
        "Thank you for supporting Plates every month",
        "Your monthly donation to Plates",
        "Your monthly donation could not be taken",
        "Your monthly donation to Plates",
    ]
    failed = next(mail for mail in mailoutbox if "could not be taken" in mail.subject)
    for said in (pledge.number, "€10.00", "4242", pledge.guest_url):
        assert said in failed.body, said
        assert said in failed.alternatives[0][0], said
    assert ledger_faults() == []


def test_the_third_month_fails_until_stripe_gives_up(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    stripe.month_passes(subscription.external_id)
    stripe.month_passes(subscription.external_id, succeeds=False)
    for _try in range(3):
        look(pledge)
        stripe.try_again(subscription.external_id, succeeds=False)
    for _twice in range(2):
        pledge, subscription = look(pledge)
    assert (pledge.status, len(months(pledge)), got(project)) == ("ended", 2, (2000, 2))
    assert pledge.ended_at is not None
    ended = [mail for mail in mailoutbox if mail.subject == "Your monthly donation has ended"]
    assert len(ended) == 1
    assert "could not be taken any more" in ended[0].body
    assert "You gave for 2 months. Thank you!" in ended[0].body
    assert ledger_faults() == []


# Its end


def test_its_giver_ends_it_at_once(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    stripe.faults.append(Fault(500, method="DELETE"))
    for _twice in range(2):
        assert services.pledge_end(pledge_id=pledge.pk).status == "ended"
    run_jobs()
    assert stripe.things[subscription.external_id]["status"] == "active"  # Stripe is down
    poll()
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    pledge, _subscription = look(pledge)
    assert pledge.status == "ended"
    assert [mail.subject for mail in mailoutbox].count("Your monthly donation has ended") == 1


def test_what_is_billed_after_the_end_goes_back(stripe: StripePeer) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    services.pledge_end(pledge_id=pledge.pk)
    lose_jobs()  # before Stripe was told
    stripe.month_passes(subscription.external_id, at=stripe.later())
    send(stripe.told("invoice.paid"))
    run_jobs()
    poll()
    (first, paid), (second, payment) = each_month(pledge)
    assert [first.status, second.status] == ["paid", "cancelled"]
    assert (paid.is_refunded, payment.is_refunded) == (False, True)
    assert fresh(pledge).status == "ended"
    assert got(project) == (1000, 1)
    assert ledger_faults() == []


def test_what_was_billed_before_the_end_and_taken_after_it_goes_back(stripe: StripePeer) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    stripe.month_passes(subscription.external_id, succeeds=False)["created"] -= 5
    look(pledge)
    services.pledge_end(pledge_id=pledge.pk)
    lose_jobs()
    stripe.try_again(subscription.external_id, at=stripe.later())
    poll()
    assert [month.status for month in months(pledge)] == ["paid", "cancelled"]
    assert [payment.is_refunded for _month, payment in each_month(pledge)] == [False, True]
    assert ledger_faults() == []


def test_a_month_that_was_being_paid_when_it_ended_is_given(stripe: StripePeer) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    invoice = stripe.month_passes(subscription.external_id)
    invoice["created"] -= 5
    services.pledge_end(pledge_id=pledge.pk)
    run_jobs()
    pledge, _subscription = look(pledge)
    assert [month.status for month in months(pledge)] == ["paid", "paid"]
    assert pledge.status == "ended"
    assert ledger_faults() == []


def test_a_month_whose_money_has_come_is_not_cancelled(stripe: StripePeer) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    stripe.month_passes(subscription.external_id)
    stripe.faults.append(Fault(500, path="/payment_intents/", method="GET"))
    with pytest.raises(Unavailable):
        look(pledge)
    month = months(pledge)[1]
    assert month.status == "open"
    assert services.donation_cancel(donation_id=month.pk).status == "open"
    look(pledge)
    assert [month.status for month in months(pledge)] == ["paid", "paid"]


def test_ended_while_it_was_begun_at_stripe(stripe: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    made = StripeMonthly.subscribe

    def subscribe(self: StripeMonthly, subscription: Subscription, **more: Any) -> Started:
        started = made(self, subscription, **more)
        services.pledge_end(pledge_id=subscription.subject_id)
        return started

    monkeypatch.setattr(StripeMonthly, "subscribe", subscribe)
    _pledge, subscription = begun_monthly(ProjectFactory())
    lose_jobs()
    poll()
    assert stripe.things[subscription.external_session]["status"] == "expired"


def test_who_moves_to_another_address_hears_of_the_months_there(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    user = UserFactory()
    pledge, subscription = given_monthly(stripe, ProjectFactory(), user=user)
    user.email = "moved@example.org"
    user.save()
    mailoutbox.clear()
    stripe.month_passes(subscription.external_id)
    pledge, subscription = look(pledge)
    stripe.month_passes(subscription.external_id, succeeds=False)
    look(pledge)
    services.pledge_end(pledge_id=pledge.pk)
    assert [mail.to[0] for mail in mailoutbox].count("moved@example.org") == 3
    assert pledge.email not in [mail.to[0] for mail in mailoutbox]


def test_one_that_was_left_on_the_page_ends_without_a_mail(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    pledge, subscription = begun_monthly(ProjectFactory())
    stripe.things[subscription.external_session]["expires_at"] = 0
    pledge, _subscription = look(pledge)
    assert (pledge.status, pledge.started_at) == ("ended", None)
    assert mailoutbox == []


def test_who_leaves_gives_no_more(stripe: StripePeer) -> None:
    user = UserFactory()
    pledge, subscription = given_monthly(stripe, ProjectFactory(), user=user, message="Hello", name="Ada")
    begun_monthly(ProjectFactory(), user=user)
    from showpiece.accounts import erasure

    erasure.hide(user)
    run_jobs()
    assert set(Pledge.objects.values_list("status", flat=True)) == {"ended"}
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    secret = pledge.secret
    for _twice in range(2):
        services.pledges_forget(user=user)
    pledge.refresh_from_db()
    assert (pledge.user, pledge.email, pledge.name, pledge.message, pledge.is_anonymous) == (None, "", "", "", True)
    assert pledge.secret != secret


# Money that goes back


def test_a_month_is_given_back(stripe: StripePeer) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    stripe.month_passes(subscription.external_id)
    look(pledge)
    (_first, _paid), (second, payment) = each_month(pledge)
    payment_refund(payment_id=payment.pk, amount_minor=1000, key=uuid.uuid4())
    run_jobs()
    assert fresh(second).refunded_minor == 1000
    assert got(project)[0] == 1000
    assert fresh(pledge).status == "active"
    assert Payment.objects.filter(refunded_minor=0).count() == 1
    assert ledger_faults() == []


def test_another_amount_than_was_pledged_goes_back(stripe: StripePeer) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    stripe.pays_instead = (4000, "eur")
    stripe.month_passes(subscription.external_id)
    look(pledge)
    (_first, _paid), (second, payment) = each_month(pledge)
    assert (payment.amount_minor, payment.surplus, fresh(payment).is_refunded) == (4000, True, True)
    assert fresh(second).status == "cancelled"
    assert got(project) == (1000, 1)
    assert ledger_faults() == []


def test_nobody_else_is_written_to_than_the_creator_and_the_giver(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    pledge, subscription = given_monthly(stripe, project)
    stripe.month_passes(subscription.external_id)
    look(pledge)
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([pledge.email, project.creator.user.email] * 2)
