"""The form of a demo, made from the schema of its input."""

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, cast

import structlog
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from showpiece.demos.media_messages import max_bytes, media_message
from showpiece.demos.models import Demo
from showpiece.demos.run_files import Storable, accepted
from showpiece.demos.runners import is_runnable, local_runner
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_client import ServiceUnavailable

log = structlog.get_logger(__name__)


class MediaField(forms.FileField):
    """A file whose bytes decide what it is, whatever it is called; cleaned to what is stored of it."""

    kind: ClassVar[str]

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)  # `media` tells empty from broken, in one place

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser checks the size before it sends anything."""
        return {**super().widget_attrs(widget), "data-max-bytes": str(max_bytes(self.kind))}

    def clean(self, data: Any, initial: Any = None) -> Storable | None:
        upload = cast("UploadedFile[Any] | None", super().clean(data, initial))
        if upload is None:
            return None
        try:
            if upload.size is not None and upload.size > max_bytes(self.kind):
                raise MediaError("too_large")
            return accepted(upload, self.kind)
        except ServiceUnavailable as error:
            log.exception("files cannot be opened", kind=self.kind)
            raise forms.ValidationError(_("Files cannot be opened here at the moment. Please try later.")) from error
        except MediaError as error:
            raise forms.ValidationError(media_message(error, self.kind), code=error.code) from error


class ImageField(MediaField):
    """A picture; cleaned to a `CleanImage`, re-encoded and without metadata."""

    kind = "image"
    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"})


class FilmField(MediaField):
    """A film; cleaned to a `SentFilm`, checked and otherwise as it came."""

    kind = "video"
    # Telephones offer their camera and their films for this; Matroska has no type that all browsers know.
    widget = forms.FileInput(attrs={"accept": "video/*,.mkv"})


MEDIA_FIELDS: dict[str, type[MediaField]] = {field.kind: field for field in (ImageField, FilmField)}


class KeyInput(forms.HiddenInput):
    """Hidden, and written without a template: Django's two for an input take as long as a query."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        others = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<input type="hidden" name="{}" value="{}"{}>', name, self.format_value(value) or "", others)


class KeyField(forms.UUIDField):
    """What makes a form sent twice one run. A visitor cannot mend a hidden field, so a bad one becomes a new one."""

    widget = KeyInput(attrs={"autocomplete": "off"})  # or a browser puts an old one back after a reload

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return cast(uuid.UUID, super().clean(value))
        except forms.ValidationError:
            return uuid.uuid4()


class RunForm(forms.Form):
    """What every demo's form has. `schema_form` adds the fields of one."""

    key = KeyField(initial=uuid.uuid4)
    file_names: tuple[str, ...] = ()

    def __init__(self, *args: Any, sample: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if sample:
            for name in self.file_names:
                self.fields[name].required = False

    def kinds(self) -> dict[str, str]:
        """What the files of this form are, "image" or "video", by input field."""
        return {name: field.kind for name, field in self.fields.items() if isinstance(field, MediaField)}

    @property
    def takes_film(self) -> bool:
        return "video" in self.kinds().values()

    def values(self) -> dict[str, Any]:
        """The plain values of a valid form, by input field."""
        skipped = {"key", *self.file_names}
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped and value is not None}

    def sent(self) -> dict[str, Storable]:
        """The files of a valid form, by input field."""
        return {name: self.cleaned_data[name] for name in self.file_names if self.cleaned_data.get(name)}


def form_class(demo: Demo) -> type[RunForm]:
    """The form of a demo that can be run here, in the reader's language."""
    return _form_class(demo.predictor, get_language() or "")


@lru_cache(maxsize=256)
def _form_class(predictor: str, language: str) -> type[RunForm]:
    # Making the class costs as much as rendering it. `language` is what its labels are written in.
    del language
    return schema_form(local_runner(predictor).schema())


def form_for(demo: Demo) -> RunForm | None:
    """An empty form for a demo that can be run, None for others."""
    return form_class(demo)() if is_runnable(demo) else None


def refused_form(demo: Demo, message: str) -> RunForm:
    """The form as at first, with a message at the file: its content was refused unread, so nothing else is known."""
    empty = form_class(demo)()
    values = {name: empty.get_initial_for_field(field, name) for name, field in empty.fields.items()}
    form = form_class(demo)({name: value for name, value in values.items() if value not in (None, False)})
    form.full_clean()
    form.errors.clear()
    form.add_error(next(iter(form.file_names), None), message)
    return form


def schema_form(schema: Mapping[str, Any]) -> type[RunForm]:
    """The form class for `schema`, an OpenAPI document with `components.schemas.Input` as Cog writes it."""
    components = schema["components"]["schemas"]
    properties: dict[str, Any] = components["Input"]["properties"]
    required = set(components["Input"].get("required", []))
    ordered = sorted(properties.items(), key=lambda item: item[1].get("x-order", 0))
    fields = {name: _field(_resolved(part, components), required=name in required) for name, part in ordered}
    files = tuple(name for name, field in fields.items() if isinstance(field, MediaField))
    return type("SchemaForm", (RunForm,), {**fields, "file_names": files})


def _resolved(part: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """Follow Cog's `allOf: [{$ref}]` for enums, and pydantic's `anyOf` for values that may be null."""
    merged = dict(part)
    for alternative in [*part.get("allOf", []), *part.get("anyOf", []), part]:
        if reference := alternative.get("$ref"):
            # The description of a choice's type is Cog's "An enumeration.", which tells a visitor nothing.
            choice = {
                key: value for key, value in components[reference.rpartition("/")[2]].items() if key != "description"
            }
            merged = {**choice, **merged}
        elif alternative is not part and alternative.get("type") != "null":
            merged = {**alternative, **merged}
    return merged


def _field(part: dict[str, Any], *, required: bool) -> forms.Field:
    # The texts of our predictors are in the catalogue (demos/texts.py); those of others stay as they are.
    options: dict[str, Any] = {
        "label": _(part["title"]) if part.get("title") else None,
        "help_text": _(part["description"]) if part.get("description") else "",
        "required": required,
        "initial": part.get("default"),
    }
    if part.get("format") == "uri" and part.get("x-media") in MEDIA_FIELDS:
        return MEDIA_FIELDS[part["x-media"]](**options)
    if choices := part.get("enum"):
        empty = [] if required or part.get("default") is not None else [("", "—")]
        names = part.get("x-names", {})
        named = [(value, _(names.get(value, str(value)))) for value in choices]
        by_text = {str(value): value for value in choices}  # numbers come back from a browser as text
        return forms.TypedChoiceField(choices=[*empty, *named], coerce=by_text.get, empty_value=None, **options)
    kind = part.get("type")
    limits: dict[str, Any] = {"min_value": part.get("minimum"), "max_value": part.get("maximum")}
    if kind == "boolean":
        return forms.BooleanField(**{**options, "required": False})
    if kind == "integer":
        return forms.IntegerField(**limits, **options)
    if kind == "number":
        return forms.FloatField(
            **limits, widget=forms.NumberInput(attrs={"step": part.get("multipleOf", "any")}), **options
        )
    return forms.CharField(max_length=part.get("maxLength", 2000), **options)
