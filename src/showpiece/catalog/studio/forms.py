"""Forms of the studio about creators, new projects and people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.accounts.models import MAX_LINKS, User
from showpiece.accounts.rules import profile_of
from showpiece.accounts.selectors import person_named
from showpiece.catalog.models import Category, Contributor, Creator, Role
from showpiece.catalog.selectors import visible_categories
from showpiece.catalog.studio.fields import LineField, MarkdownField, WebAddressField
from showpiece.ids import uuid7


class CreatorForm(forms.Form):
    """What a creator's page says. Links are `link_1` and so on, those of the person's profile."""

    name = LineField(label=_("Name"), help_text=_("Of you, your team or your studio."), max_length=100)
    slug = forms.SlugField(
        label=_("Address"), max_length=40, help_text=_("Of your page. It stays as it is once it is made.")
    )
    about = MarkdownField(
        label=_("About"),
        help_text=_("What you make. You can use Markdown."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, data: Any, *, user: User, creator: Creator | None = None) -> None:
        profile = profile_of(user)
        links = list(profile.links.values_list("url", flat=True)) if profile else []
        initial: dict[str, Any] = {f"link_{number}": url for number, url in enumerate(links, 1)}
        if creator:
            initial |= {"name": creator.name, "about": creator.about}
        else:
            initial |= {"name": user.name or user.username, "slug": user.username}
        super().__init__(data, initial=initial)
        if creator:
            del self.fields["slug"]
        for number in range(1, MAX_LINKS + 1):
            label = _("Link %(number)s") % {"number": number}
            self.fields[f"link_{number}"] = WebAddressField(label=label, max_length=200, required=False)

    @property
    def links(self) -> list[forms.BoundField]:
        return [self[f"link_{number}"] for number in range(1, MAX_LINKS + 1)]

    def values(self) -> dict[str, Any]:
        """What a valid form asks for, as the services take it. Links that are given twice count once."""
        given = self.cleaned_data
        links = [given[f"link_{number}"] for number in range(1, MAX_LINKS + 1)]
        values: dict[str, Any] = {name: given[name] for name in ("name", "slug", "about") if name in given}
        return {**values, "links": list(dict.fromkeys(filter(None, links)))}


class CategoryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # cannot be given one
    """Categories by their names in the reader's language."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"empty_label": pgettext_lazy("category", "Please choose")} | options)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.shown_name)


class NewProjectForm(forms.Form):
    """As little as a draft needs. `key` makes one project of a form that is sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = LineField(label=pgettext_lazy("of a project", "Name"), max_length=100)
    category = CategoryChoice(Category.objects.none(), label=_("Category"))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("The language in which you describe it.")
    )

    def __init__(self, data: Any, *, language: str) -> None:
        super().__init__(data, initial={"language": language})
        self.fields["category"].queryset = visible_categories()  # type: ignore[attr-defined]


ROLES = [(role.value, capfirst(role.label)) for role in Role]


class InviteForm(forms.Form):
    """Somebody to be named on a project, by username."""

    username = forms.CharField(
        label=_("Username"),
        max_length=41,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES[::-1])

    def clean_username(self) -> User:
        person = person_named(self.cleaned_data["username"].removeprefix("@"))
        if person is None:
            raise forms.ValidationError(_("There is nobody with this username."), code="unknown")
        return person


class RoleForm(forms.Form):
    """Another role for somebody."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)

    def __init__(self, data: Any, *, contributor: Contributor) -> None:
        super().__init__(data, initial={"role": contributor.role}, auto_id=f"id_%s_{contributor.pk}")
