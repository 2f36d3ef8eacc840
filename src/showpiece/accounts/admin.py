"""Users, their addresses, sessions and deletions, for staff with Django's permissions.

Whoever may change users cannot make themselves more than they are: staff and superusers, and who may be one, are for
superusers alone.
"""

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from showpiece.accounts import services
from showpiece.accounts.admin_forms import LAST_ADMINISTRATOR, UserAddForm, UserForm
from showpiece.accounts.forms import PasswordResetForm
from showpiece.accounts.models import AccountDeletion, Profile, User
from showpiece.accounts.privacy import services as privacy
from showpiece.accounts.selectors import device_name
from showpiece.staff_lists import Listed, ReadOnly

Fieldsets = Sequence[tuple[Any, dict[str, Any]]]


def _for_superusers(user: User) -> bool:
    return user.is_staff or user.is_superuser


@admin.register(User)
class UserAdmin(Listed):
    """People. They are switched off here and not deleted: that is for them to ask for, and for a job to do."""

    form, add_form = UserForm, UserAddForm
    list_display = ("username", "email", "name", "state", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "deletion__status", "date_joined", "last_login", "groups")
    search_fields = ("username", "email", "name")
    search_help_text = gettext_lazy("Username, e-mail or name")
    ordering = ("-date_joined", "-pk")
    list_select_related = ("deletion",)
    autocomplete_fields = ("groups",)
    filter_horizontal = ("user_permissions",)
    actions = ("send_password_mail", "switch_off", "switch_on")
    readonly_fields = ("date_joined", "last_login", "state_in_words")
    fieldsets: Fieldsets = (
        (None, {"fields": ("username", "email", "name", "state_in_words", "date_joined", "last_login")}),
        (gettext_lazy("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (gettext_lazy("Single permissions"), {"fields": ("user_permissions",), "classes": ("collapse",)}),
    )
    add_fieldsets: Fieldsets = (
        (
            None,
            {
                "fields": ("username", "email", "name"),
                "description": gettext_lazy(
                    "The address counts as confirmed. Afterwards, send them a mail to set their password."
                ),
            },
        ),
    )

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"),
        label={"on": "success", "off": "warning", "leaving": "danger"},
    )
    def state(self, user: User) -> tuple[str, str]:
        if hasattr(user, "deletion"):
            return "leaving", str(user.deletion.get_status_display())
        return ("on", _("active")) if user.is_active else ("off", _("switched off"))

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, user: User) -> str:
        return str(self.state(user)[1])

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Fieldsets:
        return self.fieldsets if obj else self.add_fieldsets

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({"form": self.add_form} if obj is None else {}), **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Sequence[str]:
        fields = list(self.readonly_fields)
        if obj is not None and not request.user.is_superuser:
            # With an address one resets a password; with the others one may do more than before.
            fields += ["email", "is_staff", "is_superuser", "groups", "user_permissions"]
        if obj is not None and obj.pk == request.user.pk:
            fields += ["is_active", "is_staff", "is_superuser"]
        return fields

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and _for_superusers(obj) and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        if not change:
            obj.set_unusable_password()
            super().save_model(request, obj, form, change)
            services.address_confirm(obj)
            return
        active = obj.is_active
        if "is_active" in form.changed_data:
            obj.is_active = not active  # the services below move it
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            services.address_replace(obj)
        if "is_active" in form.changed_data:
            (privacy.user_activate if active else privacy.user_deactivate)(user=obj)

    def _chosen(self, request: HttpRequest, users: QuerySet[User]) -> list[User]:
        """Those of the chosen whom this member of the staff may change, and not themselves."""
        return [user for user in users if user.pk != request.user.pk and self.has_change_permission(request, user)]

    @admin.action(description=gettext_lazy("Send a mail to set the password"), permissions=["change"])
    def send_password_mail(self, request: HttpRequest, users: QuerySet[User]) -> None:
        sent = 0
        for user in self._chosen(request, users):
            form = PasswordResetForm(data={"email": user.email})
            if user.is_active and form.is_valid():
                form.save(request)
                sent += 1
        self._tell(request, ngettext("{count} mail is on its way.", "{count} mails are on their way.", sent), sent)

    @admin.action(description=gettext_lazy("Switch off and sign out everywhere"), permissions=["change"])
    def switch_off(self, request: HttpRequest, users: QuerySet[User]) -> None:
        count = 0
        for user in self._chosen(request, users):
            try:
                privacy.user_deactivate(user=user)
            except services.LastAdministratorError:
                self.message_user(request, LAST_ADMINISTRATOR, messages.ERROR)
                continue
            self.log_change(request, user, [{"changed": {"fields": ["is_active"]}}])
            count += 1
        self._tell(request, ngettext("{count} user is switched off.", "{count} users are switched off.", count), count)

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, users: QuerySet[User]) -> None:
        chosen = self._chosen(request, users)
        for user in chosen:
            privacy.user_activate(user=user)
            self.log_change(request, user, [{"changed": {"fields": ["is_active"]}}])
        count = len(chosen)
        self._tell(request, ngettext("{count} user is switched on.", "{count} users are switched on.", count), count)

    def _tell(self, request: HttpRequest, text: str, count: int) -> None:
        self.message_user(request, text.format(count=count), messages.SUCCESS if count else messages.WARNING)


