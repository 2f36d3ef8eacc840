"""What the pages of the catalogue for staff have in common."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import display_for_field
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper, ObjDiffDisplay
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from showpiece.catalog.services import EditConflict, NotPossible
from showpiece.catalog.services.staff import ChangedMeanwhile
from showpiece.staff_forms import Served as PlainServed
from showpiece.staff_forms import ServedForm as PlainServedForm

SHOWN_CHARACTERS = 100
OTHER_LANGUAGES = [(code, name) for code, name in settings.LANGUAGES if code != "en"]


class ServedForm(PlainServedForm):
    """Of two who edit at once the second hears of it."""

    # Which state was read.
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and not self.is_bound and "version" in self.fields:
            self.initial["version"] = self.version_of(self.instance)

    def version_of(self, row: Any) -> str:
        return ""

    def add_refusal(self, refusal: Exception) -> None:
        self.add_error(None, self._conflict(refusal.current))  # type: ignore[attr-defined]  # both have it

    def _conflict(self, current: Any) -> str:
        """What somebody else has saved meanwhile, by field. Saving once more replaces it knowingly."""
        data: Any = self.data
        self.data = data.copy()
        self.data["version"] = self.version_of(current)  # type: ignore[index]  # a copy can be changed
        last = current.history.select_related("history_user").first()
        who = last.history_user if last and last.history_user else _("somebody")
        theirs = [
            f"{self.fields[name].label}: {getattr(current, name)}"
            for name in self.changed_data
            if name in self.fields and hasattr(current, name)
        ]
        text = _(
            "%(who)s has changed this while you were editing, so nothing was saved. Now it says: %(texts)s."
            " Save once more to replace that."
        )
        return text % {"who": who, "texts": "; ".join(theirs) or "—"}


class TranslatedForm(ServedForm):
    """With a field of its own for each text in each other language, `name_ru`, instead of the JSON that keeps them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.translations
        for code, _language, name in translated_fields(self._meta.model):
            self.initial.setdefault(f"{name}_{code}", kept.get(code, {}).get(name, ""))

    def translations(self) -> dict[str, dict[str, str]]:
        """As the row keeps them. Languages that the site does not speak stay as they are."""
        result = {code: dict(texts) for code, texts in self.instance.translations.items()}
        for code, _language, name in translated_fields(self._meta.model):
            if text := self.cleaned_data.get(f"{name}_{code}", ""):
                result.setdefault(code, {})[name] = text
            else:
                result.get(code, {}).pop(name, None)
        return {code: texts for code, texts in result.items() if texts}


def translated_fields(model: Any) -> list[tuple[str, Any, str]]:
    """Language, its name, and text."""
    return [(code, language, name) for code, language in OTHER_LANGUAGES for name in model.translatable]


def in_others(name: str) -> list[str]:
    """The names of the fields for a text in the other languages."""
    return [f"{name}_{code}" for code, _language in OTHER_LANGUAGES]


def translated_form(model: Any, base: type[TranslatedForm]) -> type[TranslatedForm]:
    """`base` with a field for each translation, with the limits of what it translates."""
    fields: dict[str, Any] = {}
    for code, language, name in translated_fields(model):
        original = model._meta.get_field(name)
        long = (original.max_length or 0) > 300
        fields[f"{name}_{code}"] = forms.CharField(
            label=_label(original.verbose_name, language),
            max_length=original.max_length,
            required=False,
            widget=UnfoldAdminTextareaWidget() if long else UnfoldAdminTextInputWidget(),
        )
    kind: Any = type(base)
    made: type[TranslatedForm] = kind(base.__name__, (base,), fields)
    return made


def _label(name: Any, language: Any) -> Any:
    return format_lazy("{text} ({language})", text=capfirst(name), language=language)


class Served(PlainServed):
    """Rows that the services of the catalogue save."""

    form: Any = ServedForm
    refusals = (ValidationError, EditConflict, ChangedMeanwhile)

    def each(
        self, request: HttpRequest, rows: QuerySet[Any], act: Callable[[Any], Any], text: Callable[[int], str]
    ) -> None:
        """Do something with every chosen row, note it, and tell with how many it was done."""
        done = []
        for row in rows:
            try:
                if act(row) is not False:
                    done.append(row)
            except NotPossible as reason:
                self.message_user(request, f"{row}: {reason}", messages.ERROR)
        for row in done:
            self.log_change(request, row, [{"changed": {"fields": ["status"]}}])
        count = len(done)
        self.message_user(request, text(count).format(count=count), messages.SUCCESS if count else messages.WARNING)


class _Shortened(ObjDiffDisplay):  # type: ignore[misc]  # no types
    """Two texts without what both have in common, in the reader's language."""

    def shortened_str(self, prefix: str, num_skipped_chars: int, suffix: str) -> str:
        skipped = ngettext("%(count)s character", "%(count)s characters", num_skipped_chars)
        return f"{prefix}[{skipped % {'count': num_skipped_chars}}]{suffix}"


def shortened(*texts: str) -> tuple[str, ...]:
    """Those texts as they stand in a line of the history."""
    told: tuple[str, ...] = _Shortened(max_length=SHOWN_CHARACTERS).common_shorten_repr(*texts)
    return told


def with_one_before(records: Iterable[Any]) -> list[Any]:
    """The records of a page, newest first, and the one that the last of them is told against."""
    rows = list(records)
    return rows + [row.prev_record for row in rows[-1:] if row.prev_record]


class _ToldChanges(HistoricalRecordContextHelper):  # type: ignore[misc]  # no types
    """Choices and moments as people read them, and not as the database keeps them."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field: Any = self.model._meta.get_field(change.field)
        if field.choices or isinstance(field, DateTimeField):
            return display_for_field(value, field, "—")
        return super().prepare_delta_change_value(change, value)

    def get_obj_diff_display(self) -> ObjDiffDisplay:
        return _Shortened(max_length=SHOWN_CHARACTERS)


class WithHistory(Served, SimpleHistoryAdmin):  # type: ignore[misc]  # no types
    """With a page that tells who changed what, and when. Nobody goes back to an old state past the services."""

    object_history_list_template = "catalog/admin/history_list.html"
    history_list_per_page = 50

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        titles = [gettext_lazy("when"), gettext_lazy("who"), gettext_lazy("what")]
        response: HttpResponse = super().history_view(request, object_id, {**(extra_context or {}), "titles": titles})
        return response

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, **kwargs: Any) -> None:
        super().set_history_delta_changes(request, with_one_before(historical_records), **kwargs)

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> _ToldChanges:
        return _ToldChanges(self.model, historical_record)

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404("Old states are shown in the list.")
