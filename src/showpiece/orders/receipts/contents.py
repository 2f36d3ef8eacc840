"""What stands on the receipt of an order (docs/decisions/0023)."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from showpiece.money import amount_with_currency
from showpiece.orders.countries import country_name
from showpiece.orders.models import Order, OrderLine
from showpiece.orders.models.orders import NOBODY
from showpiece.orders.selectors import percent_text, tax_parts
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of, refunds_of
from showpiece.receipts.sheet import Fact, Party, Row, Sheet, Sum, without_empty_columns

MINUS = "\N{MINUS SIGN}"


def receipt_of(order: Order, language: str = "") -> Sheet | None:
    """The receipt of an order in `language`, which is its buyer's if nobody says otherwise. None: it is not paid."""
    if order.status != Order.Status.PAID or order.paid_at is None:
        return None
    payments = [one for one in payments_of("order", order.pk) if one.status == Payment.Status.CONFIRMED]
    counted = [one for one in payments if not one.surplus]
    refunds = refunds_of(counted)
    lines = list(_lines(order))
    with translation.override(language or order.language):
        every = (_("Project"), _("Price"), _("Discount"), _("Tax"), _("Total"))
        heads, rows = without_empty_columns(every, [_row(line, order.currency) for line in lines])
        return Sheet(
            language=translation.get_language() or order.language,
            title=_("Receipt"),
            facts=tuple(_facts(order, order.paid_at, counted)),
            parties=(_seller(), _buyer(order)),
            heads=heads,
            rows=rows,
            sums=(*_sums(order, lines), *_given_back(order, refunds)),
            page_of=_("Page {page} of {pages}"),
            moment=max([order.paid_at, *(one.confirmed_at for one in refunds if one.confirmed_at)]),
        )


def _lines(order: Order) -> Sequence[OrderLine]:
    lines = order.lines.select_related("project", "creator").defer("project__description").order_by("position")
    return list(lines)


def _facts(order: Order, paid_at: datetime, payments: Sequence[Payment]) -> list[Fact]:
    facts = [
        Fact(_("Number"), order.number),
        Fact(pgettext("date", "Ordered"), _date(order.placed_at)),
        Fact(pgettext("date", "Paid"), _date(paid_at)),
    ]
    if payments and order.total_minor:
        card = f" ••••\N{NO-BREAK SPACE}{payments[0].card_ends_with}" if payments[0].card_ends_with else ""
        facts.append(Fact(_("Way of paying"), f"{provider_named(payments[0].provider).label}{card}"))
    return facts


def _seller() -> Party:
    lines = [settings.SELLER_NAME, *settings.SELLER_ADDRESS.splitlines()]
    if settings.SELLER_TAX_ID:
        lines.append(_("Tax ID: %(number)s") % {"number": settings.SELLER_TAX_ID})
    return Party(_("Sold by"), tuple(line.strip() for line in lines if line.strip()))


def _buyer(order: Order) -> Party:
    email = "" if order.email.endswith(NOBODY) else order.email
    country = country_name(order.country) if order.country else ""
    return Party(_("Bought by"), tuple(part for part in (email, country) if part) or ("—",))


def _row(line: OrderLine, currency: str) -> Row:
    about, plain_about = " · ".join(filter(None, (line.creator_name, line.bundle_name))), line.creator.slug
    if line.refunded_minor:
        given = _("%(amount)s given back") % {"amount": amount_with_currency(line.refunded_minor, currency)}
        about, plain_about = f"{about}\n{given}", f"{plain_about}\n{given}"
    discount = f"{MINUS}{amount_with_currency(line.discount_minor, currency)}" if line.discount_minor else ""
    tax = ""
    if line.tax_name:
        name = f"{line.tax_name} {percent_text(line.tax_percent)}"
        tax = f"{name}\n{amount_with_currency(line.tax_minor, currency)}"
    price, total = (amount_with_currency(minor, currency) for minor in (line.price_minor, line.total_minor))
    return Row(line.name, about, (price, discount, tax, total), line.project.slug, plain_about)


def _sums(order: Order, lines: Sequence[OrderLine]) -> list[Sum]:
    """As on the order's page: subtotal, promo code, tax on top, total, and the tax that is in it."""
    sums = []
    if order.discount_minor or order.price_minor != order.total_minor:
        sums.append(Sum(_("Subtotal"), amount_with_currency(order.price_minor, order.currency)))
    if order.discount_minor:
        label = _("Promo code %(code)s") % {"code": order.promo_text}
        sums.append(Sum(label, f"{MINUS}{amount_with_currency(order.discount_minor, order.currency)}"))
    taxes = tax_parts(lines)
    sums += [Sum(tax.label, amount_with_currency(tax.minor, order.currency)) for tax in taxes if not tax.included]
    sums.append(Sum(_("Total"), amount_with_currency(order.total_minor, order.currency), "total"))
    for tax in taxes:
        if tax.included:
            label = _("%(tax)s in it") % {"tax": tax.label}
            sums.append(Sum(label, amount_with_currency(tax.minor, order.currency), "part"))
    return sums


def _given_back(order: Order, refunds: Sequence[Refund]) -> list[Sum]:
    """Each refund with its day, and what is left if some came through."""
    sums, given_minor = [], 0
    for refund in refunds:
        amount = f"{MINUS}{amount_with_currency(refund.amount_minor, order.currency)}"
        if refund.confirmed_at:
            given_minor += refund.amount_minor
            sums.append(Sum(_("Refunded on %(date)s") % {"date": _date(refund.confirmed_at)}, amount))
        else:
            sums.append(Sum(_("Refund under way"), amount))
    if given_minor:
        left = amount_with_currency(order.total_minor - given_minor, order.currency)
        sums.append(Sum(_("Total after refunds"), left, "total"))
    return sums


def _date(moment: datetime) -> str:
    return date_format(localtime(moment), "j E Y")
