"""What the pages of an account need."""

from collections.abc import Iterable
from typing import TypedDict

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from showpiece.accounts.selectors import device_name

register = template.Library()

PROVIDER_NAMES = {"github": "GitHub", "google": "Google"}


class Page(TypedDict):
    title: str
    url: str
    current: bool


class Provider(TypedDict):
    id: str
    name: str


@register.simple_tag
def sign_in_elsewhere() -> list[Provider]:
    """The sites whose accounts may be used here. From the settings, so it costs no query."""
    return [{"id": name, "name": PROVIDER_NAMES[name]} for name in settings.SOCIALACCOUNT_PROVIDERS]


@register.simple_tag
def account_pages(request: HttpRequest) -> list[Page]:
    """The parts of the account, in order, and in which of them the reader is."""
    parts = [
        (_("Overview"), "account_overview", ()),
        (_("E-mail"), "account_email", ()),
        (_("Password"), "account_change_password", ("account_set_password",)),
        (_("Two-factor sign-in"), "mfa_index", ()),
        (_("Passkeys"), "mfa_list_webauthn", ()),
        (_("Sessions"), "usersessions_list", ()),
    ]
    if settings.SOCIALACCOUNT_PROVIDERS:
        parts.append((_("Accounts elsewhere"), "socialaccount_connections", ()))
    parts.append((_("Your data"), "account_data", ("account_delete",)))
    pages: list[Page] = []
    for title, name, more in parts:
        url = reverse(name)
        below = name != "account_overview" and request.path.startswith((url, *map(reverse, more)))
        pages.append({"title": title, "url": url, "current": below or request.path == url})
    return pages


@register.filter
def device(user_agent: str) -> str:
    return device_name(user_agent)


@register.filter
def lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)


@register.filter
def svg(markup: str) -> SafeString:
    """A picture that our own code drew, without the line that only a file of its own has."""
    return mark_safe(markup[markup.index("<svg") :])  # noqa: S308
