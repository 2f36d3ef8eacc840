"""Giving in tests."""

import uuid
from typing import Any

import factory

from showpiece.catalog.models import Project
from showpiece.donations import services
from showpiece.donations.models import Donation, Goal
from showpiece.payments.models import Payment
from showpiece.payments.providers.base import Report, State
from showpiece.payments.services import payment_settle
from tests.factories import ProjectFactory


class GoalFactory(factory.django.DjangoModelFactory[Goal]):
    class Meta:
        model = Goal

    project = factory.SubFactory(ProjectFactory)
    title = "A new microphone"
    target_minor = 10_000
    currency = "EUR"


def begun(*projects: Project, amount: int = 1000, **more: Any) -> tuple[Donation, Payment]:
    """A donation that nobody has paid."""
    wanted: dict[str, Any] = {
        "key": uuid.uuid4(),
        "projects": [project.pk for project in projects],
        "amount_minor": amount,
        "currency": "EUR",
        "provider": "sandbox",
        "email": more["user"].email if more.get("user") else "giver@example.org",
        "language": "en",
    }
    return services.donation_place(**(wanted | more))


def report(payment: Payment, **more: Any) -> Report:
    """What a provider says of a payment that went well."""
    said = {"amount_minor": payment.amount_minor, "currency": payment.currency, "card_ends_with": "4242"}
    return Report(State.CONFIRMED, **(said | {"external_charge": f"ch_{payment.pk}"} | more))


def given(*projects: Project, amount: int = 1000, **more: Any) -> tuple[Donation, Payment]:
    """A donation that has been paid."""
    donation, payment = begun(*projects, amount=amount, **more)
    payment_settle(payment_id=payment.pk, report=report(payment))
    donation.refresh_from_db()
    payment.refresh_from_db()
    return donation, payment
