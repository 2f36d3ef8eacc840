"""What may be given to whom, and how it is split."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import strategies

from showpiece.catalog.models import Status
from showpiece.donations import services
from showpiece.donations.amounts import ABOUT_A_EURO, amounts_offered, least_minor, split
from showpiece.donations.models import Donation, DonationPolicy
from showpiece.donations.upkeep import Upkeep
from showpiece.money import CURRENCIES, MAX_PRICE
from showpiece.payments.models import Payment
from showpiece.payments.services import KeyReused
from tests.donations.giving import begun
from tests.factories import ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def refused(*projects: Any, **more: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        begun(*projects, **more)
    assert not Donation.objects.exists()
    assert not Payment.objects.exists()
    return told.value.message_dict


@drawn(strategies.integers(1, MAX_PRICE), strategies.integers(1, 20))
def test_parts_add_up_and_differ_by_one_at_most(amount: int, count: int) -> None:
    parts = split(amount, count)
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_a_donation_is_split_and_says_what_names_were() -> None:
    projects = ProjectFactory.create_batch(3)
    donation, payment = begun(*projects, amount=1000, name=" Ada ", message="  <b>Go</b> on\n")
    parts = donation.parts.order_by("position")
    assert [part.amount_minor for part in parts] == [334, 333, 333]
    assert [(part.name, part.creator) for part in parts] == [(one.name, one.creator) for one in projects]
    assert (donation.status, donation.name, donation.message) == ("open", "Ada", "  <b>Go</b> on\n")
    assert (payment.subject_kind, payment.subject_id, payment.amount_minor) == ("donation", donation.pk, 1000)


def test_the_platforms_part_is_of_each_part(settings: Any) -> None:
    settings.DONATION_FEE_PERCENT = "10"
    donation, _payment = begun(*ProjectFactory.create_batch(3), amount=1000)
    assert [part.fee_minor for part in donation.parts.order_by("position")] == [33, 33, 33]


def test_the_same_press_is_the_same_donation() -> None:
    project, key = ProjectFactory(), uuid.uuid4()
    first = begun(project, project, key=key)
    assert begun(project, key=key) == first
    assert Donation.objects.get().parts.count() == 1


@pytest.mark.parametrize("other", [{"email": "another@example.org"}, {"amount": 2000}])
def test_a_key_is_for_one_donation(other: dict[str, Any]) -> None:
    project, key = ProjectFactory(), uuid.uuid4()
    begun(project, key=key)
    with pytest.raises(KeyReused):
        begun(project, key=key, **other)
    with pytest.raises(KeyReused):
        begun(project, ProjectFactory(), key=key)
    assert Donation.objects.count() == 1


@pytest.mark.parametrize("amount", [-1000, 0, 1, 99, MAX_PRICE + 1, 10**12 * 100])
def test_amounts_that_are_not_given(amount: int) -> None:
    assert list(refused(ProjectFactory(), amount=amount)) == ["amount"]


def test_what_no_provider_takes_is_told_at_the_amount(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = []
    assert "no way to pay" in refused(ProjectFactory())["amount"][0]


def test_least_is_a_setting_in_the_shops_currency(settings: Any) -> None:
    settings.DONATION_MIN_MINOR = 200
    assert refused(ProjectFactory(), amount=199)["amount"] == ["The least is €2.00."]
    assert least_minor("JPY") == 200
    assert least_minor("CZK") == 4000


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_has_amounts_to_offer(settings: Any, currency: str) -> None:
    assert currency in ABOUT_A_EURO
    for shop, amounts in (("EUR", []), ("EUR", [300, 500]), ("RUB", [50_000]), ("JPY", [1, 500])):
        settings.SHOP_CURRENCY, settings.DONATION_AMOUNTS = shop, amounts
        offered = amounts_offered(currency)
        assert offered == sorted(set(offered))
        assert all(minor >= least_minor(currency) for minor in offered)
        assert offered


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT},
        {"status": Status.ARCHIVED},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"creator__status": Status.ARCHIVED},
        {"category__status": Status.ARCHIVED},
    ],
    ids=["draft", "archived", "scheduled", "creator", "category"],
)
def test_what_is_not_on_display_gets_nothing(fields: dict[str, Any]) -> None:
    assert list(refused(ProjectFactory(), ProjectFactory(**fields))) == ["projects"]


def test_a_creator_who_takes_nothing_for_a_project_gets_nothing() -> None:
    project = ProjectFactory()
    DonationPolicy.objects.create(project=project, is_on=False)
    assert list(refused(project)) == ["projects"]
    DonationPolicy.objects.update(is_on=True)
    assert begun(project)


def test_to_nothing_to_nobody_and_to_too_many() -> None:
    assert list(refused()) == ["projects"]
    assert list(refused(projects=[uuid.uuid4()])) == ["projects"]
    assert list(refused(projects=[uuid.uuid4() for _more in range(21)])) == ["projects"]


def test_less_than_one_minor_unit_each(settings: Any) -> None:
    settings.DONATION_MIN_MINOR = 1
    assert list(refused(*ProjectFactory.create_batch(3), amount=2)) == ["amount"]


@pytest.mark.parametrize(
    ("field", "value"), [("message", "a" * 501), ("name", "a" * 51), ("email", "nobody"), ("provider", "free")]
)
def test_errors_stand_at_their_field(field: str, value: str) -> None:
    assert list(refused(ProjectFactory(), **{field: value})) == [field]


@pytest.mark.parametrize("name", ["\u202eada", "\u200b\u200b", "Ada https://example.org", "Support Team"])
def test_a_name_is_one_that_an_account_may_have(name: str) -> None:
    assert list(refused(ProjectFactory(), name=name)) == ["name"]


def test_another_currency_than_that_of_the_projects() -> None:
    assert list(refused(ProjectFactory(currency="USD"))) == ["amount"]
    projects = [ProjectFactory(currency="USD"), ProjectFactory(currency="JPY")]
    assert begun(*projects)[0].currency == "EUR"  # the shop's, where they do not agree


def test_only_so_many_stay_open() -> None:
    project, user = ProjectFactory(), UserFactory()
    for _more in range(services.MAX_OPEN):
        begun(project)
    with pytest.raises(ValidationError) as told:
        begun(project, email="Giver@example.org")
    assert list(told.value.message_dict) == ["email"]
    begun(project, email="another@example.org")
    begun(project, user=user, email="giver@example.org")
    services.donation_cancel(donation_id=Donation.objects.filter(user=None, email="giver@example.org")[0].pk)
    begun(project)


def test_another_attempt_and_none_when_it_is_cancelled() -> None:
    donation, _payment = begun(ProjectFactory())
    key = uuid.uuid4()
    second = services.donation_pay_again(donation_id=donation.pk, key=key, provider="sandbox")
    assert services.donation_pay_again(donation_id=donation.pk, key=key, provider="sandbox") == second
    services.donation_cancel(donation_id=donation.pk)
    with pytest.raises(ValidationError):
        services.donation_pay_again(donation_id=donation.pk, key=uuid.uuid4(), provider="sandbox")


def test_what_nobody_pays_ends(settings: Any) -> None:
    donation, _payment = begun(ProjectFactory())
    assert services.donations_expire() == 0
    Donation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "showpiece.donations.upkeep.Upkeep" in settings.WORKER_UPKEEP
    Upkeep(["egress"]).tick()
    assert Donation.objects.get().status == "open"
    Upkeep(["default"]).tick()
    donation.refresh_from_db()
    assert (donation.status, donation.expired, donation.expires_at) == ("cancelled", True, None)
    assert services.donations_expire() == 0


UNSEEN = [
    "\u200b",
    " \u200b\u2060\n\ufeff ",
    "\u200d\ufe0f",
    "\u3164",
    "\u2800\u2800",
    "\u202e\u2066",
    "\u00ad",
    "\n\n",
]


@pytest.mark.parametrize("message", UNSEEN)
def test_a_message_that_nobody_can_see_is_none(message: str) -> None:
    donation, _payment = begun(ProjectFactory(), message=message)
    assert donation.message == ""


@pytest.mark.parametrize("message", ["👩\u200d💻", "\u200bHi\u200b", "!", "+1", "سلام", " ok "])
def test_what_can_be_seen_is_kept_as_it_was_typed(message: str) -> None:
    donation, _payment = begun(ProjectFactory(), message=message)
    assert donation.message == message
