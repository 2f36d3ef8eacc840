"""What services refuse, told on forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


def add_errors(form: forms.Form, error: ValidationError, typed_as: Mapping[str, str]) -> None:
    """What a service says of the fields of a row, at the fields of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field: Any = typed_as.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
