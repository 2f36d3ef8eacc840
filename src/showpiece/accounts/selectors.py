"""Reading people's accounts."""

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from showpiece.accounts.addresses import is_taken_elsewhere
from showpiece.accounts.looks import UsernameLook, name_look, username_look
from showpiece.accounts.models import User
from showpiece.accounts.rules import Viewer, may, profile_of

# The order matters: most browsers also name those that they descend from.
_BROWSERS = (
    ("Edge", r"\bEdg(e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Yandex Browser", r"\bYaBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS|HeadlessChrome|Chromium)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


@dataclass(frozen=True)
class AccountSummary:
    """What the overview of an account says about it."""

    email: str
    email_verified: bool
    pending_email: str
    has_password: bool
    two_factor: bool
    passkeys: int
    recovery_codes: bool
    sessions: int


def account_summary(user: User) -> AccountSummary:
    """Four queries, whatever the account has."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    addresses = {address.email: address for address in EmailAddress.objects.filter(user=user)}
    own: Any = addresses.get(user.email)
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return AccountSummary(
        email=user.email,
        email_verified=bool(own and own.verified),
        pending_email=next((email for email in addresses if email != user.email), ""),
        has_password=user.has_usable_password(),
        two_factor=Authenticator.Type.TOTP in kinds,
        passkeys=kinds.count(Authenticator.Type.WEBAUTHN),
        recovery_codes=Authenticator.Type.RECOVERY_CODES in kinds,
        sessions=UserSession.objects.filter(user=user).count(),
    )


def device_name(user_agent: str) -> str:
    """ "Firefox, Linux" of what a browser says about itself; "" where it says nothing that we know."""
    found = (
        next((name for name, pattern in kinds if re.search(pattern, user_agent)), "") for kinds in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(name for name in found if name)


# Put together once: that costs as much as running them.


@cache
def _people() -> QuerySet[User]:
    return User.objects.filter(is_active=True, deletion=None).select_related("profile")


@cache
def _people_whole() -> QuerySet[User]:
    from allauth.account.models import EmailAddress

    own = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    return _people().annotate(email_confirmed=Exists(own))


def people() -> QuerySet[User]:
    """People to be seen, with their profiles: nobody switched off, nor on the way out. Without an order."""
    return _people().all()


def person_with(pk: uuid.UUID) -> User | None:
    """The active person of that id, with their profile, and whether their address is confirmed."""
    return _people_whole().filter(pk=pk).first()


def person_named(username: str) -> User | None:
    """The same by username, whatever its case."""
    return _people_whole().alias(small=Lower("username")).filter(small=username.lower()).first()


def username_is_taken(username: str, *, but: User | None = None) -> bool:
    """Whether somebody else, active or not, has that username, whatever its case, or one that looks like it."""
    same = Q(small=username.lower()) | Q(look=username_look(username))
    others = User.objects.alias(small=Lower("username"), look=UsernameLook("username")).filter(same)
    return (others.exclude(pk=but.pk) if but else others).exists()


def address_is_taken(name: str, *, but: User | None = None) -> bool:
    """Whether `/@name/`, or one that looks like it, leads to somebody else, a person or a creator."""
    return username_is_taken(name, but=but) or is_taken_elsewhere(name, but)


def name_has_twin(name: str, *, but: User | None = None) -> bool:
    """Whether somebody else has a name that looks the same and is another, in letters of another alphabet.

    Of the very same name there may be many.
    """
    twins = User.objects.filter(name_look=name_look(name)).exclude(name=name)
    return bool(name) and (twins.exclude(pk=but.pk) if but else twins).exists()


def administrators() -> QuerySet[User]:
    """Who can do everything at the pages for staff, and is not about to leave."""
    return User.objects.filter(is_superuser=True, is_staff=True, is_active=True, deletion=None)


@dataclass(frozen=True)
class Presence:
    """Whether somebody is here, and when they were last seen; neither if they hide it."""

    online: bool
    last_seen_at: datetime | None


def presence_of(viewer: Viewer, person: User) -> Presence | None:
    """What `viewer` may know of it; None where they may not, or where nobody has ever seen the person."""
    profile = profile_of(person)
    if profile is None or profile.last_seen_at is None or not may("accounts.see_presence", viewer, person):
        return None
    if profile.online_at(timezone.now()):
        return Presence(True, profile.last_seen_at)
    return Presence(False, max(filter(None, (profile.last_seen_at, profile.signed_out_at))))


def email_of(viewer: Viewer, person: User) -> str:
    """The e-mail that `viewer` may see, "" if none. Only a confirmed one: others might be somebody else's."""
    confirmed = getattr(person, "email_confirmed", False)
    return person.email if confirmed and may("accounts.see_email", viewer, person) else ""
