"""Reading mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404
from django.utils import timezone
from post_office.models import STATUS, Email, Log

# A mail that waits for so long says that the server, or the worker, does not work.
LATE_MINUTES = 15


def may_read_mail(user: Any) -> bool:
    """Whether the inbox is for `user`: it holds links with which one signs in as somebody else."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    return bool(user.is_superuser or (user.is_staff and user.has_perm("post_office.view_email")))


def may_send_mail(user: Any) -> bool:
    """Whether `user` may have a mail sent again."""
    return may_read_mail(user) and bool(user.has_perm("post_office.change_email"))


def _kept() -> Any:
    """Mails but for those that have expired and are only not yet deleted."""
    return Email.objects.exclude(expires_at__lte=timezone.now())


def mails_to(addresses: Iterable[str]) -> Any:
    """What is kept of mails to one of these addresses and nobody else, whatever the case and with a name or without."""
    match = Q(pk=None)
    for address in addresses:
        match |= Q(to__iexact=address) | Q(to__iendswith=f"<{address}>")
    return _kept().filter(match).exclude(to__contains=",")


def mails(search: str = "") -> Any:
    """Mails for a list, without their texts; `search` is part of an address."""
    reason = Log.objects.filter(email_id=OuterRef("pk")).order_by("-pk").values("message")[:1]
    found = _kept().only("to", "subject", "status", "created")
    if search:
        found = found.filter(Q(to__icontains=search) | Q(cc__icontains=search) | Q(bcc__icontains=search))
    return found.annotate(reason=Subquery(reason))


def mail(mail_id: int) -> Any:
    """One mail with the reason of its last failure. `Http404` if there is none."""
    reason = Log.objects.filter(email_id=OuterRef("pk")).order_by("-pk").values("message")[:1]
    found = _kept().annotate(reason=Subquery(reason)).filter(pk=mail_id).first()
    if found is None:
        raise Http404("No such mail.")
    return found


def due_mails(now: datetime) -> Any:
    """Mails that somebody should be sending, those that were looked at longest ago first."""
    waiting = Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued))
    due = waiting.filter(Q(scheduled_time__lte=now) | Q(scheduled_time=None))
    return due.only("scheduled_time", "created", "last_updated").order_by("last_updated")


def late_mails() -> int:
    """How many mails have been waiting for too long, unless the server takes others: then it is not to blame."""
    since = timezone.now() - timedelta(minutes=LATE_MINUTES)
    if Email.objects.filter(status=STATUS.sent, last_updated__gte=since).exists():
        return 0
    # A mail that is sent again after a long time begins anew.
    tried = Q(number_of_retries__gt=0) | Q(scheduled_time__lt=since)
    waiting = Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued))
    return int(waiting.filter(tried, created__lt=since).count())
