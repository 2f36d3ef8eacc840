"""Entitlements in tests."""

from typing import Any

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.orders.delivery import licenses
from showpiece.orders.models import Entitlement, LicenseKey, Order
from tests.orders.shop import paid_order, priced


def held(project: Project, user: User | None = None, **more: Any) -> Entitlement:
    """What somebody has of a project who bought it."""
    order, _payment = paid_order(project, user=user, **more)
    return entitlement_in(order)


def entitlement_in(order: Order) -> Entitlement:
    line = order.lines.get()
    found, _new = Entitlement.objects.get_or_create(
        line=line, defaults={"project_id": line.project_id, "user_id": order.user_id}
    )
    return found


def keyed(limit: int | None = 2, user: User | None = None, project: Project | None = None) -> LicenseKey:
    """A key, of a project whose keys are on."""
    project = project or priced(1000)
    licenses.license_policy_set(project=project, is_on=True, max_activations=limit)
    entitlement = held(project, user)
    licenses.licenses_issue([entitlement])
    return LicenseKey.objects.get(entitlement=entitlement)
