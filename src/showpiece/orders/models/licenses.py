"""License keys: for software that asks whether it was bought."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Project
from showpiece.ids import uuid7
from showpiece.numbering import NUMBER_ALPHABET
from showpiece.orders.models.delivery import Entitlement

KEY_GROUPS, KEY_GROUP_LENGTH = 5, 5
MOST_ACTIVATIONS = 1000


def new_license_key() -> str:
    """Five groups of five letters and digits: 123 bits, so that none is guessed."""
    return license_key_typed(get_random_string(KEY_GROUPS * KEY_GROUP_LENGTH, NUMBER_ALPHABET))


def license_key_typed(text: str) -> str:
    """A key as people type it, in capitals and in groups: neither, nor blanks and dashes, make a difference."""
    letters = "".join(text.upper().replace("-", " ").split())
    return "-".join(letters[place : place + KEY_GROUP_LENGTH] for place in range(0, len(letters), KEY_GROUP_LENGTH))


class LicensePolicy(models.Model):
    """That buyers of a project get a license key, and on how many machines it holds at once."""

    project = models.OneToOneField(Project, primary_key=True, on_delete=models.CASCADE, related_name="license_policy")
    is_on = models.BooleanField(_("buyers get a license key"), default=True)
    # NULL: on any number.
    max_activations = models.PositiveSmallIntegerField(
        _("machines a key"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("license policy")
        verbose_name_plural = _("license policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_activations=None) | Q(max_activations__gte=1, max_activations__lte=MOST_ACTIVATIONS),
                name="license_activations_in_range",
            )
        ]

    def __str__(self) -> str:
        return str(self.project_id)


class LicenseKey(models.Model):
    """The key of one entitlement. It holds as long as that does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entitlement = models.OneToOneField(Entitlement, on_delete=models.CASCADE, related_name="license")
    key = models.CharField(_("license key"), max_length=29, unique=True, default=new_license_key, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("license key")
        verbose_name_plural = _("license keys")

    def __str__(self) -> str:
        return self.key


class Activation(models.Model):
    """A machine on which a key is in use, as the software names it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    license = models.ForeignKey(LicenseKey, on_delete=models.CASCADE, related_name="activations")
    instance_name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    activated_at = models.DateTimeField(_("activated"), default=timezone.now, editable=False)
    deactivated_at = models.DateTimeField(_("deactivated"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        constraints = [
            models.UniqueConstraint(
                fields=["license", "instance_name"], condition=Q(deactivated_at=None), name="activation_once_a_machine"
            )
        ]

    def __str__(self) -> str:
        return self.instance_name

    @property
    def is_in_use(self) -> bool:
        return self.deactivated_at is None
