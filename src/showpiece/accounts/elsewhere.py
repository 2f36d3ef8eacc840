"""What other sites answer when they are asked who somebody is."""

from collections.abc import Callable
from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpResponse
from django.utils.module_loading import import_string

ODD = (LookupError, TypeError, ValueError, AttributeError)


def careful(adapter: Any) -> Any:
    """An adapter of allauth that takes an answer of an odd shape for a refusal; allauth itself would fall over."""

    class Careful(adapter):  # type: ignore[misc]
        def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
            return _read(super().get_access_token_data, *args, **kwargs)

        def parse_token(self, *args: Any, **kwargs: Any) -> Any:
            return _read(super().parse_token, *args, **kwargs)

        def complete_login(self, *args: Any, **kwargs: Any) -> Any:
            return _read(super().complete_login, *args, **kwargs)

    return Careful


def _read(step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return step(*args, **kwargs)
    except ODD as error:
        # Errors of the network are a kind of ValueError too; they are told in the same way.
        raise OAuth2Error("an answer that cannot be read") from error


def callback(provider: str) -> Callable[..., HttpResponse]:
    """The view to which the site `provider`, a module of allauth, sends people back."""
    adapter = import_string(f"{provider}.provider.provider_classes")[0].oauth2_adapter_class
    view: Callable[..., HttpResponse] = OAuth2CallbackView.adapter_view(careful(adapter))
    return view
