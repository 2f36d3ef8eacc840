"""Fields of forms in which people say when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext

# As browsers send it.
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


def _zone() -> str:
    return gettext("Time zone: %(zone)s") % {"zone": timezone.get_current_timezone_name()}


def moment_field(label: Any, hint: Any = "", *, required: bool = False) -> forms.DateTimeField:
    """A moment, with the hint and the time zone that it is read in."""
    zone = lazy(_zone, str)()
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=format_lazy("{hint} {zone}", hint=hint, zone=zone) if hint else zone,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT),
    )
