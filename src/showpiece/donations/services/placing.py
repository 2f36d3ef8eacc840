"""Beginning to give, and what may become of a donation that nobody has paid."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.donations.amounts import amount_checked, currency_of, split
from showpiece.donations.locks import locked_donation
from showpiece.donations.models import Donation, DonationPart, Pledge
from showpiece.donations.names import message_checked, name_checked
from showpiece.donations.takers import takers_among
from showpiece.payments.models import Payment
from showpiece.payments.parts import part_of
from showpiece.payments.providers import offered
from showpiece.payments.services import KeyReused, payment_create, payments_withdraw

MAX_PROJECTS = 20
# So many donations that nobody has paid yet one member, or one address of guests, may have at a time.
MAX_OPEN = 10


def donation_place(
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
) -> tuple[Donation, Payment]:
    """Give an amount to projects, the same to each as far as it goes, and make the first attempt to pay. The same key
    again is the same donation. The message is kept as it was typed.

    `ValidationError` at a field ("amount", "projects", "message", "name", "email", "provider");
    `KeyReused`: the key belongs to another donation.
    """
    email = email.strip().lower()
    wanted = list(dict.fromkeys(projects))
    with transaction.atomic():
        if known := _known(key, user, email, amount_minor, currency, wanted):
            return known
        chosen = gift_checked(wanted, amount_minor, currency)
        ways = [one.name for one in offered(amount_minor, currency)]
        if not ways:
            text = _("There is no way to pay this amount here at the moment. Please ask the shop.")
            raise ValidationError({"amount": ValidationError(text, code="no_way")})
        if provider not in ways:
            raise ValidationError({"provider": ValidationError(_("Please choose a way to pay."), code="provider")})
        _few_open(user, email)
        giver = {
            "user": user,
            "email": email,
            "name": name_checked(name),
            "is_anonymous": is_anonymous,
            "message": message_checked(message),
            "language": language or settings.LANGUAGE_CODE,
        }
        parts = list(zip(chosen, split(amount_minor, len(chosen)), strict=True))
        try:
            with transaction.atomic():
                donation = donation_create(key=key, giver=giver, parts=parts, currency=currency)
        except IntegrityError:  # the same press, at the same moment
            if known := _known(key, user, email, amount_minor, currency, wanted):
                return known
            raise
        return donation, _attempt(donation, key, provider)


def gift_checked(ids: Sequence[uuid.UUID], amount_minor: int, currency: str) -> list[Project]:
    """The projects that get a part of an amount. `ValidationError` at "projects" or "amount" if that cannot be."""
    chosen = projects_checked(ids)
    if currency != currency_of([project.currency for project in chosen]):
        raise ValidationError({"amount": ValidationError(_("This is given in another currency now."), code="currency")})
    amount_checked(amount_minor, currency)
    if amount_minor < len(chosen):
        raise ValidationError({"amount": ValidationError(_("That is too little for so many."), code="min_value")})
    return chosen


def projects_checked(ids: Sequence[uuid.UUID]) -> list[Project]:
    """The projects that somebody wants to give to. `ValidationError` at "projects" if that cannot be."""
    if not ids:
        text, code = _("Please choose a project to give to."), "required"
    elif len(ids) > MAX_PROJECTS:
        text, code = _("You can give to at most %(count)s projects at once.") % {"count": MAX_PROJECTS}, "too_many"
    elif len(found := takers_among(ids)) < len(set(ids)):
        text, code = _("One of these projects takes no donations any more. Please choose again."), "unknown"
    else:
        return found
    raise ValidationError({"projects": ValidationError(text, code=code)})


def donation_create(
    *,
    key: uuid.UUID,
    giver: dict[str, Any],
    parts: Sequence[tuple[Project, int]],
    currency: str,
    pledge: Pledge | None = None,
) -> Donation:
    """The rows of a donation of these parts, in the current transaction. The caller has checked what is given to whom;
    `giver` are the fields that say who gives and what they say. `ValidationError` at one of those."""
    donation = Donation(
        key=key,
        pledge=pledge,
        amount_minor=sum(minor for _project, minor in parts),
        currency=currency,
        expires_at=timezone.now() + timedelta(hours=settings.ORDER_EXPIRY_HOURS),
        **giver,
    )
    donation.clean_fields(exclude=["user", "pledge"])
    donation.save()
    percent = Decimal(settings.DONATION_FEE_PERCENT)
    with translation.override(donation.language):
        DonationPart.objects.bulk_create(
            DonationPart(
                donation=donation,
                position=position,
                project=project,
                creator=project.creator,
                name=project.shown_name,
                creator_name=project.creator.name,
                amount_minor=minor,
                fee_minor=part_of(minor, percent, 100),
            )
            for position, (project, minor) in enumerate(parts)
        )
    return donation


def _known(
    key: uuid.UUID, user: User | None, email: str, amount_minor: int, currency: str, projects: Sequence[uuid.UUID]
) -> tuple[Donation, Payment] | None:
    donation = Donation.objects.filter(key=key).first()
    if donation is None:
        return None
    was = (donation.user_id, donation.email, donation.amount_minor, donation.currency)
    given_to = set(donation.parts.values_list("project_id", flat=True))
    if was != (user.pk if user else None, email, amount_minor, currency) or given_to != set(projects):
        raise KeyReused(str(key))
    return donation, Payment.objects.get(key=key)


def _few_open(user: User | None, email: str) -> None:
    theirs = Donation.objects.filter(user=user) if user else Donation.objects.filter(user=None, email=email)
    if len(theirs.filter(status=Donation.Status.OPEN, pledge=None).order_by("-pk")[:MAX_OPEN]) == MAX_OPEN:
        text = _("You have begun %(count)s donations that are not paid yet. Please finish or cancel one of them first.")
        raise ValidationError({"email": ValidationError(text % {"count": MAX_OPEN}, code="too_many_open")})


def _attempt(donation: Donation, key: uuid.UUID, provider: str) -> Payment:
    return payment_create(
        key=key,
        subject_kind="donation",
        subject_id=donation.pk,
        provider=provider,
        amount_minor=donation.amount_minor,
        currency=donation.currency,
    )


def donation_pay_again(*, donation_id: uuid.UUID, key: uuid.UUID, provider: str) -> Payment:
    """Another attempt to pay for an open donation. The same key again is the same attempt.

    `ValidationError`: it is not open any more, or the way of paying is not offered.
    """
    with transaction.atomic():
        donation = locked_donation(donation_id)
        if known := Payment.objects.filter(key=key, subject_kind="donation", subject_id=donation.pk).first():
            return known
        if donation.status != Donation.Status.OPEN or donation.pledge_id:
            raise ValidationError(_("There is nothing to pay for this donation."), code="not_open")
        if provider not in [one.name for one in offered(donation.amount_minor, donation.currency)]:
            raise ValidationError({"provider": _("Please choose a way to pay.")}, code="provider")
        return _attempt(donation, key, provider)


def donation_cancel(*, donation_id: uuid.UUID, expired: bool = False) -> Donation:
    """Cancel an open donation. Another state stays as it is, and so does a month of a pledge: it is there because its
    money has come.

    `expired`: nobody paid in time, and if the money comes yet it is given.
    """
    with transaction.atomic():
        donation = locked_donation(donation_id)
        if donation.status != Donation.Status.OPEN or donation.pledge_id:
            return donation
        donation.status, donation.expires_at, donation.expired = Donation.Status.CANCELLED, None, expired
        donation.save(update_fields=["status", "expires_at", "expired"])
        payments_withdraw(subject_kind="donation", subject_id=donation.pk)
    return donation


def donations_expire(*, at_once: int = 100) -> int:
    """Cancel open donations that nobody paid in time. Returns how many."""
    now = timezone.now()
    due = Donation.objects.filter(expires_at__lte=now).order_by("expires_at").values_list("pk", flat=True)
    found = list(due[:at_once])
    for pk in found:
        with transaction.atomic():
            until = locked_donation(pk).expires_at
            if until is not None and until <= now:  # it may have got more time since
                donation_cancel(donation_id=pk, expired=True)
    return len(found)
