"""Forms of promo codes and bundles."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Creator, PriceKind, Project, Status
from showpiece.moments import moment_field
from showpiece.money import CURRENCIES, amount_parse, amount_text, currency_text
from showpiece.orders.models import PROMO_CODE_MAX_LENGTH, Bundle, LicensePolicy, PromoCode
from showpiece.orders.models.licenses import MOST_ACTIVATIONS
from showpiece.orders.quotes import orderable
from showpiece.payments.selectors import uuid_of

# Where a field of a row is typed.
CODE_TYPED_AS = {"amount_minor": "amount"}
BUNDLE_TYPED_AS = {"price_minor": "price"}
# Projects to choose from that a page shows beside those that are chosen; the others are looked for by their name.
SHOWN = 24
# Projects that a code may name.
MOST_NAMED = 100


def _amount(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=30, widget=widget, **more)


def _count(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=1_000_000_000, **more)


class ProjectChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # cannot be given one
    """Projects of a creator, each with its price."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(Project.objects.none(), **options)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.shown_name}, {obj.price_text}"


class _Choosing(forms.Form):
    """A form with projects to choose from, of which there may be thousands: it shows those that are chosen and some
    others, and `find` looks for more. Pressed for that, it keeps what was typed and says nothing of it."""

    find = forms.CharField(
        label=_("Find a project"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    # Whether there is more to choose from than the page shows.
    is_long = False
    # What it was made with, but for what was typed.
    about: dict[str, Any]

    def unchecked(self) -> Any:
        """With what was typed, right or wrong."""
        form: Any = type(self)
        return form(None, typed={name: self[name].value() for name in self.fields}, **self.about)

    def offer(self, projects: QuerySet[Project]) -> None:
        """Let people choose from these. Two queries, and a page that does not grow with them."""
        fields: dict[str, Any] = self.fields
        field = fields["projects"]
        field.queryset = projects
        chosen = projects.filter(pk__in=_ids(self["projects"].value()))
        others = projects.exclude(pk__in=chosen.values("pk"))
        if text := str(self["find"].value() or "").replace("\x00", "").strip():
            others = others.filter(Q(name__icontains=text) | Q(slug__icontains=text))
        more = list(others[: SHOWN + 1])
        self.is_long = bool(text) or len(more) > SHOWN
        shown = [*chosen[:MOST_NAMED], *more[:SHOWN]]
        field.choices = [(str(one.pk), field.label_from_instance(one)) for one in shown]
        if not self.is_long:
            del self.fields["find"]


def _ids(values: Any) -> list[uuid.UUID]:
    return [pk for value in values or () if (pk := uuid_of(str(value)))]


def _own(creator: Creator) -> QuerySet[Project]:
    own = Project.objects.filter(creator=creator).select_related("creator", "category")
    return own.defer("description").order_by("name", "pk")


class CodeForm(_Choosing):
    """A promo code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=PROMO_CODE_MAX_LENGTH,
        help_text=_("What people type: letters, digits, dots, dashes and underscores. Capitals make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kind = forms.ChoiceField(
        label=_("What it takes off"), choices=PromoCode.Kind.choices, widget=forms.RadioSelect, initial="percent"
    )
    percent = forms.IntegerField(label=_("Percent"), min_value=1, max_value=99)
    amount = _amount(_("Amount"), help_text=_("Off the sum of what the code holds for."))
    currency = forms.ChoiceField(label=_("Currency"))
    projects = ProjectChoices(
        label=_("For these projects"), required=False, help_text=_("With none marked it holds for all of yours.")
    )
    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))
    max_uses = _count(_("Uses in all"), help_text=_("Empty: as often as people like."))
    max_uses_each = _count(_("Uses a person"))

    def __init__(self, data: Any, *, creator: Creator, promo: PromoCode | None = None, typed: Any = None) -> None:
        self.about = {"creator": creator, "promo": promo}
        super().__init__(data, initial=typed or (_values_of(promo) if promo else {"currency": settings.SHOP_CURRENCY}))
        fields: dict[str, Any] = self.fields
        fields["currency"].choices = [(code, currency_text(code)) for code in CURRENCIES]
        # What it holds for already can stay, or after a save it would hold for everything.
        held = promo.projects.values("pk") if promo else []
        self.offer(_own(creator).filter(~Q(status=Status.ARCHIVED) | Q(pk__in=held)))
        # Of these the chosen kind has a use for some; the others are not shown, or not looked at.
        kind = self.data.get("kind") if self.is_bound else None
        for name, needed in (("percent", "percent"), ("amount", "amount"), ("currency", "amount")):
            fields[name].required = kind in (None, needed)

    def clean(self) -> dict[str, Any]:
        """Minor units in place of what was typed. Whether the fields fit each other says the service."""
        given = self.cleaned_data
        given.pop("find", None)
        if len(given.get("projects") or ()) > MOST_NAMED:
            self.add_error("projects", _("At most %(count)s projects.") % {"count": MOST_NAMED})
        given["amount_minor"] = None
        text = (given.pop("amount", "") or "").strip()
        if text and given.get("kind") == PromoCode.Kind.AMOUNT and given.get("currency"):
            try:
                given["amount_minor"] = amount_parse(text, given["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return given


def _values_of(promo: PromoCode) -> dict[str, Any]:
    plain = ("code", "kind", "percent", "starts_at", "ends_at", "max_uses", "max_uses_each")
    values: dict[str, Any] = {name: getattr(promo, name) for name in plain}
    values["currency"] = promo.currency or settings.SHOP_CURRENCY
    values["amount"] = amount_text(promo.amount_minor, promo.currency) if promo.amount_minor else ""
    return {**values, "projects": list(promo.projects.values_list("pk", flat=True))}


class BundleForm(_Choosing):
    """Several projects at one price, in their currency."""

    name = forms.CharField(label=pgettext_lazy("of a bundle", "Name"), max_length=100)
    summary = forms.CharField(label=_("Summary"), max_length=160, required=False, help_text=_("In one line."))
    projects = ProjectChoices(
        label=_("What is in it"), help_text=_("From 2 to 20, all on display and sold in one currency.")
    )
    price = _amount(_("Price of all together"), help_text=_("In the currency of the projects."))

    def __init__(self, data: Any, *, creator: Creator, bundle: Bundle | None = None, typed: Any = None) -> None:
        self.about = {"creator": creator, "bundle": bundle}
        initial: dict[str, Any] = typed or {}
        if bundle and not typed:
            initial = {"name": bundle.name, "summary": bundle.summary}
            initial["price"] = amount_text(bundle.price_minor, bundle.currency)
            initial["projects"] = list(bundle.parts.values_list("project_id", flat=True))
        super().__init__(data, initial=initial)
        # What is in it already is shown, and named by the service if it cannot be sold any more.
        sold = orderable(Project.objects.filter(creator=creator)).exclude(price_kind=PriceKind.FREE)
        held = bundle.parts.values("project") if bundle else []
        self.offer(_own(creator).filter(Q(pk__in=sold.values("pk")) | Q(pk__in=held)))

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_summary(self) -> str:
        return " ".join(self.cleaned_data["summary"].split())

    def clean(self) -> dict[str, Any]:
        """Minor units in place of what was typed."""
        given = self.cleaned_data
        given.pop("find", None)
        projects, text = list(given.get("projects") or ()), given.pop("price", "")
        if projects and text:
            try:
                given["price_minor"] = amount_parse(text, projects[0].currency)
            except ValidationError as error:
                self.add_error("price", error)
        given["projects"] = projects
        return given


class LicenseForm(forms.Form):
    """Whether buyers of a project get a license key, and on how many machines it holds."""

    is_on = forms.BooleanField(
        label=_("Buyers get a license key"),
        required=False,
        help_text=_(
            "Those who have bought it already get one, too. Switched off, no new ones are made, and those that are out"
            " go on working."
        ),
    )
    max_activations = forms.IntegerField(
        label=_("Machines a key"),
        required=False,
        min_value=1,
        max_value=MOST_ACTIVATIONS,
        help_text=_("On how many machines a key may be in use at once. Leave it empty for any number."),
    )

    def __init__(self, data: Any, *, policy: LicensePolicy) -> None:
        super().__init__(data, initial={"is_on": policy.is_on, "max_activations": policy.max_activations})
