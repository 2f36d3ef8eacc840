"""Writing mail: making it, and every step that a mail takes until it is sent.

A mail is a row of post_office's `Email`. `scheduled_time` is the moment from which on somebody may try to send it: who
takes it moves that moment to the end of a lease, who fails moves it to the end of a pause. `number_of_retries` counts
the attempts and tells them apart. `last_updated` says when a job was last sent for it. A mail with `expires_at` is not
for keeping: it goes when it has been sent, and at that moment if it has not.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from post_office.models import PRIORITY, STATUS, Email, Log
from post_office.utils import cleanup_expired_mails

from showpiece.config.mail import QUEUE_BACKEND
from showpiece.jobs.sending import send_with_row
from showpiece.mail.jobs import deliver_mail
from showpiece.mail.selectors import mails_to

log = structlog.get_logger(__name__)

WAITING = (STATUS.queued, STATUS.requeued)
# How long the sweeper leaves a job alone that it sent, or took on to send; see `publish_patience`.
PUBLISH_PATIENCE = timedelta(seconds=10)
# Kept and never meant to be sent: there was no server.
KEPT = None
# Under this name a row keeps the id of the member whose mail it is, in a column of post_office's that is for templates
# of its own: an address may be changed, and given to somebody else, while a mail to it is still kept.
READER = "reader"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)


def session_seconds() -> float:
    """The longest that a session with the server may take."""
    return float(settings.MAIL_TIMEOUT) * 6


def lease() -> timedelta:
    """After that time nobody is sending a mail any more who took it: longer than the longest session."""
    return timedelta(seconds=session_seconds() * 1.5)


def send(
    template: str,
    to: str,
    context: Mapping[str, Any],
    language: str = "",
    *,
    reader: uuid.UUID | None = None,
    expires_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Render `template` in the reader's language and queue it, in the current transaction; see `written`."""
    written(template, to, context, language, reader=reader, expires_at=expires_at, headers=headers).send()


def send_all(messages: Sequence[EmailMessage]) -> None:
    """Queue what was `written`, in the current transaction: all or none, and faster than one after the other."""
    get_connection().send_messages(messages)


