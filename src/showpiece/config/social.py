"""Signing in with an account elsewhere: only where the operator has registered this site there."""

from typing import Any

_OPTIONS: dict[str, dict[str, Any]] = {
    "github": {"SCOPE": ["read:user", "user:email"]},
    "google": {"SCOPE": ["profile", "email"], "AUTH_PARAMS": {"access_type": "online"}, "OAUTH_PKCE_ENABLED": True},
}

# Where the form of the page "Continue with …" leads. Browsers apply the policy for forms to where the answer redirects.
SIGN_IN_HOSTS = {"github": "https://github.com", "google": "https://accounts.google.com"}


def social_providers(**keys: tuple[str, str]) -> dict[str, dict[str, Any]]:
    """Settings for allauth of those providers that have both a client id and a secret."""
    return {
        name: {**_OPTIONS[name], "APPS": [{"client_id": client_id, "secret": secret, "key": ""}]}
        for name, (client_id, secret) in keys.items()
        if client_id and secret
    }
