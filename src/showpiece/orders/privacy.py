"""What this room knows of a person: what they bought, and what of theirs was sold."""

from collections.abc import Iterator
from typing import Any

from showpiece.accounts import erasure, export
from showpiece.accounts.erasure import Kept
from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User
from showpiece.catalog.models import Creator
from showpiece.orders import services
from showpiece.orders.models import Bundle, Cart, Download, Entitlement, LicenseKey, Order, OrderLine, PromoCode
from showpiece.payments.selectors import payments_of, payouts_to

AT_ONCE = 100


def register() -> None:
    """Tell the accounts about this room."""
    export.register("orders", export_orders)
    erasure.register("orders", Orders())


def export_orders(user: User, package: Package) -> None:
    """Orders with their payments, what came with them, license keys and what was downloaded, the cart; of a creator
    the sales, without who bought, payouts and offers."""
    package.records("orders", _orders(user))
    package.records("library", _library(user))
    package.records("downloads", _downloads(user))
    package.records("licenses", _licenses(user))
    package.records("sales", _sales(user))
    package.records("payouts", _payouts(user))
    package.records("promo-codes", _codes(user))
    package.records("bundles", _bundles(user))
    cart = Cart.objects.filter(user=user).first()
    if cart is not None:
        items = cart.items.select_related("project", "bundle").order_by("pk")
        package.record(
            "cart",
            {"promo_code": cart.promo_code, "items": [str(item.project or item.bundle) for item in items]},
        )


def _orders(user: User) -> Iterator[Record]:
    orders = Order.objects.filter(user=user).prefetch_related("lines").order_by("pk")
    for order in orders.iterator(chunk_size=AT_ONCE):
        yield {
            "number": order.number,
            "email": order.email,
            "country": order.country,
            "state": order.status,
            "currency": order.currency,
            "promo_code": order.promo_text,
            "price_minor": order.price_minor,
            "discount_minor": order.discount_minor,
            "tax_minor": order.tax_minor,
            "total_minor": order.total_minor,
            "placed": order.placed_at,
            "paid": order.paid_at,
            "lines": [
                {
                    "project": line.name,
                    "creator": line.creator_name,
                    "price_minor": line.price_minor,
                    "discount_minor": line.discount_minor,
                    "tax_minor": line.tax_minor,
                    "total_minor": line.total_minor,
                    "refunded_minor": line.refunded_minor,
                }
                for line in order.lines.all()
            ],
            "payments": [
                {
                    "provider": payment.provider,
                    "state": payment.status,
                    "amount_minor": payment.amount_minor,
                    "refunded_minor": payment.refunded_minor,
                    "card_ends_with": payment.card_ends_with,
                    "begun": payment.created_at,
                    "paid": payment.paid_at,
                }
                for payment in payments_of("order", order.pk)
            ],
        }


def _library(user: User) -> Iterator[Record]:
    held = Entitlement.objects.filter(user=user).select_related("line__order").order_by("pk")
    for entitlement in held.iterator(chunk_size=AT_ONCE):
        yield {
            "project": entitlement.line.name,
            "order": entitlement.line.order.number,
            "granted": entitlement.granted_at,
            "taken_back": entitlement.revoked_at,
            "mails_about_versions": entitlement.wants_versions,
        }


def _downloads(user: User) -> Iterator[Record]:
    used = Download.objects.filter(entitlement__user=user).select_related("entitlement__line").order_by("pk")
    for download in used.iterator(chunk_size=AT_ONCE):
        yield {
            "project": download.entitlement.line.name,
            "version": download.version,
            "file": download.name,
            "begun": download.started_at,
            "times": download.uses,
        }


def _licenses(user: User) -> Iterator[Record]:
    keys = LicenseKey.objects.filter(entitlement__line__order__user=user).order_by("pk")
    for key in keys.select_related("entitlement__line").prefetch_related("activations").iterator(chunk_size=AT_ONCE):
        yield {
            "project": key.entitlement.line.name,
            "key": key.key,
            "created": key.created_at,
            "machines": [
                {
                    "name": machine.instance_name,
                    "activated": machine.activated_at,
                    "deactivated": machine.deactivated_at,
                }
                for machine in key.activations.all()
            ],
        }


def _sales(user: User) -> Iterator[Record]:
    sold = OrderLine.objects.filter(creator__user=user).exclude(sold_at=None).select_related("order").order_by("pk")
    for line in sold.iterator(chunk_size=AT_ONCE):
        yield {
            "project": line.name,
            "sold": line.sold_at,
            "currency": line.order.currency,
            "total_minor": line.total_minor,
            "tax_minor": line.tax_minor,
            "fee_minor": line.fee_minor,
            "refunded_minor": line.refunded_minor,
        }


def _payouts(user: User) -> Iterator[Record]:
    creator = Creator.objects.filter(user=user).first()
    for payout in payouts_to(creator.pk).order_by("pk").iterator(chunk_size=AT_ONCE) if creator else ():
        yield {
            "amount_minor": payout.amount_minor,
            "currency": payout.currency,
            "reference": payout.reference,
            "paid": payout.paid_at,
        }


def _codes(user: User) -> Iterator[Record]:
    codes = PromoCode.objects.filter(creator__user=user).prefetch_related("projects").order_by("pk")
    for code in codes.iterator(chunk_size=AT_ONCE):
        yield {
            "code": code.code,
            "kind": code.kind,
            "percent": code.percent,
            "amount_minor": code.amount_minor,
            "currency": code.currency,
            "from": code.starts_at,
            "until": code.ends_at,
            "uses_in_all": code.max_uses,
            "uses_a_person": code.max_uses_each,
            "projects": [project.slug for project in code.projects.all()],
            "active": code.is_active,
        }


def _bundles(user: User) -> Iterator[Record]:
    bundles = Bundle.objects.filter(creator__user=user).prefetch_related("projects").order_by("pk")
    for bundle in bundles.iterator(chunk_size=AT_ONCE):
        yield {
            "name": bundle.name,
            "summary": bundle.summary,
            "price_minor": bundle.price_minor,
            "currency": bundle.currency,
            "state": bundle.status,
            "projects": [project.slug for project in bundle.projects.all()],
        }


class Orders:
    """What was sold has to stay in the books, without who bought it."""

    def hide(self, user: User) -> None:
        """Others never see them."""

    def show(self, user: User, hidden: Any) -> None:
        """They were never hidden."""

    def erase(self, user: User) -> Kept:
        services.orders_forget(user=user)
        services.offers_forget(user=user)
        return Kept.NOTHING
