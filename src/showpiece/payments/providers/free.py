"""What costs nothing."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import Provider, RefundReport, Refused, Report, Started, State


class Free(Provider):
    """Nothing is paid, and nothing asked."""

    name = "free"
    label = _("Free")
    icon = "gift"
    has_page = False

    def takes(self, amount_minor: int, currency: str) -> bool:
        return amount_minor == 0

    def start(self, payment: Payment, **_more: Any) -> Started:
        return Started(external_id=str(payment.id))

    def look(self, payment: Payment) -> Report:
        return Report(State.CONFIRMED, amount_minor=0, currency=payment.currency)

    def refund(self, refund: Refund) -> RefundReport:
        """Nothing was paid."""
        raise Refused("Nothing was paid.")
