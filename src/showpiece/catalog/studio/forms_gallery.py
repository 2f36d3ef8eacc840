"""Forms of the gallery."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import ProjectPicture
from showpiece.films import film_message
from showpiece.pictures import picture_message
from showpiece_predictors.media import MediaError

PICTURES = "image/jpeg,image/png,image/webp,image/avif"
FILMS = "video/mp4,video/webm,video/quicktime,video/x-matroska,.mkv"
# Rows of the form that works without a script.
PLAIN_ROWS = 3
MAX_ALT = 200


def gallery_message(error: MediaError, *, film: bool) -> Any:
    """The refusal of a picture or a film in the reader's language."""
    from showpiece.catalog.services import gallery_video_limits

    if film:
        return film_message(error, gallery_video_limits())
    if error.code == "not_an_image":
        return _("This is neither a picture nor a film. Please choose JPEG, PNG, WebP, AVIF, MP4, MOV or WebM.")
    return picture_message(error)


class GalleryItemForm(forms.Form):
    """A picture or a film with its text."""

    file = forms.FileField(
        label=_("Picture or film"), widget=forms.FileInput(attrs={"accept": f"{PICTURES},{FILMS}"}), max_length=None
    )
    alt = forms.CharField(
        label=_("What it shows"),
        max_length=MAX_ALT,
        error_messages={"required": _("Say in a few words what it shows, for those who cannot see it.")},
    )


class _Rows(forms.BaseFormSet[GalleryItemForm]):
    def add_fields(self, form: GalleryItemForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.use_required_attribute = False


GalleryForms = forms.formset_factory(
    GalleryItemForm, formset=_Rows, extra=PLAIN_ROWS, max_num=PLAIN_ROWS, absolute_max=PLAIN_ROWS
)


class PictureForm(forms.Form):
    """The texts of a picture, one a language, and another file in its place."""

    def __init__(self, *args: Any, picture: ProjectPicture, is_film: bool, **kwargs: Any) -> None:
        self.picture = picture
        initial = {"alt": picture.alt}
        self.others = {f"alt_{code}": code for code, _name in settings.LANGUAGES if code != picture.project.language}
        for name, code in self.others.items():
            initial[name] = picture.translations.get(code, {}).get("alt", "")
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        names: Mapping[str, Any] = dict(settings.LANGUAGES)
        for name, code in self.others.items():
            label = pgettext_lazy("text of a picture", "The same in another language: %(language)s")
            self.fields[name] = forms.CharField(
                label=label % {"language": names[code]}, max_length=MAX_ALT, required=False
            )
        if not is_film:
            self.fields["file"] = forms.FileField(
                label=_("Another picture in its place"),
                required=False,
                widget=forms.FileInput(attrs={"accept": PICTURES}),
            )

    alt = GalleryItemForm.base_fields["alt"]

    def translations(self) -> dict[str, dict[str, str]]:
        """As they are stored: an empty text is none, and whatever else was translated stays."""
        kept = {code: dict(texts) for code, texts in self.picture.translations.items()}
        for name, code in self.others.items():
            kept.setdefault(code, {}).pop("alt", None)
            if text := self.cleaned_data[name]:
                kept[code]["alt"] = text
        return {code: texts for code, texts in kept.items() if texts}


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """What a service refuses, at its fields; what has no field of the form above all of them."""
    texts = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in texts.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
