"""Whose monthly donation it is, and by which address they came."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from showpiece.donations.models import Pledge
from showpiece.payments.doors import way_in


@dataclass(frozen=True)
class PledgeDoor:
    """A monthly donation, and how somebody got to it: as a member, with a guest's link, or as staff, who only look."""

    pledge: Pledge
    secret: str = ""
    is_giver: bool = True

    def _to(self, name: str) -> str:
        if self.secret:
            return reverse(f"pledge_guest{name}", args=[self.pledge.number, self.secret])
        return reverse(f"pledge{name}", args=[self.pledge.number])

    @property
    def url(self) -> str:
        return self._to("")

    @property
    def start_url(self) -> str:
        return self._to("_start")

    @property
    def return_url(self) -> str:
        """Where the provider sends the giver back to."""
        return self._to("_return")

    @property
    def end_url(self) -> str:
        return self._to("_end")

    @property
    def card_url(self) -> str:
        return self._to("_card")


def pledge_door_of(pledge: Pledge) -> PledgeDoor:
    """That of its giver."""
    return PledgeDoor(pledge, "" if pledge.user_id else pledge.secret)


def pledge_door_for(request: HttpRequest, number: str, secret: str = "", *, to_give: bool = False) -> PledgeDoor:
    """The monthly donation for who may see it, and with `to_give` for its giver alone. `Http404` for others."""
    pledge = Pledge.objects.filter(number=number).select_related("user").first()
    if pledge is None:
        raise Http404(number)
    way = way_in(request.user, pledge, secret, permission="donations.view_pledge")
    if way is None or (to_give and not way.is_owner):
        raise Http404(number)
    return PledgeDoor(pledge, way.secret, way.is_owner)
