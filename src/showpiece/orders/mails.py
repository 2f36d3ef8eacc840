"""Mails about orders. Each is queued in the transaction that causes it, so that it is sent once or not at all."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage

from showpiece.catalog.models import ReleaseFile
from showpiece.mail.services import pretend, send, send_all, written
from showpiece.numbering import new_number, new_secret
from showpiece.orders.access import door_of
from showpiece.orders.models import Order, OrderLine
from showpiece.orders.models.orders import NOBODY
from showpiece.orders.selectors import tax_parts
from showpiece.payments.models import Payment, Refund


def order_context(order: Order, lines: Sequence[OrderLine], payment: Payment | None = None) -> dict[str, Any]:
    """What mails tell of an order."""
    return {
        "order": order,
        "lines": lines,
        "payment": payment,
        "taxes": partial(tax_parts, lines),  # when it is asked for, which is in the reader's language
        "url": f"{settings.SITE_URL}{order.shown_url}",
        "receipt_url": f"{settings.SITE_URL}{door_of(order).receipt_url}",
        "bank_details": settings.BANK_DETAILS if payment and payment.provider == "transfer" else "",
    }


def send_confirmation(order: Order, lines: Sequence[OrderLine], payment: Payment) -> None:
    """The order stands: what it holds, the promo code, the total; and how to pay where that is still to be done."""
    send_all(_to_buyer("orders/mail/confirmation", order, order_context(order, lines, payment)))


def send_paid(order: Order, lines: Sequence[OrderLine], payment: Payment, *, was_confirmed: bool) -> None:
    """It is paid: the buyer gets the confirmation, or hears that the money of an order that was confirmed before has
    come; and the creators hear what they have sold."""
    template = "orders/mail/received" if was_confirmed else "orders/mail/confirmation"
    send_all([*_to_buyer(template, order, order_context(order, lines, payment)), *_to_sellers(order, lines)])


def send_updated(order: Order, lines: Sequence[OrderLine], payment: Payment | None) -> None:
    """Staff have changed what it holds."""
    context = {**order_context(order, lines, payment), "is_update": True}
    send_all(_to_buyer("orders/mail/confirmation", order, context))


def send_failed(order: Order, lines: Sequence[OrderLine], payment: Payment) -> None:
    """The money that was on its way does not come: nothing was taken, and they can pay in another way."""
    send_all(_to_buyer("orders/mail/failed", order, order_context(order, lines, payment)))


def send_refund(
    order: Order, parts: Sequence[tuple[OrderLine, int]], refund: Refund, taken: Sequence[OrderLine]
) -> None:
    """Money goes back, for what, and what was `taken` back for it."""
    context = order_context(order, [line for line, _part in parts])
    context |= {"refund": refund, "parts": parts, "taken": [line.name for line in taken]}
    send_all(_to_buyer("orders/mail/refund", order, context))


def send_unneeded(order: Order, payment: Payment) -> None:
    """Money has come that pays for nothing, and goes back by itself."""
    send_all(_to_buyer("orders/mail/unneeded", order, order_context(order, [], payment)))


def _to_sellers(order: Order, lines: Sequence[OrderLine]) -> Iterator[EmailMessage]:
    """To each creator, what of theirs was sold: nothing of the others', and nothing of the buyer."""
    by_creator = sorted(lines, key=lambda line: line.creator_id)
    for _pk, group in groupby(by_creator, key=lambda line: line.creator_id):
        theirs = list(group)
        creator = theirs[0].creator
        if not creator.user.is_active or not creator.user.email:
            continue
        context = {
            "order": order,
            "lines": theirs,
            "creator": creator,
            "earned_minor": sum(line.earned_minor for line in theirs),
        }
        language = theirs[0].project.language
        yield written("orders/mail/sold", creator.user.email, context, language, reader=creator.user_id)


class Found(NamedTuple):
    """A guest's order in the mail to who looks for it."""

    order: Order
    names: Sequence[str]
    url: str


def found(order: Order, names: Sequence[str]) -> Found:
    return Found(order, names, f"{settings.SITE_URL}{order.guest_url}")


def send_found(rows: Sequence[Found], most: int, email: str, language: str) -> None:
    """Where an address's guest orders are, at the most so many. Without any nobody gets the mail.

    A second one is always written, with made-up rows up to `most`, so that the time tells nothing of how many.
    """
    made_up = [found(_nothing(), ["-"]) for _row in range(most - len(rows))]
    mail, other = (written("orders/mail/found", email, {"rows": some}, language) for some in (rows, made_up))
    if rows:
        mail.send()
    else:
        pretend(other)


def _nothing() -> Order:
    return Order(number=new_number(), secret=new_secret(), currency=settings.SHOP_CURRENCY, total_minor=1000)


def send_missing(file: ReleaseFile) -> None:
    """To a creator: buyers cannot get a file, as the store has it no more."""
    project = file.release.project
    reader = project.creator.user
    if not reader.is_active or not reader.email:
        return
    context = {"file": file, "release": file.release, "project": project, "creator": project.creator}
    send("orders/mail/missing", reader.email, context, project.language, reader=reader.pk)


def _to_buyer(template: str, order: Order, context: dict[str, Any]) -> list[EmailMessage]:
    if order.email.endswith(NOBODY):
        return []
    return [written(template, order.email, context, order.language, reader=order.user_id)]
