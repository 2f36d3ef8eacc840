"""What was given, to whom, and by whom."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Creator, Project
from showpiece.donations.models.goals import Goal
from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE
from showpiece.numbering import new_number, new_secret
from showpiece.payments.models.payments import currency_field

MESSAGE_MAX_LENGTH = 500
NAME_MAX_LENGTH = 50


class Given(models.Model):
    """What a donation and a pledge have in common: who gives, and what they say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # For people and bank transfers. Not secret: it opens nothing.
    number = models.CharField(_("number"), max_length=9, unique=True, default=new_number, editable=False)
    # Part of the link with which a guest sees it.
    secret = models.CharField(max_length=40, default=new_secret, editable=False)
    # Made by the form: a double click gives once.
    key = models.UUIDField(unique=True)
    # Blank for one who has left, and for a guest who gave none.
    email = models.EmailField(_("e-mail"), blank=True)
    # What the wall says; blank: the account's name, or nobody's.
    name = models.CharField(_("name"), max_length=NAME_MAX_LENGTH, blank=True)
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    message = models.TextField(
        _("message"),
        max_length=MESSAGE_MAX_LENGTH,
        blank=True,
        validators=[MaxLengthValidator(MESSAGE_MAX_LENGTH)],
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = currency_field()
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Pledge(Given):
    """Somebody gives the same every month, until they or the provider end it. Each month is a donation of its own."""

    class Status(models.TextChoices):
        # The provider has not confirmed the first month yet.
        PENDING = "pending", pgettext_lazy("monthly donation", "being set up")
        ACTIVE = "active", pgettext_lazy("monthly donation", "active")
        # A month could not be paid; the provider tries again.
        PAST_DUE = "past_due", pgettext_lazy("monthly donation", "payment failed")
        ENDED = "ended", pgettext_lazy("monthly donation", "ended")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="pledges",
        verbose_name=_("supporter"),
    )
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("monthly donation")
        verbose_name_plural = _("monthly donations")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=MAX_PRICE), name="pledge_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "active", "past_due", "ended"]), name="pledge_status_known"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="pledge_of_user"),
            models.Index(fields=["status", "-id"], name="pledge_by_status"),
            # What staff search for.
            models.Index(fields=["email", "-id"], name="pledge_of_address"),
            models.Index(fields=["name", "-id"], name="pledge_by_name", condition=~Q(name="")),
        ]

    def get_absolute_url(self) -> str:
        return reverse("pledge", args=[self.number])

    @property
    def guest_url(self) -> str:
        return reverse("pledge_guest", args=[self.number, self.secret])

    @property
    def shown_url(self) -> str:
        """Where its giver sees it."""
        return self.get_absolute_url() if self.user_id else self.guest_url


