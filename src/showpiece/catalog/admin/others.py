"""Tags, and files that nobody may offer."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from showpiece.catalog import services
from showpiece.catalog.admin.base import Served, ServedForm
from showpiece.catalog.models import BlockedFile, ProjectTag, Tag
from showpiece.catalog.services import staff
from showpiece.staff_lists import Listed

SHA256 = re.compile(r"[0-9a-f]{64}")


class _TagForm(ServedForm):
    class Meta:
        model = Tag
        fields = ("name",)


@admin.register(Tag)
class TagAdmin(Served):
    """Words that people look for. Creators make them by using them."""

    form = _TagForm
    list_display = ("name", "slug", "projects")
    search_fields = ("name", "slug")
    search_help_text = gettext_lazy("Name or address")
    ordering = ("name", "pk")
    fields = ("name",)
    actions = ("merge",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        tagged = ProjectTag.objects.filter(tag=OuterRef("pk")).order_by().values("tag").annotate(count=Count("pk"))
        count = Coalesce(Subquery(tagged.values("count"), output_field=IntegerField()), 0)
        found: QuerySet[Tag] = super().get_queryset(request).annotate(project_count=count)
        return found

    @admin.display(description=gettext_lazy("projects"), ordering="project_count")
    def projects(self, tag: Any) -> int:
        return int(tag.project_count)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        staff.tag_rename(tag=obj, name=form.cleaned_data["name"])

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The projects that have them are no list to be read through."""
        tags = [str(tag) for tag in objs]
        return tags, {str(Tag._meta.verbose_name_plural): len(tags)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        services.tag_delete(tag=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        for tag in queryset:
            services.tag_delete(tag=tag)

    @admin.action(description=gettext_lazy("Merge into the one with most projects"), permissions=["change"])
    def merge(self, request: HttpRequest, tags: QuerySet[Any]) -> None:
        first, *others = sorted(tags, key=lambda tag: (-tag.project_count, tag.pk))
        if not others:
            self.message_user(request, _("Please choose two tags or more."), messages.WARNING)
            return
        try:
            services.tags_merge(into=first, others=others)
        except services.NotPossible as reason:
            self.message_user(request, str(reason), messages.ERROR)
            return
        self.log_change(request, first, [{"changed": {"fields": ["projects"]}}])
        text = _("They become “%(name)s”. With many projects this takes a moment.")
        self.message_user(request, text % {"name": first.name}, messages.SUCCESS)


class _BlockedFileForm(ServedForm):
    class Meta:
        model = BlockedFile
        fields = ("sha256", "reason")
        widgets = {"sha256": UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocapitalize": "none"})}

    def clean_sha256(self) -> str:
        number = str(self.cleaned_data["sha256"]).strip().lower()
        if not SHA256.fullmatch(number):
            raise forms.ValidationError(_("64 digits from 0 to f, as `sha256sum` writes them."))
        return number


@admin.register(BlockedFile)
class BlockedFileAdmin(Served, Listed):
    """Files that nobody may offer here, by their SHA-256."""

    form = _BlockedFileForm
    list_display = ("sha256", "reason")
    search_fields = ("sha256", "reason")
    search_help_text = gettext_lazy("SHA-256 or reason")
    ordering = ("-pk",)
    fields = ("sha256", "reason")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Another file is another row."""
        return False

    def save_model(self, request: HttpRequest, obj: BlockedFile, form: Any, change: bool) -> None:
        obj.pk = staff.file_block(sha256=obj.sha256, reason=obj.reason).pk
