"""Money for staff with Django's permissions: to read, and to have an event handled again."""

import json
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, ngettext
from import_export.fields import Field
from unfold.admin import TabularInline
from unfold.decorators import display

from showpiece.accounts.models import User
from showpiece.money import amount_with_currency, decimal_price
from showpiece.payments import services
from showpiece.payments.models import Account, Dispute, Entry, InboundEvent, Movement, Payment, Refund, Subscription
from showpiece.payments.providers import CLASSES, label_of
from showpiece.payments.selectors import uuid_of
from showpiece.staff_export import Exported, Table
from showpiece.staff_lists import CurrencyFilter, LongReadOnly

LABELS = {
    "confirmed": "success",
    "won": "success",
    "active": "success",
    "past_due": "danger",
    "pending": "info",
    "open": "info",
    "failed": "danger",
    "lost": "danger",
}


class Money(LongReadOnly):
    """Rows with an amount and a state."""

    ordering = ("-pk",)

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, row: Any) -> str:
        payment = row if isinstance(row, Payment | Subscription) else row.payment
        return amount_with_currency(row.amount_minor, payment.currency)

    @admin.display(description=gettext_lazy("provider"))
    def way(self, row: Payment | Subscription) -> str:
        return label_of(row.provider)

    @display(description=gettext_lazy("state"), label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, row: Any) -> tuple[str, str]:
        return row.status, str(row.get_status_display())

    @admin.display(description=gettext_lazy("payment"))
    def of_payment(self, row: Any) -> str:
        payment = row.payment
        told = f"{label_of(payment.provider)}, {amount_with_currency(payment.amount_minor, payment.currency)}"
        url = reverse("admin:payments_payment_change", args=[payment.pk])
        return format_html('<a href="{}" class="underline">{}</a>', url, told)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By ids alone: ours, and those of the providers."""
        text = search_term.replace("\x00", "").strip()
        return (queryset.filter(self.with_id(text)) if text else queryset), False

    def with_id(self, text: str) -> Q:
        raise NotImplementedError


class PaymentTable(Table):
    """Payments for a spreadsheet."""

    amount = Field(column_name="amount")
    refunded = Field(column_name="refunded")

    class Meta:
        model = Payment
        fields = (
            *("id", "subject_kind", "subject_id", "provider", "amount", "refunded", "currency", "status", "surplus"),
            *("card_ends_with", "external_id", "external_charge", "note", "created_at", "paid_at"),
        )
        export_order = fields
        chunk_size = 500

    def dehydrate_amount(self, payment: Payment) -> str:
        return str(decimal_price(payment.amount_minor, payment.currency))

    def dehydrate_refunded(self, payment: Payment) -> str:
        return str(decimal_price(payment.refunded_minor, payment.currency))


@admin.register(Payment)
class PaymentAdmin(Exported, Money):
    """Attempts to pay. Orders have pages on which they are confirmed and refunded."""

    resource_classes = (PaymentTable,)
    list_display = ("created_at", "way", "amount", "refunded", "state", "surplus", "card_ends_with", "paid_at")
    list_filter = ("status", "surplus", "created_at")
    search_fields = ("external_id",)
    search_help_text = gettext_lazy("The provider's id of the payment or the charge, ours, or that of the order")
    fields = readonly_fields = (
        *("id", "subject_kind", "subject_id", "way", "amount", "refunded", "status", "surplus"),
        *("card_ends_with", "external_id", "external_charge", "note", "created_at", "paid_at"),
    )

    @admin.display(description=gettext_lazy("refunded"))
    def refunded(self, payment: Payment) -> str:
        return amount_with_currency(payment.refunded_minor, payment.currency) if payment.refunded_minor else "—"

    def with_id(self, text: str) -> Q:
        of_provider = Q(provider__in=CLASSES, external_id=text) | Q(provider__in=CLASSES, external_charge=text)
        ours = uuid_of(text)
        return (
            of_provider | Q(pk=ours) | Q(subject_kind__in=("order", "donation"), subject_id=ours)
            if ours
            else of_provider
        )


@admin.register(Subscription)
class SubscriptionAdmin(Money):
    """What is paid every month. `change_subscription` is the permission to end one."""

    actions = ("end",)
    list_display = ("created_at", "way", "amount", "state", "card_ends_with", "started_at", "ended_at")
    list_filter = ("status", "created_at")
    search_fields = ("external_id",)
    search_help_text = gettext_lazy("The provider's id, ours, or that of what is paid for")
    fields = readonly_fields = (
        *("id", "subject_kind", "subject_id", "way", "amount", "status", "card_ends_with"),
        *("external_session", "external_id", "note", "created_at", "started_at", "cancelled_at", "ended_at"),
    )

    def with_id(self, text: str) -> Q:
        of_provider = Q(provider__in=CLASSES, external_id=text) | Q(provider__in=CLASSES, external_session=text)
        ours = uuid_of(text)
        return of_provider | Q(pk=ours) | Q(subject_kind="pledge", subject_id=ours) if ours else of_provider

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_subscription")

    @admin.action(description=gettext_lazy("End it at the provider"), permissions=["end"])
    def end(self, request: HttpRequest, subscriptions: QuerySet[Subscription]) -> None:
        """Soon, by a job; what is taken from now on goes back."""
        count = 0
        for subscription in subscriptions.exclude(status=Subscription.Status.ENDED):
            services.subscription_cancel(subscription_id=subscription.pk)
            self.log_change(request, subscription, [{"changed": {"fields": ["cancelled_at"]}}])
            count += 1
        text = ngettext("{count} subscription ends.", "{count} subscriptions end.", count)
        self.message_user(request, text.format(count=count), messages.SUCCESS if count else messages.WARNING)


class CameBackFilter(admin.SimpleListFilter):
    """What a bank sent back after it was confirmed, for which staff find the buyer another way."""

    title = gettext_lazy("came back")
    parameter_name = "came_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Refund]) -> QuerySet[Refund]:
        return queryset.filter(came_back_at__isnull=False) if self.value() else queryset


@admin.register(Refund)
class RefundAdmin(Money):
    """What went back, or is to. `add_refund` is the permission to say that it was sent by hand."""

    actions = ("sent_by_hand",)
    list_display = ("created_at", "of_payment", "amount", "state", "reason", "made_by", "confirmed_at")
    list_filter = ("status", CameBackFilter, "created_at")
    list_select_related = ("payment", "made_by")
    search_fields = ("external_id",)
    search_help_text = gettext_lazy("The provider's id, ours, or that of the payment")
    fields = readonly_fields = (
        *("id", "of_payment", "amount", "status", "reason", "parts", "made_by", "external_id", "note"),
        *("created_at", "confirmed_at", "came_back_at"),
    )

    @display(description=gettext_lazy("state"), label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, row: Refund) -> tuple[str, str]:
        return (
            ("failed", str(gettext_lazy("came back"))) if row.came_back_at else (row.status, row.get_status_display())
        )

    def with_id(self, text: str) -> Q:
        ours = uuid_of(text)
        return Q(external_id=text) | Q(pk=ours) | Q(payment=ours) if ours else Q(external_id=text)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_refund")

    @admin.action(description=gettext_lazy("I have sent the money back"), permissions=["send"])
    def sent_by_hand(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        """Of transfers that nobody needed: no provider gives them back."""
        count = 0
        for refund in refunds.filter(status=Refund.Status.PENDING):
            try:
                services.refund_confirm(refund_id=refund.pk, by=cast(User, request.user))
            except ValidationError as error:
                self.message_user(request, f"{refund.reason or refund.pk}: {error.messages[0]}", messages.ERROR)
                continue
            self.log_change(request, refund, [{"changed": {"fields": ["status"]}}])
            count += 1
        text = ngettext("{count} refund is confirmed.", "{count} refunds are confirmed.", count)
        self.message_user(request, text.format(count=count), messages.SUCCESS if count else messages.WARNING)


@admin.register(Dispute)
class DisputeAdmin(Money):
    """What buyers have asked their banks for. It is decided there; one that is lost is a refund here."""

    list_display = ("opened_at", "of_payment", "amount", "state", "reason", "closed_at")
    list_filter = ("status", "opened_at")
    list_select_related = ("payment",)
    search_fields = ("external_id",)
    search_help_text = gettext_lazy("The provider's id, or that of the payment")
    fields = readonly_fields = ("of_payment", "external_id", "amount", "status", "reason", "opened_at", "closed_at")

    def with_id(self, text: str) -> Q:
        ours = uuid_of(text)
        return Q(external_id=text) | Q(payment=ours) if ours else Q(external_id=text)


class SourceFilter(admin.SimpleListFilter):
    """Those that there can be: which of them have sent something would be asked of the whole table."""

    title = gettext_lazy("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in CLASSES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[InboundEvent]) -> QuerySet[InboundEvent]:
        return queryset.filter(source=self.value()) if self.value() else queryset


@admin.register(InboundEvent)
class InboundEventAdmin(LongReadOnly):
    """What providers told us. `change_inboundevent` is the permission to have one handled again."""

    list_display = ("received_at", "source", "kind", "state", "attempts", "note")
    list_filter = (SourceFilter, ("handled_at", admin.EmptyFieldListFilter), "received_at")
    search_fields = ("external_id",)
    search_help_text = gettext_lazy("The source's id")
    ordering = ("-pk",)
    actions = ("handle_again",)
    fields = readonly_fields = (
        *("source", "external_id", "kind", "received_at", "handled_at", "attempts", "try_at", "note", "content"),
    )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.replace("\x00", "").strip()
        return (queryset.filter(source__in=CLASSES, external_id=text) if text else queryset), False

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label={"handled": "success", "waits": "info", "given_up": "danger"}
    )
    def state(self, event: InboundEvent) -> tuple[str, str]:
        if event.handled_at:
            return "handled", str(gettext_lazy("handled"))
        if event.try_at:
            return "waits", str(gettext_lazy("waiting"))
        return "given_up", str(gettext_lazy("given up"))

    @admin.display(description=gettext_lazy("content"))
    def content(self, event: InboundEvent) -> str:
        text = json.dumps(event.body, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html('<pre class="overflow-x-auto">{}</pre>', text)

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.change_inboundevent")

    @admin.action(description=gettext_lazy("Handle again"), permissions=["resend"])
    def handle_again(self, request: HttpRequest, events: QuerySet[InboundEvent]) -> None:
        count = 0
        for event in events:
            services.event_resend(event_id=event.pk)
            self.log_change(request, event, [{"changed": {"fields": ["handled_at"]}}])
            count += 1
        text = ngettext("{count} event is handled again.", "{count} events are handled again.", count)
        self.message_user(request, text.format(count=count))


class _EntriesInline(TabularInline):  # type: ignore[misc]  # no types
    """The entries of a movement, which add up to zero."""

    model = Entry
    fields = readonly_fields = ("account", "party", "amount", "currency")
    extra = max_num = 0
    can_delete = False

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, entry: Entry) -> str:
        return amount_with_currency(entry.amount_minor, entry.currency)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("payments.view_movement")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Movement)
class MovementAdmin(LongReadOnly):
    """The ledger by what moved the money."""

    list_display = ("made_at", "kind", "key")
    list_filter = ("kind", "made_at")
    search_fields = ("key",)
    search_help_text = gettext_lazy("The whole key, or the id of what was paid for")
    ordering = ("-pk",)
    inlines = (_EntriesInline,)
    fields = readonly_fields = ("key", "kind", "subject_kind", "subject_id", "made_at")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        asked = Q(key=text)
        if ours := uuid_of(text):
            asked |= Q(key__in=[f"{kind}:{ours}" for kind in ("payment", "refund", "payout")])
            asked |= Q(subject_kind__in=("order", "donation"), subject_id=ours)
        return queryset.filter(asked), False


class EntryTable(Table):
    """The ledger for a spreadsheet: a line an entry. The lines of a movement add up to zero."""

    movement = Field("movement__key", "movement")
    kind = Field("movement__kind", "kind")
    amount = Field(column_name="amount")

    class Meta:
        model = Entry
        fields = ("movement", "kind", "account", "party", "amount", "currency", "made_at")
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500

    def dehydrate_amount(self, entry: Entry) -> str:
        return str(decimal_price(entry.amount_minor, entry.currency))


@admin.register(Entry)
class EntryAdmin(Exported, LongReadOnly):
    """The ledger by account, and as CSV."""

    resource_classes = (EntryTable,)
    list_display = ("made_at", "movement", "account", "party", "amount")
    list_filter = ("account", CurrencyFilter, "made_at")
    list_select_related = ("movement",)
    search_fields = ("party",)
    search_help_text = gettext_lazy("Whose: a creator's id, a provider's name, a country")
    ordering = ("-pk",)
    fields = readonly_fields = ("movement", "account", "party", "amount", "made_at")

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, entry: Entry) -> str:
        return amount_with_currency(entry.amount_minor, entry.currency)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.replace("\x00", "").strip()
        # Of whatever account: the index begins with it.
        return (queryset.filter(account__in=Account.values, party=text) if text else queryset), False
