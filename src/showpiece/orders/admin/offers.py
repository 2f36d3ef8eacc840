"""Promo codes, bundles and tax."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.fields import Field
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from showpiece.catalog.models import Status
from showpiece.money import CURRENCIES, amount_parse, amount_with_currency, currency_text, decimal_price
from showpiece.orders import services
from showpiece.orders.countries import countries, country_name
from showpiece.orders.models import Bundle, BundleProject, PromoCode, PromoUse, TaxRate
from showpiece.orders.promo import off_text
from showpiece.payments.staff_forms import AmountInput, typed_amount
from showpiece.payments.staff_tables import moment
from showpiece.staff_export import Exported, Table
from showpiece.staff_forms import Served, ServedForm
from showpiece.staff_lists import Listed, ReadOnly
from showpiece.staff_widgets import SomeOfMany


class PromoTable(Table):
    """Promo codes for a spreadsheet."""

    creator = Field("creator__name", "creator")
    amount = Field(column_name="amount")
    uses = Field("use_count", "uses")

    class Meta:
        model = PromoCode
        fields = (
            *("code", "kind", "percent", "amount", "currency", "starts_at", "ends_at", "max_uses", "max_uses_each"),
            *("uses", "creator", "is_active", "created_at"),
        )
        export_order = fields
        use_natural_foreign_keys = False

    def dehydrate_amount(self, promo: PromoCode) -> str:
        return str(decimal_price(promo.amount_minor, promo.currency)) if promo.amount_minor else ""


class _PromoForm(ServedForm):
    """The amount is typed as people write it."""

    typed_as = {"amount_minor": "amount"}

    amount = forms.CharField(label=gettext_lazy("Amount off"), required=False, max_length=30, widget=AmountInput())
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = PromoCode
        fields = (
            *("code", "kind", "percent", "currency", "starts_at", "ends_at", "max_uses", "max_uses_each"),
            *("projects", "creators", "is_active"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "currency" not in self.fields:  # shown, and not to be changed
            return
        fields: dict[str, Any] = self.fields
        fields["currency"].choices = [("", "—"), *((code, currency_text(code)) for code in CURRENCIES)]
        kept = self.instance
        self.initial["currency"] = kept.currency or (
            "" if kept.pk and not kept._state.adding else settings.SHOP_CURRENCY
        )
        for name in ("projects", "creators"):
            fields[name].widget = SomeOfMany(PromoCode._meta.get_field(name))
            fields[name].widget.choices = fields[name].choices
            fields[name].help_text = ""
        self.initial["amount"] = typed_amount(kept.amount_minor, kept.currency)

    def _get_validation_exclusions(self) -> set[str]:
        """The service looks at the row: it knows at which field to say what."""
        return {field.name for field in PromoCode._meta.get_fields()}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        text = given.get("amount", "").strip()
        given["amount_minor"] = None
        if text and given.get("kind") == PromoCode.Kind.AMOUNT and given.get("currency"):
            try:
                given["amount_minor"] = amount_parse(text, given["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return given


@admin.register(PromoCode)
class PromoCodeAdmin(Exported, Served):
    """Promo codes, of the shop and of creators. One that was used is switched off and not deleted."""

    form = _PromoForm
    resource_classes = (PromoTable,)
    list_display = ("code", "off", "window", "uses", "whose", "active")
    list_filter = ("is_active", "kind", "ends_at")
    list_select_related = ("creator",)
    search_fields = ("code", "creator__name", "creator__slug")
    search_help_text = gettext_lazy("Code, name or address of the creator")
    ordering = ("-pk",)
    readonly_fields = ("uses", "creator", "created_at")
    fieldsets = (
        (None, {"fields": ("code", "kind", "percent", "amount", "currency", "is_active")}),
        (gettext_lazy("When, and how often"), {"fields": ("starts_at", "ends_at", "max_uses", "max_uses_each")}),
        (
            gettext_lazy("For what"),
            {
                "fields": ("projects", "creators"),
                "description": gettext_lazy("With neither it holds for everything, or for all of its creator."),
            },
        ),
        (gettext_lazy("What became of it"), {"fields": readonly_fields}),
    )
    actions = ("switch_off", "switch_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PromoCode]:
        used = PromoUse.objects.filter(code=OuterRef("pk")).order_by().values("code").annotate(count=Count("pk"))
        count = Coalesce(Subquery(used.values("count"), output_field=IntegerField()), 0)
        found: QuerySet[PromoCode] = super().get_queryset(request).annotate(use_count=count)
        return found

    @admin.display(description=gettext_lazy("takes off"))
    def off(self, promo: PromoCode) -> str:
        return off_text(promo)

    @admin.display(description=gettext_lazy("window"))
    def window(self, promo: PromoCode) -> str:
        if not promo.starts_at and not promo.ends_at:
            return "—"
        return f"{moment(promo.starts_at)} \N{EN DASH} {moment(promo.ends_at)}"

    @admin.display(description=gettext_lazy("uses"), ordering="use_count")
    def uses(self, promo: Any) -> str:
        count = getattr(promo, "use_count", 0)
        return f"{count} / {promo.max_uses}" if promo.max_uses else str(count)

    @admin.display(description=gettext_lazy("of"), ordering="creator__name")
    def whose(self, promo: PromoCode) -> str:
        return promo.creator.name if promo.creator else _("the shop")

    @display(description=gettext_lazy("active"), label={"on": "success", "off": "warning"})  # type: ignore[untyped-decorator]
    def active(self, promo: PromoCode) -> tuple[str, str]:
        return ("on", _("active")) if promo.is_active else ("off", _("switched off"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PromoCode, form: Any, change: bool) -> None:
        given = form.cleaned_data
        fields = {name: given[name] for name in (*services.PROMO_FIELDS, "projects", "creators")}
        if change:
            services.promo_change(promo=obj, **fields)
        else:
            obj.pk = services.promo_create(**fields).pk

    @admin.action(description=gettext_lazy("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, promos: QuerySet[PromoCode]) -> None:
        self._switch(request, promos, active=False)

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, promos: QuerySet[PromoCode]) -> None:
        self._switch(request, promos, active=True)

    def _switch(self, request: HttpRequest, promos: QuerySet[PromoCode], *, active: bool) -> None:
        done = list(promos.exclude(is_active=active))
        for promo in done:
            services.promo_change(promo=promo, is_active=active)
            self.log_change(request, promo, [{"changed": {"fields": ["is_active"]}}])
        text = ngettext("{count} promo code is changed.", "{count} promo codes are changed.", len(done))
        self.message_user(request, text.format(count=len(done)))


class _PartsInline(TabularInline):  # type: ignore[misc]  # no types
    """What is in a bundle."""

    model = BundleProject
    fields = readonly_fields = ("project", "price")
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("projects")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("project").order_by("position")

    @admin.display(description=gettext_lazy("price"))
    def price(self, part: BundleProject) -> str:
        return part.project.price_text

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("orders.view_bundle")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Bundle)
class BundleAdmin(ReadOnly):
    """Bundles, as creators make them."""

    list_display = ("name", "creator", "price", "state", "updated_at")
    list_filter = ("status", "updated_at")
    list_select_related = ("creator",)
    search_fields = ("name", "slug", "creator__name", "creator__slug")
    search_help_text = gettext_lazy("Name or address, of the bundle or its creator")
    ordering = ("-pk",)
    inlines = (_PartsInline,)
    fields = readonly_fields = ("name", "creator", "slug", "summary", "price", "status", "created_at", "updated_at")

    @admin.display(description=gettext_lazy("price"))
    def price(self, bundle: Bundle) -> str:
        return amount_with_currency(bundle.price_minor, bundle.currency)

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"),
        label={Status.PUBLISHED: "success", Status.DRAFT: "info", Status.ARCHIVED: "warning"},
    )
    def state(self, bundle: Bundle) -> tuple[str, str]:
        return bundle.status, str(bundle.get_status_display())


class _TaxForm(forms.ModelForm):  # type: ignore[type-arg]  # unknown to Django itself
    """Countries by name."""

    country = forms.ChoiceField(label=capfirst(gettext_lazy("country")), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = TaxRate
        fields = ("country", "name", "percent", "included")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("country")
        if field is not None:
            field.choices = [("", "—"), *countries()]


@admin.register(TaxRate)
class TaxRateAdmin(Listed):
    """What is added for buyers of a country, or in the price already. Orders keep what they were made with."""

    form = _TaxForm
    list_display = ("country_shown", "name", "percent", "included")
    list_filter = ("included",)
    ordering = ("country",)
    fields = ("country", "name", "percent", "included")

    @admin.display(description=gettext_lazy("country"), ordering="country")
    def country_shown(self, rate: TaxRate) -> str:
        return f"{country_name(rate.country)} ({rate.country})"
