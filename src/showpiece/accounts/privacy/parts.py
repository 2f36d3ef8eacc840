"""This room's own part of somebody's data."""

from collections.abc import Iterator
from typing import Any

from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import PHOTO_SIZES, Profile, User, public_storage

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
    _export_profile(user, package)
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    package.records("email_addresses", addresses.values("email", "verified", "primary").iterator())
    sessions = UserSession.objects.filter(user=user).order_by("pk")
    package.records("sessions", sessions.values("created_at", "last_seen_at", "ip", "user_agent").iterator())
    package.records("accounts_elsewhere", map(_elsewhere, SocialAccount.objects.filter(user=user).iterator()))
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    package.records("second_factors", _factors(factors.iterator()))


def _export_profile(user: User, package: Package) -> None:
    profile = Profile.objects.filter(user=user).prefetch_related("links").first()
    if profile is None:
        return
    package.record(
        "profile",
        {
            "about": profile.bio,
            "place": profile.location,
            "links": [link.url for link in profile.links.all()],
            "shows_email": profile.show_email,
            "shows_when_online": profile.show_online,
            "last_seen": profile.last_seen_at,
            "signed_out": profile.signed_out_at,
            "has_photo": bool(profile.photo),
        },
    )
    if profile.photo:
        package.file("photo", profile.photo_name(max(PHOTO_SIZES)), public_storage())


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
