"""A member's guest orders become theirs."""

from django.db import transaction

from showpiece.accounts.models import User
from showpiece.orders.delivery.granting import entitlements_follow
from showpiece.orders.locks import locked_orders
from showpiece.orders.models import Order, PromoUse
from showpiece.orders.selectors import guest_orders_of

AT_ONCE = 100


def orders_take_over(*, user: User) -> int:
    """Move the guest orders of addresses that the member has confirmed into their account, with what they give a right
    to. Returns how many. What was moved stays moved if it is cut off; it may run again.
    """
    count = 0
    while taken := _take_some(user):
        count += taken
    return count


@transaction.atomic
def _take_some(user: User) -> int:
    found = guest_orders_of(user).order_by("pk").values_list("pk", flat=True)
    # Locked before they are changed, so that one that is being paid gives its rights to the one or the other.
    wanted = locked_orders(list(found[:AT_ONCE]))
    # Asked once more: the address may have been given up since, or another account was faster.
    taken = list(guest_orders_of(user).filter(pk__in=wanted))
    for order in taken:
        order.user = user
    Order.objects.bulk_update(taken, ["user"])
    PromoUse.objects.filter(order__in=taken).update(user=user)
    entitlements_follow(taken, user)
    return len(taken)
