"""Categories and the pages of creators."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.admin.base import TranslatedForm, WithHistory, in_others, translated_form
from showpiece.catalog.models import Category, Creator, Status
from showpiece.catalog.services import staff

LABELS = {Status.PUBLISHED: "success", Status.DRAFT: "info", Status.ARCHIVED: "warning"}


class ShelfForm(TranslatedForm):
    """Of a category or a creator's page."""

    def version_of(self, row: Any) -> str:
        return staff.shelf_version(row)


class Shelves(WithHistory):
    """What can be archived with all that stands there. `delete_…` is the permission for that, as for projects."""

    ordering = ("name", "pk")
    actions = ("archive", "restore")

    @display(description=gettext_lazy("state"), label=LABELS, ordering="status")  # type: ignore[untyped-decorator]
    def state(self, row: Any) -> tuple[str, str]:
        return row.status, row.get_status_display()

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def _set(self, request: HttpRequest, rows: QuerySet[Any], archived: bool, text: Any) -> None:
        actor = cast(User, request.user)
        self.each(request, rows, lambda row: staff.shelf_set_archived(shelf=row, actor=actor, archived=archived), text)

    @admin.action(description=gettext_lazy("Archive, with all projects there"), permissions=["delete"])
    def archive(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set(request, rows, True, lambda count: ngettext("{count} is archived.", "{count} are archived.", count))

    @admin.action(description=gettext_lazy("Restore"), permissions=["delete"])
    def restore(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set(request, rows, False, lambda count: ngettext("{count} is restored.", "{count} are restored.", count))


class _CategoryForm(ShelfForm):
    class Meta:
        model = Category
        fields = ("name", "slug", "description")


@admin.register(Category)
class CategoryAdmin(Shelves):
    """The shelves of the shop. One that has projects is archived and never deleted."""

    form = translated_form(Category, _CategoryForm)
    list_display = ("name", "slug", "description", "state")
    list_filter = ("status",)
    search_fields = ("name", "slug", "description")
    search_help_text = gettext_lazy("Name, address or description")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("name", *in_others("name"), "slug", "description", *in_others("description"), "version")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        texts = {name: form.cleaned_data[name] for name in ("name", "slug", "description")}
        texts["translations"] = form.translations()
        actor = cast(User, request.user)
        if change:
            version = form.cleaned_data["version"]
            staff.shelf_change(shelf=obj, actor=actor, version=version, **texts)
        else:
            obj.pk = services.category_create(actor=actor, **texts).pk

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        staff.category_delete(category=obj, actor=cast(User, request.user))


class _CreatorForm(ShelfForm):
    class Meta:
        model = Creator
        fields = ("name", "about")


@admin.register(Creator)
class CreatorAdmin(Shelves):
    """The pages of creators. Staff may tidy up their texts and take them off the display, with all projects there."""

    form = translated_form(Creator, _CreatorForm)
    list_display = ("name", "slug", "user", "stars", "state")
    list_filter = ("status",)
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__username", "user__email")
    search_help_text = gettext_lazy("Name, address, username or e-mail")
    readonly_fields = ("user", "slug", "stars")
    fields = ("name", "about", *in_others("about"), "slug", "user", "stars", "version")

    @admin.display(description=gettext_lazy("rating"), ordering="rating")
    def stars(self, creator: Creator) -> str:
        return f"{creator.rating / 1000:.2f}" if creator.rating else "—"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members become creators themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It allows to archive; rows go with the account alone."""
        return bool(super().has_delete_permission(request, obj)) and obj is None

    def save_model(self, request: HttpRequest, obj: Creator, form: Any, change: bool) -> None:
        staff.shelf_change(
            shelf=obj,
            actor=cast(User, request.user),
            version=form.cleaned_data["version"],
            name=form.cleaned_data["name"],
            about=form.cleaned_data["about"],
            translations=form.translations(),
        )
