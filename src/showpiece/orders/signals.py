"""Edges: what the sign-in library tells."""

import uuid
from typing import Any

import structlog
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from showpiece.accounts.models import User
from showpiece.orders.models import CartItem
from showpiece.orders.services import cart_take_over

log = structlog.get_logger(__name__)

# Where a browser session keeps the id of its visitor's cart.
SESSION_KEY = "cart"
# And how much is in it, so that the header need not ask.
COUNT_KEY = "cart_count"


@receiver(user_logged_in, dispatch_uid="showpiece.orders.take_over")
def take_over(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """A visitor signs in: their cart comes with them. If that fails they are signed in all the same."""
    if request is None or not hasattr(request, "session"):
        return
    if cart_id := request.session.pop(SESSION_KEY, ""):
        try:
            cart_take_over(user=user, cart_id=uuid.UUID(cart_id))
        except Exception:
            log.exception("cart not taken over", user=str(user.pk))
    if count := CartItem.objects.filter(cart__user=user).count():
        request.session[COUNT_KEY] = count
    else:
        request.session.pop(COUNT_KEY, None)
