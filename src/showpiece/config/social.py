"""Signing in with an account elsewhere: only where the operator has registered this site there."""

from collections.abc import Callable
from typing import Any

_KNOWN: dict[str, dict[str, Any]] = {
    "github": {"SCOPE": ["read:user", "user:email"]},
    "google": {"SCOPE": ["profile", "email"], "AUTH_PARAMS": {"access_type": "online"}, "OAUTH_PKCE_ENABLED": True},
}


def social_providers(read: Callable[..., str]) -> dict[str, dict[str, Any]]:
    """Settings for allauth of each provider whose id and secret are both in the environment: `GITHUB_CLIENT_ID`, …

    >>> social_providers(lambda name, default: "")
    {}
    """
    found = {}
    for name, options in _KNOWN.items():
        client_id, secret = (read(f"{name.upper()}_CLIENT_{part}", default="") for part in ("ID", "SECRET"))
        if client_id and secret:
            app = {"client_id": client_id, "secret": secret, "key": ""}
            found[name] = {**options, "APPS": [app]}
    return found
