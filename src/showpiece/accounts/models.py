"""Who people are."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.names import USERNAME_MAX_LENGTH, validate_display_name, validate_username
from showpiece.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes users, and finds them by e-mail whatever its case. E-mails are kept in small letters."""

    def create_user(self, email: str, username: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password nobody can sign in as them. Raises `ValidationError` on a bad field."""
        user = self.model(email=email.lower(), username=username, **fields)
        user.set_password(password)
        user.full_clean()
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
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

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

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name or self.username


# Django looks here for the room's models.
from showpiece.accounts.privacy.models import AccountDeletion, DataExport  # noqa: E402

__all__ = ["AccountDeletion", "DataExport", "User", "UserManager"]
