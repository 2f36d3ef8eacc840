"""Reading people's accounts."""

import re
from dataclasses import dataclass
from typing import Any

from showpiece.accounts.models import User

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
