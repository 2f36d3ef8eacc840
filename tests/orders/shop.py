"""Buying in tests."""

import uuid
from typing import Any

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.orders import quotes, services
from showpiece.orders.models import Cart, Order
from showpiece.orders.pricing import Quote
from showpiece.payments.models import Payment
from showpiece.payments.providers.base import Report, State
from showpiece.payments.services import payment_settle, payment_start
from tests.factories import ProjectFactory


def priced(minor: int = 1000, **fields: Any) -> Project:
    """A project on display at a fixed price."""
    kind = {"price_kind": "fixed" if minor else "free", "price_minor": minor}
    project: Project = ProjectFactory(**(kind | fields))
    return project


def filled(*projects: Project, user: User | None = None, code: str = "") -> Cart:
    """A cart with these in it."""
    cart = services.cart_for(user=user)
    for project in projects:
        services.cart_add(cart=cart, project=project)
    if code:
        services.cart_set_promo(cart=cart, code=code)
    return cart


def quoted(cart: Cart, currency: str = "EUR", **more: Any) -> Quote:
    """What the cart costs now."""
    cart.refresh_from_db()
    return quotes.quote(
        quotes.wishes(quotes.cart_items(cart)), currency, **({"code": cart.promo_code, "user": cart.user} | more)
    )


def placed(cart: Cart, **more: Any) -> tuple[Order, Payment]:
    """An order of everything in the cart, as its buyer agrees to it now."""
    about = {name: more[name] for name in ("country", "email", "currency") if name in more}
    quote = quoted(cart, **about)
    wanted: dict[str, Any] = {
        "key": uuid.uuid4(),
        "cart": cart,
        "currency": "EUR",
        "seen": quote.digest,
        "provider": "sandbox" if quote.total_minor else "free",
        "email": cart.user.email if cart.user else "buyer@example.org",
        "user": cart.user,
        "language": "en",
    }
    return services.order_place(**(wanted | more))


def started(payment: Payment) -> Payment:
    """The payment on its way to its provider."""
    return payment_start(
        payment=payment,
        email="buyer@example.org",
        language="en",
        return_url="http://localhost/return/",
        cancel_url="http://localhost/cancel/",
    )


def paid_report(payment: Payment, **more: Any) -> Report:
    """What a provider says of a payment that went well."""
    said = {"amount_minor": payment.amount_minor, "currency": payment.currency, "card_ends_with": "4242"}
    return Report(State.CONFIRMED, **(said | {"external_charge": f"ch_{payment.pk}"} | more))


def paid_order(*projects: Project, user: User | None = None, **more: Any) -> tuple[Order, Payment]:
    """An order that has been paid."""
    order, payment = placed(filled(*projects, user=user), **more)
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    order.refresh_from_db()
    payment.refresh_from_db()
    return order, payment
