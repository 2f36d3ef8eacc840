"""What invented people gave to the sample's projects: through the sandbox, in which no money moves."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from showpiece.catalog.models import Project
from showpiece.donations import services as donations
from showpiece.donations.models import Donation, Goal
from showpiece.mail.services import mails_forget
from showpiece.payments.models import Entry, Movement, Payment
from showpiece.payments.providers.sandbox import session_act
from showpiece.payments.services import payment_look, payment_start
from showpiece.sample.people import is_invented


def give(shop: Mapping[str, Any], projects: Mapping[str, Project]) -> None:
    """Set the goals of `projects`, by slug, and give what the sample says; nothing to others.

    Nothing happens in a shop without the sandbox, where money is real. Nobody is written to: givers leave no address,
    and what the creators would get goes to addresses that do not exist, so it is not kept.
    """
    if "sandbox" not in settings.PAYMENT_PROVIDERS:
        return
    takers = {slug: project for slug, project in projects.items() if is_invented(project.creator.user)}
    now = timezone.now()
    for row in shop["goal"]:
        if row["project"] in takers:
            goal = donations.goal_set(
                project=takers[row["project"]],
                title=row["title"],
                about=row["about"],
                target_minor=row["target_minor"],
            )
            Goal.objects.filter(pk=goal.pk).update(created_at=_before(now, row))
    for row in shop["donation"]:
        if takers.keys() >= set(row["projects"]):
            _give(row, [takers[slug] for slug in row["projects"]], _before(now, row))
    for user in {project.creator.user for project in takers.values()}:
        mails_forget([user.email], user.pk)


def _before(now: datetime, row: Mapping[str, Any]) -> datetime:
    return now - timedelta(days=row["days_ago"])


def _give(row: Mapping[str, Any], projects: list[Project], moment: datetime) -> None:
    language = row.get("language", "en")
    donation, payment = donations.donation_place(
        key=uuid.uuid4(),
        projects=[project.pk for project in projects],
        amount_minor=row["amount_minor"],
        currency="EUR",
        provider="sandbox",
        name=row.get("name", ""),
        is_anonymous=row.get("is_anonymous", False),
        message=row.get("message", ""),
        language=language,
    )
    url = f"{settings.SITE_URL}{donation.shown_url}"
    payment = payment_start(payment=payment, email="", language=language, return_url=url, cancel_url=url)
    session_act(name=payment.external_id, action="pay")
    _date(donation, payment_look(payment_id=payment.pk), moment)


def _date(donation: Donation, payment: Payment, moment: datetime) -> None:
    """Have it happened then. No service can do that, and none should: what is real happens now."""
    Donation.objects.filter(pk=donation.pk).update(placed_at=moment, confirmed_at=moment, paid_at=moment)
    donation.parts.update(given_at=moment)
    Payment.objects.filter(pk=payment.pk).update(created_at=moment, paid_at=moment)
    movements = Movement.objects.filter(subject_kind="donation", subject_id=donation.pk)
    Entry.objects.filter(movement__in=movements).update(made_at=moment)
    movements.update(made_at=moment)
