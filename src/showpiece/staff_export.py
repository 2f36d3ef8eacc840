"""Lists for staff as CSV, for a spreadsheet. Only modules named `admin` import it: it loads the admin."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource

from showpiece.csv_files import plain_cell

# What is longer is narrowed down by a filter: the file is made in memory, while somebody waits.
MAX_ROWS = 20_000


class Table(ModelResource):  # type: ignore[misc]  # no types
    """A row a line. No text of it is run by a spreadsheet as a formula."""

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        return plain_cell(super().export_field(field, instance, **kwargs))


class Exported(ExportMixin):  # type: ignore[misc]  # no types
    """A list whose rows, as searched and filtered, come as CSV to who may see it."""

    export_formats = (CSV,)
    skip_export_form = True
    to_encoding = "utf-8-sig"  # else Excel takes it for another encoding

    def export_action(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse
        if self.has_export_permission(request) and self._is_too_long(self.get_export_queryset(request)):
            text = _("More than %(count)s rows. Please search or filter first.") % {"count": MAX_ROWS}
            messages.error(request, text)
            response = redirect(f"{request.path.removesuffix('export/')}?{request.GET.urlencode()}")
        else:
            response = super().export_action(request)
        return response

    def _is_too_long(self, rows: QuerySet[Any]) -> bool:
        return rows.order_by().values("pk")[MAX_ROWS : MAX_ROWS + 1].exists()