@admin.register(Profile)
class ProfileAdmin(Listed):
    """What people tell of themselves. Staff may tidy up the texts and take a photo away, and no more."""

    list_display = ("user", "location", "has_photo", "show_email", "show_online", "last_seen_at")
    list_filter = (("photo", admin.EmptyFieldListFilter), "show_email", "show_online", "last_seen_at")
    search_fields = ("user__username", "user__email", "user__name", "location", "bio")
    search_help_text = gettext_lazy("Username, e-mail, name, place or text")
    list_select_related = ("user",)
    ordering = ("-pk",)
    actions = ("remove_photo",)
    readonly_fields = ("user", "photo_shown", "links_shown", "show_email", "show_online", "last_seen_at")
    fields = ("user", "photo_shown", "bio", "location", "links_shown", "show_email", "show_online", "last_seen_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Profile]:
        found: QuerySet[Profile] = super().get_queryset(request).defer("bio")
        return found

    @admin.display(description=gettext_lazy("photo"), boolean=True)
    def has_photo(self, profile: Profile) -> bool:
        return bool(profile.photo)

    @admin.display(description=gettext_lazy("photo"))
    def photo_shown(self, profile: Profile) -> str:
        return format_html('<img src="{}" width="160" height="160" alt="">', profile.photo_url) if profile.photo else ""

    @admin.display(description=gettext_lazy("links"))
    def links_shown(self, profile: Profile) -> str:
        return ", ".join(link.url for link in profile.links.all())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        if obj is not None and _for_superusers(obj.user) and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Remove the photo"), permissions=["change"])
    def remove_photo(self, request: HttpRequest, profiles: QuerySet[Profile]) -> None:
        chosen = [one for one in profiles if one.photo and self.has_change_permission(request, one)]
        for profile in chosen:
            services.photo_remove(profile.user)
            self.log_change(request, profile, [{"changed": {"fields": ["photo"]}}])
        count = len(chosen)
        text = ngettext("{count} photo is removed.", "{count} photos are removed.", count).format(count=count)
        self.message_user(request, text, messages.SUCCESS if count else messages.WARNING)


@admin.register(Group)
class GroupAdmin(Listed):
    """Sets of permissions. Only for superusers: a group gives what its makers need not have."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser and super().has_add_permission(request))

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser and super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser and super().has_delete_permission(request, obj))


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnly):
    list_display = ("email", "user", "verified", "primary")
    list_filter = ("verified", "primary")
    search_fields = ("email", "user__username", "user__name")
    search_help_text = gettext_lazy("Username, e-mail or name")
    list_select_related = ("user",)
    ordering = ("-pk",)


@admin.register(UserSession)
class SessionAdmin(ReadOnly):
    """Who is signed in where. Deleting a row signs that session out."""

    list_display = ("user", "device", "address", "since", "seen")
    list_filter = ("created_at", "last_seen_at")
    search_fields = ("user__username", "user__email", "user__name", "ip")
    search_help_text = gettext_lazy("Username, e-mail, name or address")
    list_select_related = ("user",)
    ordering = ("-pk",)
    fields = readonly_fields = ("user", "device", "address", "since", "seen")

    @admin.display(description=gettext_lazy("device"))
    def device(self, session: Any) -> str:
        return device_name(session.user_agent)

    @admin.display(description=gettext_lazy("IP address"), ordering="ip")
    def address(self, session: Any) -> str:
        return str(session.ip)

    @admin.display(description=gettext_lazy("signed in"), ordering="created_at")
    def since(self, session: Any) -> Any:
        return session.created_at

    @admin.display(description=gettext_lazy("last seen"), ordering="last_seen_at")
    def seen(self, session: Any) -> Any:
        return session.last_seen_at

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and _for_superusers(obj.user) and not request.user.is_superuser:
            return False
        return bool(ModelAdmin.has_delete_permission(self, request, obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        obj.end()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        sessions = list(queryset.select_related("user"))
        if not all(self.has_delete_permission(request, session) for session in sessions):
            raise PermissionDenied
        for session in sessions:
            session.end()


@admin.register(AccountDeletion)
class AccountDeletionAdmin(ReadOnly):
    """Who has asked to be forgotten, and until when they may come back."""

    list_display = ("user", "status", "requested_at", "erase_after")
    list_filter = ("status", "requested_at")
    search_fields = ("user__username", "user__email")
    search_help_text = gettext_lazy("Username or e-mail")
    list_select_related = ("user",)
    ordering = ("-pk",)
    fields = readonly_fields = ("user", "status", "requested_at", "erase_after")
