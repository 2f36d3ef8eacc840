"""What the rooms' lists for staff have in common. Only modules named `admin` import it: it loads the admin."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import DateField, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from showpiece.money import CURRENCIES

# A page of them, with its navigation and filters, takes about as long as two of the shop.
PER_PAGE = 15
# What Django's own filters add to the name of their field.
ASKED_BY_FILTERS = {"", "__exact", "__id__exact", "__isnull", "__isempty", "__gte", "__lt"}

# How filters are drawn by default.
FILTER = admin.ListFilter.template

# A long table is paged that far; what lies further back is searched or filtered for.
MOST_PAGED = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # cannot be given one
    """Counts as far as it pages, and no further: nobody waits for a count of a million rows."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by().values("pk")[:MOST_PAGED].count()
        return found


def _is_text(entry: Any) -> bool:
    return isinstance(entry, str)


class Listed(ModelAdmin):  # type: ignore[misc]  # no types
    """What all lists here have in common: no count of the whole table, no second count of each filter."""

    list_per_page = list_max_show_all = PER_PAGE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_filter_submit = False
    compressed_fields = True
    change_list_template = "web/staff/list.html"
    # unfold's templates ask for it with each row, and a name that is missing is looked for in all there are.
    list_sections = ()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        shown = super().get_changelist_instance(request)
        shown.is_dataset = False  # asked for, as `list_sections`
        for spec in shown.filter_specs:
            if spec.template == FILTER and not isinstance(spec, admin.BooleanFieldListFilter):  # which lie side by side
                spec.template = "web/staff/filter.html"
        return shown

    def get_ordering(self, request: HttpRequest) -> Any:
        """By the date that is filtered for, where that has an index: by the keys, a database may look through the whole
        table for a day on which nothing was."""
        ordering = super().get_ordering(request)
        whole = (index.fields for index in self.opts.indexes if index.fields and not index.condition)
        indexed = {fields[0].removeprefix("-") for fields in whole}
        for name in indexed.intersection(filter(_is_text, self.list_filter)):
            dated = isinstance(self.opts.get_field(name), DateField)
            if dated and any(key.startswith(f"{name}__") for key in request.GET):
                return (f"-{name}", *ordering)
        return ordering

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the filters of the list ask: else a secret in a column could be guessed letter by letter."""
        fields = [
            entry if isinstance(entry, str) else entry[0] for entry in self.list_filter if not isinstance(entry, type)
        ]
        if lookup in {getattr(entry, "parameter_name", None) for entry in self.list_filter}:
            return True
        return any(lookup == f"{field}{end}" for field in fields for end in ASKED_BY_FILTERS)


class CurrencyFilter(admin.SimpleListFilter):
    """Those that prices can be in: which of them are used would be asked of the whole table."""

    title = gettext_lazy("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, code) for code in CURRENCIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() else queryset


class ArchivedFilter(admin.SimpleListFilter):
    """What was put away is shown when it is asked for."""

    title = gettext_lazy("archived")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Archived")), ("all", gettext_lazy("With the archived"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Not archived")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case "yes":
                return queryset.filter(archived_at__isnull=False)
            case _:
                return queryset.filter(archived_at=None)


class ReadOnly(Listed):
    """Rows that people change themselves, on pages of their own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LongReadOnly(ReadOnly):
    """The same of a table that only grows."""

    paginator = BoundedPaginator
