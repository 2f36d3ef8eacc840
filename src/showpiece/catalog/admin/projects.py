"""Projects, their versions and their ratings."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext
from import_export.fields import Field
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.admin.base import (
    TranslatedForm,
    WithHistory,
    in_others,
    shortened,
    translated_form,
    with_one_before,
)
from showpiece.catalog.admin.shelves import LABELS
from showpiece.catalog.changes import Change, entries_of
from showpiece.catalog.models import Category, Project, Rating, Release, ReleaseFile, Status
from showpiece.money import decimal_price
from showpiece.staff_export import Exported, Table
from showpiece.staff_lists import ReadOnly

TEXTS = ("name", "summary", "description")
LINKS = ("url", "source_url", "docs_url")


class ProjectTable(Table):
    """Projects for a spreadsheet."""

    creator = Field("creator__name", "creator")
    category = Field("category__name", "category")
    price = Field(column_name="price")
    stars = Field("rating_stars", "stars")

    def dehydrate_price(self, project: Project) -> str:
        return str(decimal_price(project.price_minor, project.currency))

    class Meta:
        model = Project
        fields = (
            *("id", "name", "slug", "creator", "category", "status", "price_kind", "price", "currency", "language"),
            *("created_at", "published_at", "featured_at", "popularity", "stars", "rating_count"),
        )
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500


class _ProjectForm(TranslatedForm):
    tag_names = forms.CharField(
        label=capfirst(gettext_lazy("tags")),
        required=False,
        help_text=gettext_lazy("With commas between them."),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = Project
        fields = TEXTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["tag_names"] = ", ".join(tag.name for tag in self.instance.tags.all())

    def version_of(self, row: Any) -> str:
        return str(row.revision)

    def clean_version(self) -> int:
        text = self.cleaned_data["version"]
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def clean_tag_names(self) -> list[str]:
        try:
            return services.tag_names(self.cleaned_data["tag_names"].split(","))
        except ValidationError as error:
            raise ValidationError(error.messages) from error


def _line(change: Change) -> dict[str, str]:
    """A change as the history of the staff shows it, a long text by where it differs."""
    old, new = shortened(change.old, change.new)
    label = capfirst(change.label)
    return {"field": f"{label} ({change.size})" if change.size else label, "old": old, "new": new}


class FeaturedFilter(admin.EmptyFieldListFilter):
    """Whether it stands first on the front page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = gettext_lazy("featured")


