"""What the payments tell this room of monthly donations: a month was paid, or the provider has changed its mind."""

import uuid

from django.utils import translation
from django.utils.translation import gettext as _

from showpiece.accounts.erasure import Kept
from showpiece.accounts.models import User
from showpiece.donations import services
from showpiece.donations.locks import locked_pledge
from showpiece.donations.models import Pledge
from showpiece.payments.models import Subscription


class PledgeRecurring:
    """Pledges as something that is paid for every month (see `payments/subjects.py`)."""

    def lock(self, subject_id: uuid.UUID) -> Pledge:
        return locked_pledge(subject_id)

    def instalment(self, subject: Pledge, *, key: uuid.UUID, is_due: bool) -> tuple[str, uuid.UUID]:
        return "donation", services.month_given(subject, key=key, is_due=is_due).pk

    def changed(self, subject: Pledge, subscription: Subscription) -> None:
        services.pledge_changed(subject, subscription)

    def title(self, subject_id: uuid.UUID) -> str:
        pledge = Pledge.objects.get(pk=subject_id)
        with translation.override(pledge.language):
            return _("Monthly donation %(number)s") % {"number": pledge.number}

    def url(self, subject_id: uuid.UUID) -> str:
        return Pledge.objects.get(pk=subject_id).shown_url


class Pledges:
    """Of a member who goes: nothing is taken from somebody who wants to leave, even if they may still come back; nor
    from one who was switched off, and so cannot end it."""

    def hide(self, user: User) -> None:
        services.pledges_end(user=user)

    def stop(self, user: User) -> None:
        services.pledges_end(user=user)

    def show(self, user: User, hidden: object) -> None:
        """What has ended stays so."""

    def erase(self, user: User) -> Kept:
        services.pledges_forget(user=user)
        return Kept.NOTHING
