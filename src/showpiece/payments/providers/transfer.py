"""A bank transfer, or any other way in which money comes that staff then confirm by hand."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import Provider, RefundReport, Report, Started, State


class Transfer(Provider):
    """The order says where to send the money; staff say when it has come."""

    name = "transfer"
    label = _("Bank transfer")
    hint = _("You get our bank details. It is done once the money has arrived.")
    icon = "landmark"
    has_page = False
    by_hand = True

    def start(self, payment: Payment, **_more: Any) -> Started:
        return Started(external_id=str(payment.id))

    def look(self, payment: Payment) -> Report:
        """The buyer is told how to pay; only staff know more."""
        return Report(State.WAITING)

    def refund(self, refund: Refund) -> RefundReport:
        """Staff send it themselves, and say so by asking for it. What came without need waits until they do."""
        state = State.CONFIRMED if refund.made_by_id else State.PENDING
        return RefundReport(str(refund.id), refund.amount_minor, state, key=refund.id)
