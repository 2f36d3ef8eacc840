"""The form of a goal."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models import Project
from showpiece.donations.models import Goal
from showpiece.moments import moment_field
from showpiece.money import amount_parse, amount_text, currency_text

# Where a field of a row is typed.
GOAL_TYPED_AS = {"target_minor": "target"}


class GoalForm(forms.Form):
    """What for, how much, and until when."""

    title = forms.CharField(
        label=_("What for"), max_length=100, help_text=_("In a few words, as “A server for a year”.")
    )
    target = forms.CharField(
        label=_("How much"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    about = forms.CharField(
        label=_("More about it"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    ends_at = moment_field(_("Until"), _("Empty: until you close it."))

    def __init__(self, data: Any, *, project: Project, goal: Goal | None = None) -> None:
        initial = {}
        if goal:
            initial = {"title": goal.title, "about": goal.about, "ends_at": goal.ends_at}
            initial["target"] = amount_text(goal.target_minor, goal.currency)
        super().__init__(data, initial=initial)
        self.currency = goal.currency if goal else project.currency
        self.fields["target"].help_text = currency_text(self.currency)

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        """Minor units in place of what was typed."""
        given = self.cleaned_data
        text = given.pop("target", "")
        if text:
            try:
                given["target_minor"] = amount_parse(text, self.currency)
            except ValidationError as error:
                self.add_error("target", error)
        return given
