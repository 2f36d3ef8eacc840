"""Staff who look after donations, in tests."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from showpiece.catalog.models import Project
from showpiece.donations.models import Donation
from showpiece.payments.models import Payment
from tests.donations.giving import begun
from tests.factories import UserFactory
from tests.orders.shop import started

ROOMS = ("donations", "payments")
LIST = reverse("admin:donations_donation_changelist")


def staff_with(*codenames: str) -> Client:
    user = UserFactory(is_staff=True)
    found = Permission.objects.filter(content_type__app_label__in=ROOMS, codename__in=codenames)
    assert len(found) == len(codenames)
    user.user_permissions.set(found)
    return signed_in(user)


def root() -> Client:
    """A superuser, signed in."""
    return signed_in(UserFactory(is_staff=True, is_superuser=True, username="root"))


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:donations_{name}", args=args)


def step(donation: Donation, name: str) -> str:
    return page(f"donation_{name}", donation.pk)


def awaiting(*projects: Project, **more: Any) -> tuple[Donation, Payment]:
    """A donation whose giver was told to send the money."""
    donation, payment = begun(*projects, provider="transfer", **more)
    return donation, started(payment)


def numbers(answer: Any) -> set[str]:
    return {donation.number for donation in answer.context["cl"].result_list}
