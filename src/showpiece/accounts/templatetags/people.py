"""What the pages of an account need."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy.models import AccountDeletion
from showpiece.accounts.privacy.selectors import deletion_of
from showpiece.accounts.redirects import next_url
from showpiece.accounts.rules import profile_of
from showpiece.accounts.selectors import Presence, device_name, email_of, presence_of
from showpiece.accounts.sheet import PhotoSheet

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
        (_("Library"), "library", ()),
        (_("Orders"), "orders", ()),
        (_("Donations"), "donations", ("pledges",)),
        (_("Profile"), "profile_edit", ()),
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


@register.simple_tag
def next_address(request: HttpRequest) -> str:
    return next_url(request)


@register.simple_tag
def leaving(person: User) -> AccountDeletion | None:
    """The wish of a person to be deleted, as long as they may take it back."""
    return deletion_of(person) if person.is_authenticated else None


@register.filter
def profile(person: object) -> Profile | None:
    """The profile that was read with a person; None for whoever is not signed in."""
    return profile_of(person) if isinstance(person, User) else None


@register.simple_tag
def presence(request: HttpRequest, person: User) -> Presence | None:
    """What the reader may know of where the person is."""
    return presence_of(request.user, person)


@register.simple_tag
def photo_on(sheet: PhotoSheet, person: User) -> str:
    """Where on the sheet of a page the person's photo is."""
    return sheet.url(profile_of(person))


@register.simple_tag
def shown_email(request: HttpRequest, person: User) -> str:
    return email_of(request.user, person)


MINUTE, HOUR, DAY = 60, 3600, 86400
RECENT = 30 * DAY


@register.filter
def last_seen(moment: datetime) -> str:
    """ "Last seen 3 hours ago"; after a month the date."""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return _("Last seen just now")
    if seconds < HOUR:
        count = seconds // MINUTE
        text = ngettext("Last seen %(count)s minute ago", "Last seen %(count)s minutes ago", count)
    elif seconds < DAY:
        count = seconds // HOUR
        text = ngettext("Last seen %(count)s hour ago", "Last seen %(count)s hours ago", count)
    elif seconds < RECENT:
        count = seconds // DAY
        text = ngettext("Last seen %(count)s day ago", "Last seen %(count)s days ago", count)
    else:
        return _("Last seen on %(date)s") % {"date": date_format(timezone.localtime(moment), "DATE_FORMAT")}
    return text % {"count": count}


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
