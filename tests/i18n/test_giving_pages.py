"""What was bought and what was given, in Russian: files, keys, receipts, donations and goals."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.catalog.models import Creator
from showpiece.donations import services
from showpiece.orders.delivery import licenses
from showpiece.orders.models import Activation, Entitlement, LicenseKey
from tests.donations.giving import begun, given
from tests.factories import CreatorFactory
from tests.i18n.test_shop_pages import check, project
from tests.orders.holders import entitlement_in
from tests.orders.shop import paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def creator(user: User) -> Creator:
    made: Creator = CreatorFactory(name="Мастерская", user=user)
    return made


def test_library_order_and_receipt(reader: Client, creator: Creator, user: User) -> None:
    check(reader.get(reverse("library")))
    thing = project(creator)
    licenses.license_policy_set(project=thing, is_on=True, max_activations=2)
    order, _payment = paid_order(thing, user=user, language="ru")
    entitlement = entitlement_in(order)
    licenses.licenses_issue([entitlement])
    key = LicenseKey.objects.get(entitlement=entitlement)
    LicenseKey.objects.update(key="Б" * len(key.key))  # a real one has Latin letters
    Activation.objects.create(license=key, instance_name="Ноутбук")
    for name in ("order", "order_receipt"):
        check(reader.get(reverse(name, args=[order.number])))
    check(reader.get(reverse("library")))
    Entitlement.objects.update(revoked_at=order.paid_at)
    check(reader.get(reverse("library")))


def test_finding_orders_and_broken_links(visitor: Client) -> None:
    check(visitor.get(reverse("orders_find")))
    check(visitor.post(reverse("orders_find"), {"email": "1@1.example"}, follow=True))
    check(visitor.get(reverse("download", args=["1"])), 404)


def test_giving(visitor: Client, creator: Creator) -> None:
    thing, other = project(creator), project(creator)
    services.goal_set(project=thing, title="Сервер на год", target_minor=30000)
    page = reverse("donate")
    check(visitor.get(page))
    for query in (f"project={thing.pk}", f"project={thing.pk}&project={other.pk}", f"creator={creator.slug}"):
        check(visitor.get(f"{page}?{query}"))
    check(visitor.post(f"{page}?project={thing.pk}", {"preset": "x", "key": str(uuid.uuid4())}), 422)
    waiting, _payment = begun(thing, language="ru")
    check(visitor.get(waiting.guest_url))
    services.donation_cancel(donation_id=waiting.pk)
    check(visitor.get(waiting.guest_url))
    paid, _payment = given(thing, other, language="ru", name="Пётр", message="Так держать!")
    check(visitor.get(paid.guest_url))
    check(visitor.get(thing.get_absolute_url()))
    for wall in (["project_supporters", creator.slug, thing.slug], ["creator_supporters", creator.slug]):
        check(visitor.get(reverse(wall[0], args=wall[1:])))


def test_studio_and_own_donations(reader: Client, creator: Creator, user: User) -> None:
    names = ("donations", "pledges", "studio_donations", "studio_goals")
    for name in names:
        check(reader.get(reverse(name)))
    thing = project(creator)
    check(reader.get(reverse("studio_goal", args=[thing.pk])))
    check(reader.post(reverse("studio_goal", args=[thing.pk]), {"target": "0"}), 422)
    services.goal_set(project=thing, title="Сервер на год", target_minor=300)
    given(thing, user=user, language="ru")
    check(reader.get(reverse("studio_goal", args=[thing.pk])))
    for name in names:
        check(reader.get(reverse(name)))
