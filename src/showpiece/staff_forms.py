"""Forms for staff whose rows services save. Only modules named `admin` import it: it loads the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import URLField
from django.http import HttpRequest

from showpiece.staff_lists import Listed


class ServedForm(forms.ModelForm):  # type: ignore[type-arg]  # unknown to Django itself
    """A form whose row a service saves. What the service refuses is told at the field, like any other error."""

    # What was refused when the same form was tried before, in this request.
    refusal: Exception | None = None
    # Where a field of the row is typed.
    typed_as: dict[str, str] = {}

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if isinstance(self.refusal, ValidationError):
            for name, errors in _by_field(self.refusal):
                field = self.typed_as.get(name or "", name)
                self.add_error(field if field in self.fields else None, errors)
        elif self.refusal is not None:
            self.add_refusal(self.refusal)

    def add_refusal(self, refusal: Exception) -> None:
        """Tell what else a service raises."""
        raise refusal


def _by_field(error: ValidationError) -> list[tuple[str | None, list[ValidationError]]]:
    return list(error.error_dict.items()) if hasattr(error, "error_dict") else [(None, error.error_list)]


class Served(Listed):
    """Rows that services save. When one refuses, everything is rolled back and the form is shown with the reason."""

    form: Any = ServedForm
    refusals: tuple[type[Exception], ...] = (ValidationError,)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except self.refusals as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form)(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has saved everything."""
