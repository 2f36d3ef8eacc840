"""Giving every month: beginning it, what a month brings, and its end."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.donations import pledge_mails
from showpiece.donations.amounts import split
from showpiece.donations.locks import locked_pledge
from showpiece.donations.models import Donation, Pledge, PledgePart
from showpiece.donations.names import giver_address, message_checked, name_checked
from showpiece.donations.services.placing import MAX_OPEN, donation_create, gift_checked
from showpiece.donations.takers import takers_among
from showpiece.numbering import new_secret
from showpiece.payments.models import Subscription
from showpiece.payments.parts import apportion
from showpiece.payments.providers import repeating
from showpiece.payments.selectors import subscription_of
from showpiece.payments.services import KeyReused, subscription_cancel, subscription_create

KIND = "pledge"
_Status = Pledge.Status


def pledge_place(
    *,
    key: uuid.UUID,
    projects: Sequence[uuid.UUID],
    amount_minor: int,
    currency: str,
    provider: str,
    user: User | None = None,
    email: str = "",
    name: str = "",
    is_anonymous: bool = False,
    message: str = "",
    language: str = "",
) -> tuple[Pledge, Subscription]:
    """Give an amount to projects every month, the same to each as far as it goes. Nothing is given until the provider
    has taken the first month. The same key again is the same pledge.

    `ValidationError` at a field, as for what is given once, and at "email" without one: who gives every month has to
    hear of it. `KeyReused`: the key belongs to another pledge.
    """
    email = email.strip().lower()
    wanted = list(dict.fromkeys(projects))
    with transaction.atomic():
        if known := _known(key, user, email, amount_minor, currency, wanted):
            return known
        chosen = gift_checked(wanted, amount_minor, currency)
        ways = [one.name for one in repeating(amount_minor, currency)]
        if provider not in ways:
            text = _("This cannot be given every month. Please give it once.")
            raise ValidationError({"provider": ValidationError(text, code="not_monthly")})
        if not email:
            text = _("Please name an address: we write to you each month.")
            raise ValidationError({"email": ValidationError(text, code="required")})
        _few_pending(user, email)
        pledge = Pledge(
            key=key,
            amount_minor=amount_minor,
            currency=currency,
            user=user,
            email=email,
            name=name_checked(name),
            is_anonymous=is_anonymous,
            message=message_checked(message),
            language=language or settings.LANGUAGE_CODE,
        )
        pledge.clean_fields(exclude=["user"])
        try:
            with transaction.atomic():
                pledge.save()
        except IntegrityError:  # the same press, at the same moment
            if known := _known(key, user, email, amount_minor, currency, wanted):
                return known
            raise
        _parts_made(pledge, chosen)
        return pledge, subscription_create(
            key=key,
            subject_kind=KIND,
            subject_id=pledge.pk,
            provider=provider,
            amount_minor=amount_minor,
            currency=currency,
        )


def _parts_made(pledge: Pledge, chosen: Sequence[Project]) -> None:
    with translation.override(pledge.language):
        PledgePart.objects.bulk_create(
            PledgePart(
                pledge=pledge,
                position=position,
                project=project,
                creator=project.creator,
                name=project.shown_name,
                creator_name=project.creator.name,
                amount_minor=minor,
            )
            for position, (project, minor) in enumerate(
                zip(chosen, split(pledge.amount_minor, len(chosen)), strict=True)
            )
        )


def _known(
    key: uuid.UUID, user: User | None, email: str, amount_minor: int, currency: str, projects: Sequence[uuid.UUID]
) -> tuple[Pledge, Subscription] | None:
    pledge = Pledge.objects.filter(key=key).first()
    if pledge is None:
        return None
    was = (pledge.user_id, pledge.email, pledge.amount_minor, pledge.currency)
    given_to = set(pledge.parts.values_list("project_id", flat=True))
    if was != (user.pk if user else None, email, amount_minor, currency) or given_to != set(projects):
        raise KeyReused(str(key))
    return pledge, Subscription.objects.get(key=key)


def _few_pending(user: User | None, email: str) -> None:
    theirs = Pledge.objects.filter(user=user) if user else Pledge.objects.filter(user=None, email=email)
    if len(theirs.filter(status=_Status.PENDING).order_by("-pk")[:MAX_OPEN]) == MAX_OPEN:
        text = _(
            "You have begun %(count)s monthly donations and finished none. Please finish or end one of them first."
        )
        raise ValidationError({"email": ValidationError(text % {"count": MAX_OPEN}, code="too_many_open")})


def month_given(pledge: Pledge, *, key: uuid.UUID, is_due: bool) -> Donation:
    """The donation of a month whose money has come; the caller has locked the pledge. The payment pays it next.

    A project that takes nothing any more leaves its part to the others, as the month was meant for all of them. Where
    none of them takes anything, or it is not `is_due`, the donation is cancelled from the beginning, so that the money
    goes back; and the pledge ends if there is nobody left to give to.
    """
    parts = list(pledge.parts.order_by("position"))
    takers = takers_among([part.project_id for part in parts])
    told_at = None
    if not takers:
        is_due = False
        takers = list(Project.objects.filter(pk__in=[part.project_id for part in parts]).select_related("creator"))
        told_at = timezone.now() if pledge.status != _Status.ENDED else None  # the mail of its end says what goes back
        pledge_close(pledge, nobody_left=True)
    weights = {part.project_id: part.amount_minor for part in parts}
    minors = apportion(pledge.amount_minor, [weights[project.pk] for project in takers])
    is_first = not pledge.donations.exclude(status=Donation.Status.CANCELLED).exists()
    giver: dict[str, Any] = {
        "user": pledge.user,
        "email": giver_address(pledge),
        "name": pledge.name,
        "is_anonymous": pledge.is_anonymous,
        # Said once, not on the wall every month.
        "message": pledge.message if is_first else "",
        "language": pledge.language,
    }
    shares = [(project, minor) for project, minor in zip(takers, minors, strict=True) if minor]
    donation = donation_create(key=key, giver=giver, parts=shares, currency=pledge.currency, pledge=pledge)
    donation.expires_at = None  # nobody waits for it
    donation.status = Donation.Status.OPEN if is_due else Donation.Status.CANCELLED
    donation.confirmed_at = told_at
    donation.save(update_fields=["expires_at", "status", "confirmed_at"])
    return donation


def pledge_end(*, pledge_id: uuid.UUID) -> Pledge:
    """Its giver, or staff, end it, at once: the provider is told by a job, and what it takes all the same goes back.
    One that has ended stays as it is."""
    with transaction.atomic():
        pledge = locked_pledge(pledge_id)
        pledge_close(pledge)
    return pledge


def pledge_close(pledge: Pledge, *, nobody_left: bool = False) -> None:
    """End a pledge that the caller has locked. `nobody_left`: to give to, and a month goes back."""
    if pledge.status == _Status.ENDED:
        return
    _ended(pledge, nobody_left=nobody_left)
    if subscription := subscription_of(KIND, pledge.pk):
        subscription_cancel(subscription_id=subscription.pk)


def pledge_changed(pledge: Pledge, subscription: Subscription) -> None:
    """The provider says that it stands otherwise now; the caller has locked it. What has ended here stays ended."""
    if pledge.status == _Status.ENDED:
        return
    status = _Status(subscription.status)
    if status == _Status.ENDED:
        _ended(pledge, has_failed=pledge.status == _Status.PAST_DUE)
        return
    pledge.status = status
    pledge.started_at = pledge.started_at or subscription.started_at
    pledge.save(update_fields=["status", "started_at"])
    if status == _Status.PAST_DUE:
        pledge_mails.send_failed(pledge, subscription)


def _ended(pledge: Pledge, *, has_failed: bool = False, nobody_left: bool = False) -> None:
    """`has_failed`: the provider could take nothing any more."""
    pledge.status, pledge.ended_at = _Status.ENDED, timezone.now()
    pledge.save(update_fields=["status", "ended_at"])
    if pledge.started_at or nobody_left:
        pledge_mails.send_ended(pledge, has_failed=has_failed, nobody_left=nobody_left)


def pledges_end(*, user: User) -> None:
    """A member goes: nothing is taken from them any more. May be cut off anywhere, and run again."""
    running = Pledge.objects.filter(user=user).exclude(status=_Status.ENDED)
    for pk in running.order_by("pk").values_list("pk", flat=True):
        pledge_end(pledge_id=pk)


def pledges_forget(*, user: User) -> None:
    """A member has gone for good: their pledges end and lose their name, and links to them stop working.

    May be cut off anywhere, and run again.
    """
    pledges_end(user=user)
    for pk in list(Pledge.objects.filter(user=user).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            pledge = locked_pledge(pk)
            pledge.user, pledge.email, pledge.name, pledge.message = None, "", "", ""
            pledge.is_anonymous, pledge.secret = True, new_secret()
            pledge.save(update_fields=["user", "email", "name", "message", "is_anonymous", "secret"])
