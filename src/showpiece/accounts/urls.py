"""Signing up, in and out, and everything about it. The names are those of django-allauth.

Pages of the second factor and of passkeys are loaded when somebody opens one: the library for passkeys takes 15 MB.
"""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.utils.module_loading import import_string

from showpiece.accounts import views, views_profile
from showpiece.config.social import SIGN_IN_HOSTS
from showpiece.ids import hidden_id

register_converter(hidden_id("passkey"), "passkey")
register_converter(hidden_id("session"), "session")


def later(name: str, package: str = "allauth.mfa") -> Callable[..., HttpResponseBase]:
    """A view, of allauth's second factor or of ours, that is imported at its first request."""

    def view(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        found: Callable[..., HttpResponseBase] = import_string(f"{package}.{name}")
        return found(request, **arguments)

    return view


PROVIDERS = "allauth.socialaccount.providers"

_second_factor = [
    path("", later("base.views.index"), name="mfa_index"),
    path("authenticate/", later("base.views.authenticate"), name="mfa_authenticate"),
    path("reauthenticate/", later("base.views.reauthenticate"), name="mfa_reauthenticate"),
    path("totp/activate/", later("totp.views.activate_totp"), name="mfa_activate_totp"),
    path("totp/deactivate/", later("totp.views.deactivate_totp"), name="mfa_deactivate_totp"),
    path("recovery-codes/", later("recovery_codes.views.view_recovery_codes"), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/generate/",
        later("recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        later("recovery_codes.views.download_recovery_codes"),
        name="mfa_download_recovery_codes",
    ),
]
_passkeys = [
    path("", later("webauthn.views.list_webauthn"), name="mfa_list_webauthn"),
    path("add/", later("webauthn.views.add_webauthn"), name="mfa_add_webauthn"),
    path("login/", later("webauthn.views.login_webauthn"), name="mfa_login_webauthn"),
    path("reauthenticate/", later("webauthn.views.reauthenticate_webauthn"), name="mfa_reauthenticate_webauthn"),
    path("<passkey:pk>/remove/", later("webauthn.views.remove_webauthn"), name="mfa_remove_webauthn"),
    path("<passkey:pk>/edit/", later("webauthn.views.edit_webauthn"), name="mfa_edit_webauthn"),
]

_sign_up_by_passkey = [
    path("", views.SignUpByPasskey.as_view(), name="account_signup_by_passkey"),
    path("create/", later("views_passkeys.create", "showpiece.accounts"), name="account_signup_passkey"),
]

_account: list[URLPattern | URLResolver] = [
    path("", views.overview, name="account_overview"),
    path("signup/", views.SignUp.as_view(), name="account_signup"),
    path("here/", views.still_here, name="still_here"),
    path("signup/passkey/", include(_sign_up_by_passkey)),
    path("profile/", views_profile.profile_edit, name="profile_edit"),
    path("sessions/<session:pk>/end/", views.session_end, name="session_end"),
    path("", include("showpiece.accounts.privacy.urls")),
    path("", include("allauth.account.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("2fa/", include(_second_factor)),
    path("passkeys/", include(_passkeys)),
]
if settings.SOCIALACCOUNT_PROVIDERS:
    _account += [
        path("3rdparty/signup/", later("views_elsewhere.sign_up", "showpiece.accounts"), name="socialaccount_signup"),
        path("3rdparty/", include("allauth.socialaccount.urls")),
    ]
for name in settings.SOCIALACCOUNT_PROVIDERS:
    leave = csp_update({"form-action": [SIGN_IN_HOSTS[name]]})(import_string(f"{PROVIDERS}.{name}.views.oauth2_login"))
    back = import_string("showpiece.accounts.elsewhere.callback")(f"{PROVIDERS}.{name}")
    _account += [
        path(f"{name}/login/", leave, name=f"{name}_login"),
        path(f"{name}/login/callback/", back, name=f"{name}_callback"),
        path("", include(f"{PROVIDERS}.{name}.urls")),
    ]

urlpatterns = [
    path("accounts/", include(_account)),
    path("people/", views_profile.people, name="people"),
    path("people/photos/<slug:names>.svg", views_profile.photo_sheet, name="photo_sheet"),
]
