"""When what was bought gets another owner."""

import uuid
from collections.abc import Sequence

from showpiece.accounts.models import User
from showpiece.orders.models import Entitlement


def entitlements_follow(order_ids: Sequence[uuid.UUID], user: User) -> None:
    """The entitlements of orders become those of their new owner. The orders are locked."""
    Entitlement.objects.filter(line__order__in=order_ids).update(user=user)