def written(
    template: str,
    to: str,
    context: Mapping[str, Any],
    language: str = "",
    *,
    reader: uuid.UUID | None = None,
    expires_at: datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """A mail of `template`, in the reader's language, not yet sent.

    `reader` is the member whose mail it is: it goes with them, whatever their address is then.
    With `expires_at` it is not kept once it has been sent, and is not sent later than that. `headers`: more of them.
    Its parts are `NAME_subject.txt`, `NAME.txt` and `NAME.html`; the last two extend `mail/base.txt` and
    `mail/base.html`. Raises `BadHeaderError` where a line break would get into the subject.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = _plain(f"{template}_subject.txt", context).strip()
        if len(subject.splitlines()) > 1:
            raise BadHeaderError(f"The subject of {template} has several lines.")
        text = _plain(f"{template}.txt", context).strip() + "\n"
        html = get_template(f"{template}.html").render(dict(context))
    message = EmailMultiAlternatives(subject, text, to=[to], headers=dict(headers or {}))
    message.attach_alternative(html, "text/html")
    message.expires_at = expires_at  # type: ignore[attr-defined]  # for our backend
    written_for(message, reader)
    return message


def written_for(message: EmailMessage, reader: uuid.UUID | None) -> None:
    """Say whose mail it is, before it is sent."""
    message.reader = reader  # type: ignore[attr-defined]  # for our backend


def pretend(message: EmailMessage) -> None:
    """Do all that is done when `message` is sent, and send it to nobody: it has expired when a worker looks at it."""
    message.expires_at = timezone.now()  # type: ignore[attr-defined]
    get_connection(QUEUE_BACKEND).send_messages([message])


def _plain(name: str, context: Mapping[str, Any]) -> str:
    """A text that is no HTML: an apostrophe in a name stays one."""
    template: Any = get_template(name)
    rendered: str = template.template.render(Context(dict(context), autoescape=False))
    return rendered


def mail_create(**fields: Any) -> Any:
    """Keep one mail; its fields are those of a `Draft`."""
    (mail,) = mails_create([Draft(**fields)])
    return mail


def mails_create(drafts: Sequence["Draft"]) -> list[Any]:
    """Keep mails, and enqueue their jobs if there is a server. `ValidationError` on a bad address, and none is kept."""
    mails = [_row(draft) for draft in drafts]
    with transaction.atomic():
        Email.objects.bulk_create(mails)
        for mail, draft in zip(mails, drafts, strict=True):
            if draft.attachments:
                mail.attachments.add(*draft.attachments)
            if settings.MAIL_BACKEND:
                send_with_row(deliver_mail, mail.pk)
    return mails


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail as its row will say."""

    sender: str
    to: Sequence[str]
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()
    subject: str
    text: str
    html: str = ""
    headers: Mapping[str, str] | None = None
    attachments: Sequence[Any] = ()
    reader: uuid.UUID | None = None
    expires_at: datetime | None = None


def _row(draft: Draft) -> Any:
    now = timezone.now()
    mail = Email(
        from_email=draft.sender,
        to=list(draft.to),
        cc=list(draft.cc),
        bcc=list(draft.bcc),
        subject=draft.subject,
        message=draft.text,
        html_message=draft.html,
        headers=dict(draft.headers or {}),
        # The same at every attempt: a mail that comes twice is known by it.
        message_id=make_msgid(domain=parseaddr(draft.sender)[1].rpartition("@")[2] or "localhost"),
        priority=PRIORITY.medium,
        status=STATUS.queued if settings.MAIL_BACKEND else KEPT,
        scheduled_time=min(now, draft.expires_at or now),
        context=None if draft.reader is None else {READER: str(draft.reader)},
        expires_at=draft.expires_at,
    )
    mail.full_clean()
    return mail


def mail_claim(*, mail_id: int) -> Any:
    """Take a mail that is due and that nobody is sending. None if there is none: sent, taken, or to be tried later."""
    now = timezone.now()
    due = Q(scheduled_time__lte=now) | Q(scheduled_time=None)
    wanted = Q(expires_at=None) | Q(expires_at__gt=now)
    taken = Email.objects.filter(due, wanted, pk=mail_id, status__in=WAITING).update(
        status=STATUS.requeued,
        scheduled_time=now + lease(),
        number_of_retries=Coalesce(F("number_of_retries"), 0) + 1,
        last_updated=now,
    )
    if not taken:
        Email.objects.filter(pk=mail_id, status__in=WAITING, expires_at__lte=now).delete()
        return None
    return Email.objects.prefetch_related("attachments").filter(pk=mail_id).first()


def _mine(mail: Any) -> Any:
    """The row as long as this attempt is the current one."""
    return Email.objects.filter(pk=mail.pk, status=STATUS.requeued, number_of_retries=mail.number_of_retries)


def mail_sent(*, mail: Any) -> bool:
    """The server has taken the mail. False if it is no longer this attempt's."""
    if mail.expires_at is not None:
        return bool(_mine(mail).delete()[0])
    sent = _mine(mail).update(status=STATUS.sent, scheduled_time=None, last_updated=timezone.now())
    return bool(sent)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, an hour at most."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


@transaction.atomic
def mail_failed(*, mail: Any, error: Exception, reason: str, permanent: bool) -> bool:
    """An attempt has failed: try again after a pause, or give up. Keeps the reason of the last attempt.

    False if it is no longer this attempt's.
    """
    now = timezone.now()
    over = permanent or mail.number_of_retries >= settings.MAIL_MAX_ATTEMPTS
    changes: dict[str, Any] = {"status": STATUS.failed, "scheduled_time": None}
    if not over:
        changes = {"scheduled_time": now + pause_after(mail.number_of_retries)}
    if not _mine(mail).update(last_updated=now, **changes):
        return False
    Log.objects.filter(email_id=mail.pk).delete()
    Log.objects.create(
        email_id=mail.pk, status=STATUS.failed, exception_type=type(error).__name__, message=reason[:2000]
    )
    (log.error if over else log.warning)(
        "mail failed" if over else "mail not sent, comes again",
        mail=mail.pk,
        attempt=mail.number_of_retries,
        error=type(error).__name__,
        reason=reason[:200],
    )
    return True


@transaction.atomic
def mail_send_again(*, mail_id: int) -> bool:
    """Send a mail that failed, or that was kept while there was no server, from the first attempt on.

    False if it is in another state, or there is no server.
    """
    now = timezone.now()
    sendable = Q(status=STATUS.failed) | Q(status=KEPT)
    again = bool(settings.MAIL_BACKEND) and Email.objects.filter(sendable, pk=mail_id).update(
        status=STATUS.queued, scheduled_time=now, last_updated=now, number_of_retries=0
    )
    if again:
        send_with_row(deliver_mail, mail_id)
    return bool(again)


def publish_patience(mail: Any, now: datetime) -> timedelta:
    """How long a job of `mail` that was sent may take to be taken; longer the longer the mail waits."""
    due: datetime = mail.scheduled_time or mail.created
    return max(PUBLISH_PATIENCE, (now - due) / 2)


def mail_publish_again(*, mail: Any) -> bool:
    """Take on to send the job of `mail` once more; `mail_published_again` follows. False if another sweeper was faster.

    A sweeper that dies in between, or finds no broker, costs the mail no more than the first patience.
    """
    now = timezone.now()
    before, mail.last_updated = mail.last_updated, now + PUBLISH_PATIENCE - publish_patience(mail, now)
    as_seen = Email.objects.filter(pk=mail.pk, status__in=WAITING, last_updated=before)
    return bool(as_seen.update(last_updated=mail.last_updated))


def mail_published_again(*, mail: Any) -> None:
    """It was sent, and is left alone for a while, unless it has been taken already."""
    as_left = Email.objects.filter(pk=mail.pk, status__in=WAITING, last_updated=mail.last_updated)
    as_left.update(last_updated=timezone.now())


def mails_forget(addresses: Iterable[str], reader: uuid.UUID) -> None:
    """Delete what is kept of mails to these addresses, and of those to `reader`, sent or not: they have left."""
    mails_to(addresses).delete()
    Email.objects.filter(**{f"context__{READER}": str(reader)}).delete()


def forget_old_mails() -> int:
    """Delete mails, and files attached to them, whose time is over; none that still waits. Returns how many mails."""
    Email.objects.filter(expires_at__lte=timezone.now()).delete()
    until = timezone.now() - timedelta(days=settings.MAIL_RETENTION_DAYS)
    if settings.MAIL_BACKEND:
        waiting = Email.objects.filter(status__in=WAITING).order_by("created").values_list("created", flat=True).first()
        until = min(until, waiting) if waiting else until
    forgotten, _attachments = cleanup_expired_mails(until)
    return int(forgotten)


def delivery_connection() -> Any:
    """A new connection to the server, not opened."""
    return get_connection(settings.MAIL_BACKEND)
