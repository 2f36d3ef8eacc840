"""When a project is to be on display."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


def _zone() -> str:
    return gettext("Time zone: %(zone)s") % {"zone": timezone.get_current_timezone_name()}


class ScheduleForm(forms.Form):
    published_at = forms.DateTimeField(
        label=_("Date and time"),
        help_text=lazy(_zone, str)(),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_schedule_%s")
