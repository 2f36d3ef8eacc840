"""The form of a project's details."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models import MOST_SALE_PERCENT, Category, PriceKind, Project, Status
from showpiece.catalog.services import tag_names
from showpiece.catalog.studio.fields import LineField, MarkdownField, WebAddressField
from showpiece.catalog.studio.forms import CategoryChoice
from showpiece.moments import MOMENT_FORMAT, moment_field
from showpiece.money import CURRENCIES, amount_parse, amount_text, currency_text

TEXTS = ("name", "summary", "description")
# Where a field of the model is typed.
TYPED_AS = {"price_minor": "price", "suggested_minor": "suggested"}


class ProjectForm(forms.Form):
    """Everything that stands on the page of a project, in the words of its people."""

    name = LineField(label=pgettext_lazy("of a project", "Name"), max_length=100)
    slug = forms.SlugField(
        label=_("Address"), max_length=100, help_text=_("The last part of the page's address, until it is published.")
    )
    summary = LineField(
        label=_("Summary"), max_length=160, required=False, help_text=_("What it does, in one line. Shown in lists.")
    )
    description = MarkdownField(
        label=_("Description"),
        max_length=50_000,
        required=False,
        help_text=_("You can use Markdown: headings, lists, tables, links and code."),
    )
    category = CategoryChoice(Category.objects.none(), label=_("Category"))
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=400, help_text=_("Up to ten, separated by commas.")
    )
    language = forms.ChoiceField(
        label=_("Language"), help_text=_("Of the name, the summary and the description above.")
    )
    url = WebAddressField(label=_("Website"), max_length=500, required=False)
    source_url = WebAddressField(label=_("Source code"), max_length=500, required=False)
    docs_url = WebAddressField(label=_("Documentation"), max_length=500, required=False)
    price_kind = forms.ChoiceField(label=_("Price"), choices=PriceKind.choices, widget=forms.RadioSelect)
    price = forms.CharField(
        label=_("Amount"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Of a fixed price all of it; where people pay what they want, the least."),
    )
    suggested = forms.CharField(
        label=_("Suggested amount"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Filled in for people who pay what they want."),
    )
    currency = forms.ChoiceField(label=_("Currency"))
    sale_percent = forms.IntegerField(
        label=_("Percent off"),
        required=False,
        min_value=1,
        max_value=MOST_SALE_PERCENT,
        help_text=_("So much less for a time. Empty: no sale."),
    )
    sale_starts_at = moment_field(_("Sale from"), _("Empty: at once."))
    sale_ends_at = moment_field(_("Sale until"), _("It ends by itself then."))

    def __init__(self, data: Any, *, project: Project, typed: dict[str, Any] | None = None) -> None:
        """`typed`: what was typed and not saved, in place of what is saved."""
        self.project = project
        super().__init__(data, initial={**values_of(project), **(typed or {})})
        fields: dict[str, Any] = self.fields
        # What stands in an archived category may stay in it; nothing new comes in.
        offered = Q(status=Status.PUBLISHED) | Q(pk=project.category_id)
        fields["category"].queryset = Category.objects.filter(offered).order_by("name")
        fields["language"].choices = _with_own(settings.LANGUAGES, project.language, project.get_language_display())
        codes = dict.fromkeys([*CURRENCIES, project.currency])
        fields["currency"].choices = [(code, currency_text(code)) for code in codes]
        if project.published_at:
            del self.fields["slug"]
        for code, language in settings.LANGUAGES:
            for name in TEXTS:
                self.fields[f"{code}_{name}"] = _translation(name, str(language))

    @property
    def translations(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Code, name and fields of each language of the site that is not the project's own."""
        own = self["language"].value()
        return [
            (code, get_language_info(code)["name_translated"], [self[f"{code}_{name}"] for name in TEXTS])
            for code, _name in settings.LANGUAGES
            if code != own
        ]

    def clean_tags(self) -> list[str]:
        names = self.cleaned_data["tags"].split(",")
        try:
            return tag_names(names)
        except ValidationError as error:
            raise ValidationError(error.message_dict["tags"]) from error

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind, currency = given.get("price_kind"), given.get("currency")
        if kind and currency:
            self._clean_amounts(kind, currency)
        self._clean_sale(kind or "")
        if (language := given.get("language")) and any(given.get(f"{language}_{name}") for name in TEXTS):
            text = _("There is a translation into this language. Please empty it first.")
            self.add_error("language", ValidationError(text))
        return given

    def _clean_amounts(self, kind: str, currency: str) -> None:
        """Minor units in place of what was typed; what the kind of price has no use for is left out."""
        amounts: dict[str, int | None] = {}
        for name in ("price", "suggested") if kind == PriceKind.OPEN else ("price",) if kind == PriceKind.FIXED else ():
            text = self.cleaned_data.get(name, "").strip()
            try:
                amounts[name] = amount_parse(text, currency) if text else None
            except ValidationError as error:
                self.add_error(name, error)
        if kind == PriceKind.FIXED and "price" in amounts and not amounts["price"]:
            self.add_error("price", _("A fixed price is more than nothing. Or choose “free”."))
        suggested = amounts.get("suggested")
        if suggested is not None and not self.errors.get("price"):
            least = amounts.get("price") or 0
            if suggested == 0 or suggested < least:
                self.add_error("suggested", _("The suggested amount is at least the least one, and more than nothing."))
        self.cleaned_data |= {"price": amounts.get("price") or 0, "suggested": suggested}

    def _clean_sale(self, kind: str) -> None:
        """Only a fixed price is lowered for a time; another kind has no use for it."""
        names = ("sale_percent", "sale_starts_at", "sale_ends_at")
        percent, starts, ends = (self.cleaned_data.get(name) for name in names)
        if kind != PriceKind.FIXED or not (percent or starts or ends or any(name in self.errors for name in names)):
            self.cleaned_data |= dict.fromkeys(names)
            return
        if percent is None and "sale_percent" not in self.errors:
            self.add_error("sale_percent", _("How many percent less? Or empty the dates."))
        if ends is None and "sale_ends_at" not in self.errors:
            self.add_error("sale_ends_at", _("Until when?"))
        if starts and ends and ends <= starts:
            self.add_error("sale_ends_at", _("It ends before it begins."))

    def values(self) -> dict[str, Any]:
        """What a valid form asks for, as `project_change` takes it."""
        given = self.cleaned_data
        plain = (
            "slug",
            *TEXTS,
            "category",
            "tags",
            "language",
            "url",
            "source_url",
            "docs_url",
            "price_kind",
            "currency",
            "sale_percent",
            "sale_starts_at",
            "sale_ends_at",
        )
        values = {name: given[name] for name in plain if name in given}
        values |= {"price_minor": given["price"], "suggested_minor": given["suggested"]}
        return {**values, "translations": self._translations()}

    def _translations(self) -> dict[str, dict[str, str]]:
        """Those into languages that this site does not have stay as they are."""
        translations = dict(self.project.translations)
        for code, _name in settings.LANGUAGES:
            texts = {name: text for name in TEXTS if (text := self.cleaned_data[f"{code}_{name}"])}
            translations.pop(code, None)
            if texts:
                translations[code] = texts
        return translations

    def add_service_errors(self, error: ValidationError) -> None:
        """What a service says of the fields of the model, at the fields of the form."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, errors in error.error_dict.items():
            field = TYPED_AS.get(name, name)
            self.add_error(field if field in self.fields else None, errors)


def values_of(project: Project) -> dict[str, Any]:
    """A project as its form shows it, by field."""
    plain = (*TEXTS, "slug", "language", "url", "source_url", "docs_url", "price_kind", "currency")
    values: dict[str, Any] = {name: getattr(project, name) for name in plain}
    values["category"] = str(project.category_id)
    values["tags"] = ", ".join(sorted((tag.name for tag in project.tags.all()), key=str.casefold))
    values["price"] = amount_text(project.price_minor, project.currency) if project.price_minor else ""
    suggested = project.suggested_minor
    values["sale_percent"] = "" if project.sale_percent is None else str(project.sale_percent)
    for name in ("sale_starts_at", "sale_ends_at"):
        moment = getattr(project, name)
        values[name] = timezone.localtime(moment).strftime(MOMENT_FORMAT) if moment else ""
    values["suggested"] = "" if suggested is None else amount_text(suggested, project.currency)
    for code, _name in settings.LANGUAGES:
        texts = project.translations.get(code, {})
        values |= {f"{code}_{name}": texts.get(name, "") for name in TEXTS}
    return values


def typed_values(data: Any) -> dict[str, str]:
    """What a form's data say of a project, as text by field; what they do not say is left out."""
    names = [*ProjectForm.base_fields, *(f"{code}_{name}" for code, _name in settings.LANGUAGES for name in TEXTS)]
    return {name: str(data[name]).replace("\r\n", "\n") for name in names if name in data}


def _translation(name: str, language: str) -> forms.Field:
    original = ProjectForm.base_fields[name]
    options: dict[str, Any] = {"label": original.label, "max_length": original.max_length, "required": False}  # type: ignore[attr-defined]
    return type(original)(**options)


def _with_own(choices: Iterable[tuple[str, Any]], own: str, label: str) -> list[tuple[str, Any]]:
    choices = list(choices)
    return choices if own in dict(choices) else [*choices, (own, label)]
