"""When a buyer or a creator goes for good."""

from showpiece.accounts.models import User
from showpiece.orders.models import Bundle, Cart, Order, PromoCode, PromoUse
from showpiece.orders.models.orders import NOBODY, new_secret
from showpiece.orders.services.placing import order_cancel

AT_ONCE = 100


def orders_forget(*, user: User) -> None:
    """Orders lose their buyer, and links to them stop working; what is open is cancelled. The cart goes.

    May be cut off anywhere, and run again.
    """
    nobody = f"{user.pk}{NOBODY}"
    for pk in Order.objects.filter(user=user, status=Order.Status.OPEN).values_list("pk", flat=True):
        order_cancel(order_id=pk)
    PromoUse.objects.filter(user=user).update(user=None, email=nobody)
    Cart.objects.filter(user=user).delete()
    while batch := list(Order.objects.filter(user=user)[:AT_ONCE]):
        for order in batch:
            order.user, order.email, order.secret = None, nobody, new_secret()
            order.save(update_fields=["user", "email", "secret"])


def offers_forget(*, user: User) -> None:
    """The bundles and promo codes of a creator go. Orders keep their names as they were. May be run again."""
    Bundle.objects.filter(creator__user=user).delete()
    PromoCode.objects.filter(creator__user=user).delete()
