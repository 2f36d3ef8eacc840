"""A provider in which no money moves, for trying out a shop. Its page, and its books, are our own."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_session
from showpiece.payments.models import Payment, Refund, SandboxRefund, SandboxSession
from showpiece.payments.providers.base import Provider, RefundReport, Refused, Report, Started, State
from showpiece.prepared import Prepared, Slot

# How long the money of "pay later" takes.
SETTLES_AFTER = timedelta(seconds=20)
# Nobody pays on a page that was left for so long.
LASTS = timedelta(hours=24)

_States = SandboxSession.State
_UNPAID = (_States.OPEN, _States.CONFIRMING, _States.DECLINED)
_STATES = {
    _States.OPEN: State.PENDING,
    _States.CONFIRMING: State.PENDING,
    _States.PROCESSING: State.WAITING,
    _States.PAID: State.CONFIRMED,
    _States.DECLINED: State.PENDING,  # another card can be tried
    _States.EXPIRED: State.FAILED,
}


@Prepared
def _seen() -> QuerySet[SandboxSession]:
    given = SandboxRefund.objects.filter(session=OuterRef("pk"))
    found = SandboxSession.objects.filter(name=Slot(0, SandboxSession._meta.pk))
    return found.annotate(has_refunds=Exists(given))


def _session(name: str) -> SandboxSession:
    for session in _seen(name):
        return session
    raise SandboxSession.DoesNotExist


class Sandbox(Provider):
    """Pays when one presses "pay"."""

    name = "sandbox"
    label = _("Test payment")
    hint = _("No money moves: this shop is being tried out.")
    icon = "flask-conical"

    def start(
        self, payment: Payment, *, title: str, email: str, language: str, return_url: str, cancel_url: str
    ) -> Started:
        session, _new = SandboxSession.objects.get_or_create(
            idempotency_key=payment.id,
            defaults={
                "amount_minor": payment.amount_minor,
                "currency": payment.currency,
                "description": title[:200],
                "return_url": return_url,
                "cancel_url": cancel_url,
            },
        )
        return Started(external_id=session.name, redirect_url=reverse("sandbox", args=[session.name]))

    def look(self, payment: Payment) -> Report:
        session = _session(payment.external_id)
        state = session.state
        if state == _States.PROCESSING and session.settles_at and session.settles_at <= timezone.now():
            state = _States.PAID  # as a bank does, without being asked
        if _is_over(session):
            state = _States.EXPIRED
        return Report(
            _STATES[_States(state)],
            amount_minor=session.amount_minor,
            currency=session.currency,
            external_charge=session.name,
            card_ends_with=session.card_ends_with,
            note=gettext("The card was declined.") if state == _States.DECLINED else "",
            refunds=tuple(
                RefundReport(str(one.id), one.amount_minor, State.CONFIRMED, key=one.idempotency_key)
                for one in (session.refunds.all() if session.has_refunds else ())  # type: ignore[attr-defined]
            ),
        )

    def withdraw(self, payment: Payment) -> None:
        SandboxSession.objects.filter(name=payment.external_id, state__in=_UNPAID).update(state=_States.EXPIRED)

    def refund(self, refund: Refund) -> RefundReport:
        with transaction.atomic():
            session = locked_session(refund.payment.external_id)
            given = sum(one.amount_minor for one in session.refunds.exclude(idempotency_key=refund.id))
            if given + refund.amount_minor > session.amount_minor:
                raise Refused("More than was paid.")
            made, _new = SandboxRefund.objects.get_or_create(
                idempotency_key=refund.id, defaults={"session": session, "amount_minor": refund.amount_minor}
            )
        return RefundReport(str(made.id), made.amount_minor, State.CONFIRMED, key=refund.id)


def _is_over(session: SandboxSession) -> bool:
    return session.state in _UNPAID and session.created_at + LASTS < timezone.now()


def session_act(*, name: str, action: str) -> SandboxSession:
    """What somebody pressed on the sandbox's page: `pay`, `decline`, `detour` (the bank asks once more), `later`.

    Whatever is pressed after the session has ended changes nothing. `KeyError` for an unknown action.
    """
    from showpiece.payments.jobs import look_at_payment

    with transaction.atomic():
        session = locked_session(name)
        if _is_over(session):
            session.state = _States.EXPIRED
            session.save(update_fields=["state"])
        if session.state in _UNPAID:
            found: dict[str, dict[str, Any]] = {
                "pay": {"state": _States.PAID, "card_ends_with": "4242"},
                "decline": {"state": _States.DECLINED, "card_ends_with": "0002"},
                "detour": {"state": _States.CONFIRMING, "card_ends_with": "3155"},
                "later": {"state": _States.PROCESSING, "settles_at": timezone.now() + SETTLES_AFTER},
            }
            changes = found[action]
            if action == "pay" and session.state == _States.CONFIRMING:
                changes.pop("card_ends_with")
            for field, value in changes.items():
                setattr(session, field, value)
            session.save(update_fields=list(changes))
            if session.state in (_States.PAID, _States.PROCESSING):
                send_with_row(look_at_payment, str(session.idempotency_key))  # as others send events
    return session
