"""Fields of the studio's forms."""

from typing import Any

from django import forms
from django.core.validators import URLValidator


class LineField(forms.CharField):
    """One line with single blanks."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class MarkdownField(forms.CharField):
    """A longer text. Browsers count a new line as one character and send two."""

    widget = forms.Textarea(attrs={"rows": 12})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class WebAddressField(forms.URLField):
    """An address on the web; `https://` is put in front of one without a scheme."""

    default_validators = [URLValidator(schemes=["http", "https"])]
    widget = forms.URLInput(attrs={"inputmode": "url", "autocomplete": "url"})

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)
