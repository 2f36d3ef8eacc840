"""Who people are."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.files.storage import Storage, storages
from django.core.validators import MaxLengthValidator, MaxValueValidator, URLValidator
from django.db import models, transaction
from django.db.models.functions import Length, Lower
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.looks import LOOK_MAX_LENGTH, NameLookField, UsernameLook
from showpiece.accounts.names import USERNAME_MAX_LENGTH, validate_display_name, validate_username
from showpiece.ids import uuid7

BIO_MAX_LENGTH, LOCATION_MAX_LENGTH = 500, 80
MAX_LINKS = 5
# Widths, and heights, in pixels of the squares that are kept of a photo.
PHOTO_SIZES = (64, 160, 320)
# Who was last seen longer ago than this is offline. What is written may be a minute old, and people are promised that
# a closed laptop shows within five.
ONLINE_FOR = timedelta(minutes=4, seconds=30)


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds them by e-mail whatever its case. E-mails are kept in small letters."""

    def create_user(self, email: str, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password nobody can sign in as them. Raises `ValidationError` on a bad field."""
        from showpiece.accounts.services import username_claim

        user = self.model(email=email.lower(), username=username, **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.full_clean()
            username_claim(username, user=user)
            user.save(using=self._db)
        return user

    def create_superuser(self, email: str, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new user who may do everything, and whose address needs no confirmation: the operator made them."""
        from showpiece.accounts.services import address_confirm

        with transaction.atomic(using=self._db):
            user = self.create_user(email, username, password, is_staff=True, is_superuser=True, **fields)
            address_confirm(user)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail or username."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    username = models.CharField(_("username"), max_length=USERNAME_MAX_LENGTH, validators=[validate_username])
    name = models.CharField(_("name"), max_length=100, blank=True, validators=[validate_display_name])
    # The default in Python too: allauth keeps a half-made user in the session, and one of the database it cannot write.
    name_look = NameLookField(
        of="name", max_length=LOOK_MAX_LENGTH, blank=True, default="", db_default="", editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    welcomed_at = models.DateTimeField(_("welcomed"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message=_("This e-mail is taken.")
            ),
            models.UniqueConstraint(
                Lower("username"), name="user_username_unique", violation_error_message=_("This username is taken.")
            ),
        ]
        indexes = [
            models.Index(fields=["-date_joined", "-id"], condition=models.Q(is_active=True), name="user_newest"),
            # Who is still to be welcomed is asked every few seconds, and there is hardly ever anybody.
            models.Index(fields=["date_joined"], name="user_not_welcomed", condition=models.Q(welcomed_at=None)),
            # Not unique: twins may be from before anybody looked. Newcomers are kept apart by a lock (locks.py).
            models.Index(UsernameLook("username"), name="user_username_look"),
            models.Index(fields=["name_look"], name="user_name_look"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.username])


class Profile(models.Model):
    """What a person tells of themselves. Every user has one, made together with the user."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    # A text field's `max_length` binds forms only.
    bio = models.TextField(
        _("about you"), max_length=BIO_MAX_LENGTH, blank=True, validators=[MaxLengthValidator(BIO_MAX_LENGTH)]
    )
    location = models.CharField(_("place"), max_length=LOCATION_MAX_LENGTH, blank=True)
    # The squares of the photo lie in the public store under this random name, and a size.
    photo = models.CharField(_("photo"), max_length=100, blank=True, editable=False)
    # What the squares were cut from lies in the private store until a job has looked for a face in it.
    photo_source = models.CharField(max_length=100, blank=True, editable=False)
    photo_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    show_email = models.BooleanField(_("show my e-mail"), default=False)
    show_online = models.BooleanField(_("show when I am online"), default=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True, editable=False)
    signed_out_at = models.DateTimeField(_("signed out"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("bio"), BIO_MAX_LENGTH), name="profile_bio_not_too_long"
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("location"), LOCATION_MAX_LENGTH), name="profile_location_not_too_long"
            ),
        ]
        indexes = [
            models.Index(fields=["photo_changed_at"], condition=~models.Q(photo_source=""), name="profile_photo_waits")
        ]

    def __str__(self) -> str:
        return str(self.user)

    def photo_name(self, size: int) -> str:
        """The name in the public store of the photo, `size` pixels wide and high."""
        return f"{self.photo}-{size}.webp"

    @property
    def photo_names(self) -> list[str]:
        """All files of the photo in the public store."""
        return [self.photo_name(size) for size in PHOTO_SIZES] if self.photo else []

    def _photo_url(self, size: int) -> str:
        return public_storage().url(self.photo_name(size)) if self.photo else ""

    @property
    def small_photo_url(self) -> str:
        return self._photo_url(PHOTO_SIZES[0])

    @property
    def photo_url(self) -> str:
        return self._photo_url(PHOTO_SIZES[1])

    @property
    def large_photo_url(self) -> str:
        return self._photo_url(PHOTO_SIZES[2])

    def online_at(self, moment: datetime) -> bool:
        """Whether the person was here shortly before `moment` and has not signed out since."""
        if self.last_seen_at is None or self.last_seen_at < moment - ONLINE_FOR:
            return False
        return self.signed_out_at is None or self.signed_out_at < self.last_seen_at

    @property
    def is_online(self) -> bool:
        return self.online_at(timezone.now())


class ProfileLink(models.Model):
    """A page of a person elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="links")
    position = models.PositiveSmallIntegerField(_("position"), validators=[MaxValueValidator(MAX_LINKS - 1)])
    url = models.URLField(_("link"), max_length=200, validators=[URLValidator(schemes=["http", "https"])])

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["profile", "position"], name="link_position_unique"),
            models.CheckConstraint(condition=models.Q(position__lt=MAX_LINKS), name="link_not_too_many"),
            models.CheckConstraint(
                condition=models.Q(url__startswith="http://") | models.Q(url__startswith="https://"),
                name="link_of_the_web",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def text(self) -> str:
        """The address without what all addresses have in common."""
        return self.url.partition("://")[2].removeprefix("www.").rstrip("/")


def public_storage() -> Storage:
    return storages["public"]


# Django looks here for the room's models.
from showpiece.accounts.privacy.models import AccountDeletion, DataExport  # noqa: E402

__all__ = ["AccountDeletion", "DataExport", "Profile", "ProfileLink", "User", "UserManager"]
