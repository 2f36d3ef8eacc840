"""Arithmetic of prices: whatever the amounts, what is shared out adds up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from showpiece.catalog.models import Status
from showpiece.orders import services
from showpiece.orders.buying import shares
from showpiece.orders.models import Bundle, BundleProject, OrderLine, PromoCode, TaxRate
from showpiece.payments.parts import apportion, part_of
from tests.factories import ProjectFactory, UserFactory
from tests.orders.shop import filled, paid_order, placed, priced, quoted

AMOUNTS = st.integers(0, 10**10)


@given(AMOUNTS, st.lists(AMOUNTS, min_size=1, max_size=20).filter(any))
def test_what_is_shared_out_adds_up_and_is_fair(amount: int, weights: list[int]) -> None:
    parts = apportion(amount, weights)
    assert sum(parts) == amount
    assert all(abs(part - amount * weight / sum(weights)) <= 1 for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(
    total=st.integers(1, 10**9),
    tax=st.decimals(0, 100, places=3),
    fee=st.decimals(0, 100, places=3),
    cuts=st.lists(st.integers(1, 10**9), max_size=6),
)
def test_refunds_in_any_parts_give_tax_and_fee_back_to_the_cent(
    total: int, tax: Decimal, fee: Decimal, cuts: list[int]
) -> None:
    line = OrderLine(total_minor=total, tax_minor=part_of(total, tax, 100 + tax))
    line.fee_minor = part_of(total - line.tax_minor, fee, 100)
    given_back, before = {"creator": 0, "fee": 0, "tax": 0}, 0
    for end in [*sorted({cut % total for cut in cuts} - {0}), total]:
        for share in shares([(line, end - before, before)], "DE"):
            given_back[share.account.value] += share.amount_minor
        before = end
    assert given_back == {"creator": line.earned_minor, "fee": line.fee_minor, "tax": line.tax_minor}


def test_halves_are_rounded_up() -> None:
    assert [part_of(amount, Decimal("0.5"), 1) for amount in (1, 3, 5)] == [1, 2, 3]
    assert part_of(1000, 19, 119) == 160


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("included", "tax", "total"), [(True, 160, 1000), (False, 190, 1190)], ids=["in the price", "on top"]
)
def test_tax_is_that_of_the_buyers_country_and_stays_on_the_line(included: bool, tax: int, total: int) -> None:
    rate = TaxRate.objects.create(country="DE", percent=19, included=included)
    order, payment = paid_order(priced(1000), country="DE")
    rate.percent = 50
    rate.save()
    order.refresh_from_db()
    (line,) = order.lines.all()
    assert (line.tax_minor, line.tax_percent, order.tax_minor) == (tax, 19, tax)
    assert (order.total_minor, payment.amount_minor) == (total, total)
    elsewhere, _payment = paid_order(priced(1000), country="US")
    assert (elsewhere.tax_minor, elsewhere.total_minor) == (0, 1000)


@pytest.mark.django_db
def test_a_bundle_costs_its_price_shared_out_by_what_its_projects_cost() -> None:
    first = priced(3000)
    second = priced(1000, creator=first.creator)
    bundle = Bundle.objects.create(
        creator=first.creator, slug="both", name="Both", price_minor=1001, currency="EUR", status=Status.PUBLISHED
    )
    for place, project in enumerate((first, second)):
        BundleProject.objects.create(bundle=bundle, project=project, position=place)
    cart = filled(first)
    services.cart_add(cart=cart, bundle=bundle)
    quote = quoted(cart)
    assert [line.price_minor for line in quote.lines] == [751, 250]
    second.status = Status.ARCHIVED
    second.save()
    assert quoted(cart).lines == ()


@pytest.mark.django_db
def test_an_open_price_is_what_the_buyer_offers_or_what_is_suggested() -> None:
    project = ProjectFactory(price_kind="open", price_minor=200, suggested_minor=500)
    cart = services.cart_for(user=UserFactory())
    services.cart_add(cart=cart, project=project)
    assert quoted(cart).total_minor == 500
    services.cart_add(cart=cart, project=project, offered_minor=300)
    assert quoted(cart).total_minor == 300
    with pytest.raises(Exception, match="least"):
        services.cart_add(cart=cart, project=project, offered_minor=199)
    assert quoted(cart).total_minor == 300


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "off"),
    [
        ({"kind": "percent", "percent": 15}, [150, 50]),
        ({"kind": "amount", "amount_minor": 401, "currency": "EUR"}, [301, 100]),
        ({"kind": "amount", "amount_minor": 9999, "currency": "EUR"}, [1000, 333]),
        ({"kind": "free"}, [1000, 333]),
    ],
    ids=["percent", "amount", "more than it costs", "free"],
)
def test_a_promo_code_takes_off_what_it_says(fields: dict[str, Any], off: list[int]) -> None:
    PromoCode.objects.create(code="Spring", **fields)
    quote = quoted(filled(priced(1000), priced(333), code="SPRING"))
    assert [line.discount_minor for line in quote.lines] == off
    assert quote.promo_problem == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"is_active": False}, "no such"),
        ({"starts_at": timezone.now() + timedelta(days=1)}, "no such"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "over"),
        ({"kind": "amount", "percent": None, "amount_minor": 100, "currency": "USD"}, "USD"),
    ],
    ids=["switched off", "early", "late", "other currency"],
)
def test_a_promo_code_that_does_not_count_says_why(fields: dict[str, Any], said: str) -> None:
    PromoCode.objects.create(**({"code": "SPRING", "kind": "percent", "percent": 10} | fields))
    quote = quoted(filled(priced(1000), code="spring"))
    assert said in quote.promo_problem
    assert (quote.discount_minor, quote.promo) == (0, None)


@pytest.mark.django_db
def test_a_promo_code_holds_for_what_it_names() -> None:
    one, other, third = priced(1000), priced(1000), priced(1000)
    code = PromoCode.objects.create(code="SPRING", kind="percent", percent=50)
    code.projects.add(one)
    code.creators.add(other.creator)
    quote = quoted(filled(one, other, third, code="SPRING"))
    assert [line.discount_minor for line in quote.lines] == [500, 500, 0]
    code.creator = third.creator
    code.save()
    assert "other projects" in quoted(filled(one, third, code="SPRING")).promo_problem


@pytest.mark.django_db
def test_a_person_uses_a_code_as_often_as_it_says_signed_in_or_not() -> None:
    buyer = UserFactory()
    PromoCode.objects.create(code="ONCE", kind="percent", percent=10, max_uses_each=1)
    placed(filled(priced(1000), user=buyer, code="ONCE"))
    again = filled(priced(1000), user=buyer, code="ONCE")
    assert "already" in quoted(again).promo_problem
    guest = filled(priced(1000), code="ONCE")
    assert "already" in quoted(guest, email=buyer.email.upper()).promo_problem
    assert quoted(guest, email="other@example.org").promo_problem == ""


@pytest.mark.django_db
def test_a_cancelled_order_gives_its_use_back() -> None:
    PromoCode.objects.create(code="ONE", kind="free", max_uses=1)
    order, _payment = placed(filled(priced(1000), priced(10), code="ONE"))
    assert "used up" in quoted(filled(priced(1000), code="ONE")).promo_problem
    services.order_cancel(order_id=order.pk)
    assert quoted(filled(priced(1000), code="ONE")).promo_problem == ""


@pytest.mark.django_db
@pytest.mark.parametrize(("limit", "hours"), [(5, 1), (None, 48)])
def test_an_unpaid_order_does_not_hold_a_rare_use_for_days(limit: int | None, hours: int, settings: Any) -> None:
    settings.ORDER_EXPIRY_HOURS = 48
    PromoCode.objects.create(code="FEW", kind="percent", percent=10, max_uses=limit)
    order, _payment = placed(filled(priced(1000), code="FEW"))
    assert order.expires_at
    assert abs(order.expires_at - timezone.now() - timedelta(hours=hours)) < timedelta(minutes=1)