class Donation(Given):
    """Money given once, or for one month of a pledge. What was paid and given back say the payments."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("donation", "open")
        PAID = "paid", pgettext_lazy("donation", "given")
        CANCELLED = "cancelled", pgettext_lazy("donation", "cancelled")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="donations",
        verbose_name=_("supporter"),
    )
    pledge = models.ForeignKey(
        Pledge,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="donations",
        verbose_name=_("monthly donation"),
    )
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.OPEN)
    # Given back of the amount; kept up with refunds, under the donation's lock.
    refunded_minor = models.BigIntegerField(_("refunded in minor units"), default=0, db_default=0)
    placed_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    # The giver has done their part and knows what comes next: at once if the money takes its time.
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    paid_at = models.DateTimeField(pgettext_lazy("donation", "given"), null=True, blank=True, editable=False)
    # When one that nobody pays is cancelled; NULL for one that is not open.
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Nobody paid in time. If the money comes yet, it is given.
    expired = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=MAX_PRICE), name="donation_amount_in_range"
            ),
            models.CheckConstraint(condition=Q(status__in=["open", "paid", "cancelled"]), name="donation_status_known"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False) | ~Q(status="paid") & Q(paid_at=None),
                name="donation_paid_has_date",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="donation_refunded_at_most_given",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="donation_of_user"),
            models.Index(fields=["pledge", "-id"], name="donation_of_pledge"),
            models.Index(fields=["status", "-id"], name="donation_by_status"),
            models.Index(fields=["email", "-id"], name="donation_of_address"),
            models.Index(fields=["expires_at"], name="donation_expiring", condition=Q(expires_at__isnull=False)),
            # What staff filter and search for, and is seldom.
            models.Index(fields=["-id"], name="donation_archived", condition=Q(archived_at__isnull=False)),
            models.Index(fields=["currency", "-id"], name="donation_by_currency"),
            models.Index(fields=["-placed_at"], name="donation_by_date"),
            models.Index(fields=["name", "-id"], name="donation_by_name", condition=~Q(name="")),
        ]

    def get_absolute_url(self) -> str:
        return reverse("donation", args=[self.number])

    @property
    def guest_url(self) -> str:
        return reverse("donation_guest", args=[self.number, self.secret])

    @property
    def shown_url(self) -> str:
        """Where its giver sees it."""
        return self.get_absolute_url() if self.user_id else self.guest_url


class Part(models.Model):
    """What of it one project gets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.PositiveSmallIntegerField()
    # Who gets it, even if the project moves to somebody else.
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="+", verbose_name=_("creator"))
    # As they were then.
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    creator_name = models.CharField(_("name of the creator"), max_length=100)
    amount_minor = models.BigIntegerField(_("amount in minor units"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}: {self.amount_minor}"


class PledgePart(Part):
    """What of a monthly donation one project gets each month."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="parts")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project"))

    class Meta:
        verbose_name = _("part of a monthly donation")
        verbose_name_plural = _("parts of monthly donations")
        constraints = [
            models.UniqueConstraint(fields=["pledge", "project"], name="pledge_part_project_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="pledge_part_positive"),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="pledge_part_newest")]


class DonationPart(Part):
    """What of a donation one project got. The wall and the creator's list go by these rows."""

    donation = models.ForeignKey(Donation, on_delete=models.CASCADE, related_name="parts")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="donation_parts", verbose_name=_("project")
    )
    # The platform's part of it; the rest is the creator's.
    fee_minor = models.BigIntegerField(_("platform fee in minor units"), default=0)
    refunded_minor = models.BigIntegerField(_("refunded in minor units"), default=0, db_default=0)
    # What the project asked for then: this part counts for it.
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="parts", verbose_name=_("goal")
    )
    # When it was given: what a creator's list goes by. NULL: it was not.
    given_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whether the wall shows it: given, not given back, not archived, not hidden by the creator.
    on_wall = models.BooleanField(default=False, db_default=False, editable=False)
    # The creator does not want the message and the name on their page.
    hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("part of a donation")
        verbose_name_plural = _("parts of donations")
        constraints = [
            models.UniqueConstraint(fields=["donation", "project"], name="donation_part_project_once"),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0,
                    fee_minor__gte=0,
                    fee_minor__lte=F("amount_minor"),
                    refunded_minor__gte=0,
                    refunded_minor__lte=F("amount_minor"),
                ),
                name="donation_part_sums_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["creator", "-given_at", "-id"], name="donation_part_to"),
            models.Index(fields=["project", "-given_at", "-id"], name="donation_part_of"),
            # What staff search for: what was never given, too.
            models.Index(fields=["project", "-id"], name="donation_part_newest"),
            models.Index(fields=["project", "-given_at", "-id"], name="wall_of_project", condition=Q(on_wall=True)),
            models.Index(fields=["creator", "-given_at", "-id"], name="wall_of_creator", condition=Q(on_wall=True)),
        ]

    @property
    def left_minor(self) -> int:
        """What of it was not given back."""
        return self.amount_minor - self.refunded_minor
