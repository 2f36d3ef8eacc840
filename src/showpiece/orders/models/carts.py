"""What somebody means to buy."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models import Project
from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE
from showpiece.orders.models.offers import Bundle
from showpiece.payments.models.payments import currency_field


class Cart(models.Model):
    """A member's, or that of a browser session of somebody who has not signed in, which keeps its id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="cart"
    )
    promo_code = models.CharField(_("promo code"), max_length=20, blank=True, default="", db_default="")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        indexes = [
            # Those of visitors who never came back are forgotten.
            models.Index(fields=["changed_at"], name="cart_forgotten", condition=Q(user=None))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CartItem(models.Model):
    """A project, or a bundle. Its price is of today: nothing of it is kept here but what a buyer offered to pay."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    bundle = models.ForeignKey(Bundle, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    # What the buyer wants to pay for a project with an open price, and in which currency that was.
    offered_minor = models.BigIntegerField(null=True, blank=True)
    offered_in = currency_field(blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("cart item")
        verbose_name_plural = _("cart items")
        constraints = [
            models.CheckConstraint(
                condition=Q(project__isnull=False, bundle=None)
                | Q(project=None, bundle__isnull=False, offered_minor=None),
                name="cart_item_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(offered_minor=None) | Q(offered_minor__gte=0, offered_minor__lte=MAX_PRICE),
                name="cart_item_offer_in_range",
            ),
            models.UniqueConstraint(fields=["cart", "project"], name="cart_item_project_once"),
            models.UniqueConstraint(fields=["cart", "bundle"], name="cart_item_bundle_once"),
        ]

    def __str__(self) -> str:
        return f"{self.cart_id}: {self.project_id or self.bundle_id}"

    @property
    def offer_minor(self) -> int | None:
        """What is offered, as long as the project is sold in the currency of then."""
        return self.offered_minor if self.project and self.project.currency == self.offered_in else None
