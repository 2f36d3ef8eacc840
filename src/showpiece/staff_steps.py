"""What staff do with one row, a page each: it says what happens, and a form does it. Only modules that the admin loads
import it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse


class Step:
    """One step with a row of a list for staff (`page`). `Http404` where there is no such row."""

    def __init__(self, page: Any, request: HttpRequest, object_id: str) -> None:
        self.page, self.request = page, request
        self.row: Any = page.get_object(request, object_id)
        if self.row is None:
            raise Http404(object_id)

    @property
    def posted(self) -> Any:
        """What the form of the page has sent, None where it is only looked at."""
        return self.request.POST if self.request.method == "POST" else None

    def back(self) -> HttpResponse:
        """To the page of the row."""
        return redirect(f"admin:{self.row._meta.label_lower.replace('.', '_')}_change", self.row.pk)

    def refuse(self, text: str) -> HttpResponse:
        """This cannot be done now, and why."""
        messages.warning(self.request, text)
        return self.back()

    def done(self, note: str, text: str) -> HttpResponse:
        """It is done: `note` is for the log, `text` for whoever did it."""
        self.page.log_change(self.request, self.row, note)
        messages.success(self.request, text)
        return self.back()

    def show(self, title: str, **more: Any) -> HttpResponse:
        """The page: `text`, and `form`, `button`, `is_danger` where there are."""
        form = more.get("form")
        context = {
            **self.page.admin_site.each_context(self.request),
            "opts": self.page.model._meta,
            "original": self.row,
            "back_text": self.page.back_text,
            "title": title,
            "media": self.page.media + form.media if form else self.page.media,
            **more,
        }
        status = 422 if form is not None and form.is_bound else 200
        return TemplateResponse(self.request, "web/staff/step.html", context, status=status)
