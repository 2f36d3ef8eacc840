"""Forms of versions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Release, validate_version

MAX_NOTES = 20_000


class ReleaseForm(forms.Form):
    """A version and what is new in it. The number of one that is released is not asked for."""

    version = forms.CharField(
        label=pgettext_lazy("of a project", "Version"),
        max_length=60,
        validators=[validate_version],
        help_text=_("Three numbers, as in 1.4.0; 2.0.0-rc.1 is one that comes before."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    notes = forms.CharField(
        label=_("What is new"),
        max_length=MAX_NOTES,
        required=False,
        help_text=_("In Markdown, as the description is."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, release: Release | None = None, **kwargs: Any) -> None:
        if release is not None:
            kwargs["initial"] = {"version": release.version, "notes": release.notes}
        super().__init__(*args, **kwargs)
        if release is not None and not release.is_draft:
            del self.fields["version"]


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesForm(forms.Form):
    """Draws the field for several files; each is judged by itself."""

    file = forms.FileField(label=_("Files"), widget=_ManyFiles(attrs={"multiple": True}), required=False)
