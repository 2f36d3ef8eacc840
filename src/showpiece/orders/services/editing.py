"""What staff do with an order: change what an open one holds, put one away. Money goes back through the payments."""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.catalog.models import Project
from showpiece.orders import mails
from showpiece.orders import promo as promos
from showpiece.orders.locks import locked_order
from showpiece.orders.models import Order, OrderLine, PromoCode, TaxRate
from showpiece.orders.pricing import QuotedLine, asked_price, with_discount, with_fee, with_tax
from showpiece.orders.quotes import is_orderable, tax_rate
from showpiece.orders.services.carts import MAX_ITEMS
from showpiece.orders.services.placing import order_lines
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of
from showpiece.payments.services import payment_create, payment_start, payments_withdraw


class OrderChanged(Exception):  # noqa: N818  # not every one is an error
    """Somebody else has changed the order since it was read. `current`: as it is now. Nothing was changed."""

    def __init__(self, current: Order) -> None:
        super().__init__("the order was changed in between")
        self.current = current


def order_edit(
    *, order_id: uuid.UUID, revision: int, remove: Collection[uuid.UUID] = (), add: Sequence[Project] = ()
) -> Order:
    """Take lines (by id) out of an open order and put projects into it, at the prices of today; lines that stay keep
    price and tax. The buyer is told once, and pays the new total. `revision` is that of the order that was read.

    `OrderChanged` if it was changed since; `ValidationError`: not open, nothing left, or something not on sale.
    """
    with transaction.atomic():
        order = locked_order(order_id)
        if order.revision != revision:
            raise OrderChanged(order)
        if order.status != Order.Status.OPEN:
            raise ValidationError(_("Only an open order can be changed. What is paid can be refunded."), code="closed")
        lines = list(
            order.lines.select_related("project__creator", "project__category", "creator", "bundle").order_by(
                "position"
            )
        )
        stay = [line for line in lines if line.pk not in remove]
        if len(stay) == len(lines) and not add:
            return order
        _check(order, stay, add)
        OrderLine.objects.filter(order=order, pk__in=[line.pk for line in lines if line not in stay]).delete()
        _reprice(order, stay, add)
        lines = list(order.lines.select_related("creator__user", "project").order_by("position"))
        _add_up(order, lines)
        mails.send_updated(order, lines, _pay_anew(order))
    return order


def _check(order: Order, stay: Sequence[OrderLine], add: Sequence[Project]) -> None:
    if not stay and not add:
        raise ValidationError(_("An order holds something. Cancel it instead."), code="empty")
    if len(stay) + len(add) > MAX_ITEMS:
        raise ValidationError(_("An order holds at most %(count)s things.") % {"count": MAX_ITEMS}, code="full")
    there = {line.project_id for line in stay}
    for project in add:
        name = {"name": project.name, "currency": order.currency}
        if not is_orderable(project):
            raise ValidationError({"add": _("“%(name)s” is not on sale.") % name}, code="not_on_sale")
        if project.currency != order.currency:
            text = _("“%(name)s” is not sold in %(currency)s.") % name
            raise ValidationError({"add": text}, code="currency")
        if project.pk in there:
            raise ValidationError({"add": _("“%(name)s” is in this order already.") % name}, code="twice")
        there.add(project.pk)


def _reprice(order: Order, stay: Sequence[OrderLine], add: Sequence[Project]) -> None:
    """Discount, tax and fee of all lines, by the order's own promo code and country. New rows are made."""
    today = tax_rate(order.country)
    rates = [*(_rate_of(line) for line in stay), *(today for _project in add)]
    kept = [
        QuotedLine(project=line.project, price_minor=line.price_minor, discount_minor=line.discount_minor)
        for line in stay
    ]
    quoted = [*kept, *(QuotedLine(project=project, price_minor=asked_price(project, None)) for project in add)]
    if order.promo_code:
        quoted = with_discount(quoted, order.promo_code, _eligible(order.promo_code, stay, quoted))
    fee = Decimal(str(settings.PLATFORM_FEE_PERCENT))
    priced = [with_fee(with_tax(line, rate), fee) for line, rate in zip(quoted, rates, strict=True)]
    for row, line in zip(stay, priced, strict=False):
        row.discount_minor, row.tax_minor = line.discount_minor, line.tax_minor
        row.total_minor, row.fee_minor = line.total_minor, line.fee_minor
        row.save(update_fields=["discount_minor", "tax_minor", "total_minor", "fee_minor"])
    first = max((line.position for line in order.lines.all()), default=-1) + 1
    OrderLine.objects.bulk_create(order_lines(order, priced[len(stay) :], first=first))


def _eligible(promo: PromoCode, stay: Sequence[OrderLine], quoted: Sequence[QuotedLine]) -> list[bool]:
    """For which lines the code holds. One that held for a line that stays holds for it, whatever it says today."""
    today = promos.eligible(promo, quoted)
    held = [line.discount_minor > 0 for line in stay]
    return [counts or before for counts, before in zip(today, [*held, *([False] * len(today))], strict=False)]


def _rate_of(line: OrderLine) -> TaxRate | None:
    """The tax as the line has it."""
    if not line.tax_name:
        return None
    return TaxRate(name=line.tax_name, percent=line.tax_percent, included=line.tax_included)


def _add_up(order: Order, lines: Sequence[OrderLine]) -> None:
    order.price_minor = sum(line.price_minor for line in lines)
    order.discount_minor = sum(line.discount_minor for line in lines)
    order.tax_minor = sum(line.tax_minor for line in lines)
    order.total_minor = sum(line.total_minor for line in lines)
    order.revision += 1
    # Whoever is told of another price has time to pay it.
    later = timezone.now() + timedelta(hours=settings.ORDER_EXPIRY_HOURS)
    order.expires_at = max(order.expires_at or later, later)
    order.save()


def _pay_anew(order: Order) -> Payment | None:
    """What is pending is for the old total: it is withdrawn. A bank transfer is asked for anew, since the mail says
    where to; in other ways the buyer pays on the page of the order."""
    by_hand = [
        one
        for one in payments_of("order", order.pk)
        if one.status == Payment.Status.PENDING and provider_named(one.provider).by_hand
    ]
    payments_withdraw(subject_kind="order", subject_id=order.pk)
    if not by_hand or not order.total_minor:
        return None
    if order.confirmed_at is None:  # the mail of this change is the confirmation
        order.confirmed_at = timezone.now()
        order.save(update_fields=["confirmed_at"])
    payment = payment_create(
        key=uuid.uuid4(),
        subject_kind="order",
        subject_id=order.pk,
        provider=by_hand[-1].provider,
        amount_minor=order.total_minor,
        currency=order.currency,
    )
    # Who is paid by hand has no server that would be waited for.
    return payment_start(payment=payment, email=order.email, language=order.language, return_url="", cancel_url="")


def order_set_archived(*, order_id: uuid.UUID, archived: bool) -> bool:
    """Put an order away, or take it back: out of the lists of staff and of its buyer. Its money counts all the same.
    False if it was so before."""
    with transaction.atomic():
        order = locked_order(order_id)
        if (order.archived_at is not None) == archived:
            return False
        order.archived_at = timezone.now() if archived else None
        order.save(update_fields=["archived_at"])
    return True
