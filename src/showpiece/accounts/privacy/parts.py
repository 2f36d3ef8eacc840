"""This room's own part of somebody's data."""

from collections.abc import Iterator
from typing import Any

from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User

# What another site tells of somebody may hold keys to it.
_SECRET = ("token", "secret", "hash", "nonce", "key")


def export_account(user: User, package: Package) -> None:
    """The account and everything about signing in, but nothing with which one could."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount
    from allauth.usersessions.models import UserSession

    package.record(
        "account",
        {
            "id": user.pk,
            "username": user.username,
            "name": user.name,
            "email": user.email,
            "joined": user.date_joined,
            "last_signed_in": user.last_login,
            "has_password": user.has_usable_password(),
            "is_staff": user.is_staff,
        },
    )
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    package.records("email_addresses", addresses.values("email", "verified", "primary").iterator())
    sessions = UserSession.objects.filter(user=user).order_by("pk")
    package.records("sessions", sessions.values("created_at", "last_seen_at", "ip", "user_agent").iterator())
    package.records("accounts_elsewhere", map(_elsewhere, SocialAccount.objects.filter(user=user).iterator()))
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    package.records("second_factors", _factors(factors.iterator()))


def _elsewhere(account: Any) -> Record:
    told = {
        name: value
        for name, value in account.extra_data.items()
        if not any(part in name.lower() for part in _SECRET) and not name.lower().endswith("_url")
    }
    return {
        "provider": account.provider,
        "id": account.uid,
        "connected": account.date_joined,
        "last_signed_in": account.last_login,
        "told_by_provider": told,
    }


def _factors(authenticators: Iterator[Any]) -> Iterator[Record]:
    for factor in authenticators:
        name = {"name": factor.data.get("name", "")} if factor.type == factor.Type.WEBAUTHN else {}
        yield {"type": factor.type, **name, "added": factor.created_at, "last_used": factor.last_used_at}
