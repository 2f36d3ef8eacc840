"""When a project is to be on display."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from showpiece.moments import moment_field


class ScheduleForm(forms.Form):
    published_at = moment_field(_("Date and time"), required=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_schedule_%s")
