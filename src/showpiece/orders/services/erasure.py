"""When a buyer or a creator goes for good."""

from django.db import transaction
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Status
from showpiece.numbering import new_secret
from showpiece.orders.delivery.licenses import licenses_forget
from showpiece.orders.locks import locked_entitlements, locked_order
from showpiece.orders.models import Bundle, Entitlement, Order, PromoCode, PromoUse
from showpiece.orders.models.orders import NOBODY
from showpiece.orders.services.carts import cart_drop
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
    cart_drop(user=user)
    licenses_forget(user=user)
    while batch := list(Order.objects.filter(user=user)[:AT_ONCE]):
        for order in batch:
            order.user, order.email, order.secret = None, nobody, new_secret()
            order.save(update_fields=["user", "email", "secret"])
    with transaction.atomic():
        held = locked_entitlements(Entitlement.objects.filter(user=user))
        Entitlement.objects.filter(pk__in=held).update(user=None)


def _promo_forget(promo: PromoCode) -> None:
    """Orders are locked before their uses of the code go, as where one is cancelled. Nobody begins a use of it then."""
    PromoCode.objects.filter(pk=promo.pk).update(is_active=False)
    while batch := list(Order.objects.filter(promo_code=promo).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            for pk in batch:
                locked_order(pk)
            PromoUse.objects.filter(order__in=batch).delete()
            Order.objects.filter(pk__in=batch).update(promo_code=None)
    promo.delete()


def offers_forget(*, user: User) -> None:
    """A creator's promo codes go; what was ordered with them keeps their word. Their bundles stay, nameless, for the
    orders that hold them. May run again."""
    for promo in PromoCode.objects.filter(creator__user=user):
        _promo_forget(promo)
    for pk in Bundle.objects.filter(creator__user=user).exclude(name="—").values_list("pk", flat=True):
        Bundle.objects.filter(pk=pk).update(
            name="—", summary="", slug=f"deleted-{pk.hex}", status=Status.ARCHIVED, updated_at=timezone.now()
        )