@admin.register(Project)
class ProjectAdmin(Exported, WithHistory):
    """Projects. Staff tidy up texts, feature, archive and restore; prices and versions are their owners' business."""

    form = translated_form(Project, _ProjectForm)
    resource_classes = (ProjectTable,)
    list_display = ("name", "creator", "category", "state", "price", "stars", "is_featured", "published_at")
    list_filter = ("status", "category", "price_kind", ("featured_at", FeaturedFilter), "published_at", "language")
    list_select_related = ("creator", "category")
    search_fields = ("name", "slug", "creator__name", "creator__slug")
    search_help_text = gettext_lazy("Name or address, of the project or its creator")
    ordering = ("-created_at", "-pk")
    actions = ("feature", "unfeature", "archive", "restore")
    readonly_fields = (
        *("creator", "slug", "price", "state_in_words", "published_at", "featured_at", "stars", "popular"),
    )
    fieldsets = (
        (None, {"fields": [name for text in TEXTS for name in (text, *in_others(text))]}),
        (gettext_lazy("Where it stands"), {"fields": ("category", "tag_names", "language", *LINKS)}),
        (gettext_lazy("For its owners and for jobs to change"), {"fields": (*readonly_fields, "version")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        found: QuerySet[Project] = super().get_queryset(request)
        is_list = request.resolver_match is not None and not request.resolver_match.kwargs
        return found.defer("description", "translations") if is_list else found

    @display(description=gettext_lazy("state"), label=LABELS, ordering="status")  # type: ignore[untyped-decorator]
    def state(self, project: Project) -> tuple[str, str]:
        return project.status, self.state_in_words(project)

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, project: Project) -> str:
        if project.archived_by_staff:
            return str(gettext_lazy("archived by the staff"))
        return str(gettext_lazy("scheduled") if project.is_scheduled else project.get_status_display())

    @admin.display(description=gettext_lazy("price"), ordering="price_minor")
    def price(self, project: Project) -> str:
        return project.price_text

    @admin.display(description=gettext_lazy("rating"), ordering="rating")
    def stars(self, project: Project) -> str:
        stars = number_format(project.rating_stars, 2)
        return f"{stars} ({project.rating_count})" if project.rating_count else "—"

    @admin.display(description=gettext_lazy("popularity"))
    def popular(self, project: Project) -> str:
        return number_format(project.popularity / 1000, 1)

    @admin.display(description=gettext_lazy("featured"), ordering="featured_at")
    def is_featured(self, project: Project) -> str:
        return "★" if project.featured_at else ""

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, **kwargs: Any) -> None:
        """As their owners are told it in the studio: with tags, people and each translation by itself."""
        rows = with_one_before(historical_records)
        for row, entry in zip(rows, entries_of(rows), strict=False):
            row.history_delta_changes = [_line(change) for change in entry.changes]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Creators make them, in the studio."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        """It allows to archive. Nothing that anybody may have bought is deleted."""
        return bool(super().has_delete_permission(request, obj)) and obj is None

    def formfield_for_foreignkey(self, field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if field.name == "category":
            pk = (request.resolver_match.kwargs if request.resolver_match else {}).get("object_id")
            own = Q(projects__pk=pk) if pk else Q(pk__in=[])
            kwargs["queryset"] = Category.objects.filter(Q(status=Status.PUBLISHED) | own).distinct().order_by("name")
        return super().formfield_for_foreignkey(field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        fields = {name: form.cleaned_data[name] for name in (*TEXTS, "category", "language", *LINKS)}
        services.project_change(
            project=obj,
            actor=cast(User, request.user),
            revision=form.cleaned_data["version"],
            tags=form.cleaned_data["tag_names"],
            translations=form.translations(),
            **fields,
        )

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=gettext_lazy("Feature on the front page"), permissions=["change"])
    def feature(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._feature(request, projects.filter(featured_at=None), featured=True)

    @admin.action(description=gettext_lazy("Feature no longer"), permissions=["change"])
    def unfeature(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        self._feature(request, projects.exclude(featured_at=None), featured=False)

    def _feature(self, request: HttpRequest, projects: QuerySet[Project], *, featured: bool) -> None:
        actor = cast(User, request.user)
        self.each(
            request,
            projects,
            lambda project: services.project_feature(project=project, actor=actor, featured=featured),
            lambda count: ngettext("{count} project is changed.", "{count} projects are changed.", count),
        )

    @admin.action(description=gettext_lazy("Archive; only staff can restore"), permissions=["delete"])
    def archive(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        actor = cast(User, request.user)
        self.each(
            request,
            projects.exclude(status=Status.ARCHIVED, archived_by_staff=True),
            lambda project: services.project_archive(project=project, actor=actor, by_staff=True),
            lambda count: ngettext("{count} project is archived.", "{count} projects are archived.", count),
        )

    @admin.action(description=gettext_lazy("Restore"), permissions=["delete"])
    def restore(self, request: HttpRequest, projects: QuerySet[Project]) -> None:
        actor = cast(User, request.user)
        self.each(
            request,
            projects.filter(status=Status.ARCHIVED),
            lambda project: services.project_restore(project=project, actor=actor, by_staff=True),
            lambda count: ngettext("{count} project is restored.", "{count} projects are restored.", count),
        )


class FilesInline(TabularInline):  # type: ignore[misc]  # no types
    """The files of a version, by the number that blocks them."""

    model = ReleaseFile
    fields = readonly_fields = ("name", "size", "sha256")
    extra = max_num = 0
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Release)
class ReleaseAdmin(WithHistory, ReadOnly):
    """Versions, as their owners made them."""

    list_display = ("version", "project", "creator", "released_at")
    list_filter = ("released_at",)
    list_select_related = ("project__creator",)
    search_fields = ("version", "project__name", "project__slug", "files__sha256")
    search_help_text = gettext_lazy("Version, name or address of the project, SHA-256 of a file")
    ordering = ("-released_at", "-pk")
    inlines = (FilesInline,)
    fields = readonly_fields = ("project", "version", "notes", "released_at")

    @admin.display(description=gettext_lazy("creator"))
    def creator(self, release: Release) -> str:
        return release.project.creator.name


@admin.register(Rating)
class RatingAdmin(ReadOnly):
    """Who gave how many stars. Taking a rating out is by permission; the numbers follow."""

    list_display = ("stars_shown", "project", "user", "given_at")
    list_filter = ("stars", "given_at")
    list_select_related = ("project", "user")
    search_fields = ("project__name", "project__slug", "user__username")
    search_help_text = gettext_lazy("Name or address of the project, username")
    ordering = ("-given_at", "-pk")
    fields = readonly_fields = ("project", "user", "stars", "given_at")

    @admin.display(description=gettext_lazy("stars"), ordering="stars")
    def stars_shown(self, rating: Rating) -> str:
        return format_html("{}", "★" * rating.stars)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super(ReadOnly, self).has_delete_permission(request, obj))

    def delete_model(self, request: HttpRequest, obj: Rating) -> None:
        services.project_rating_withdraw(project=obj.project, user=obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Rating]) -> None:
        for rating in queryset.select_related("project", "user"):
            self.delete_model(request, rating)
