"""Whose donation it is, and by which address they came."""

import uuid
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from showpiece.donations.models import Donation
from showpiece.payments.doors import way_in


@dataclass(frozen=True)
class Door:
    """A donation, and how somebody got to it: as a member, with a guest's link, or as staff, who only look."""

    donation: Donation
    secret: str = ""
    is_giver: bool = True

    def _to(self, name: str, *more: uuid.UUID) -> str:
        if self.secret:
            return reverse(f"donation_guest{name}", args=[self.donation.number, self.secret, *more])
        return reverse(f"donation{name}", args=[self.donation.number, *more])

    @property
    def email(self) -> str:
        return self.donation.email

    @property
    def language(self) -> str:
        return self.donation.language

    @property
    def url(self) -> str:
        return self._to("")

    @property
    def pay_url(self) -> str:
        return self._to("_pay")

    @property
    def cancel_url(self) -> str:
        return self._to("_cancel")

    def return_url(self, payment: uuid.UUID) -> str:
        """Where a provider sends the giver back to."""
        return self._to("_return", payment)


def door_of(donation: Donation) -> Door:
    """That of its giver."""
    return Door(donation, "" if donation.user_id else donation.secret)


def door_for(request: HttpRequest, number: str, secret: str = "", *, to_give: bool = False) -> Door:
    """The donation for who may see it, and with `to_give` for its giver alone. `Http404` for others and for none.

    A guest's link opens a guest's donation only; what staff have put away, only staff see.
    """
    donation = Donation.objects.filter(number=number).select_related("user").first()
    if donation is None:
        raise Http404(number)
    way = way_in(request.user, donation, secret, permission="donations.view_donation")
    if way is None or (to_give and not way.is_owner):
        raise Http404(number)
    return Door(donation, way.secret, way.is_owner)
