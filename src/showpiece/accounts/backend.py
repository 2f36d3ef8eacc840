"""Signing in, as allauth does it, with the profile at hand: the head of every page shows the photo."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from showpiece.accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # no types
    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("profile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
