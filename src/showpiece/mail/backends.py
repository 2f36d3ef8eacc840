"""Where Django's mail goes: into the database first, and from there to the server."""

import smtplib
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import forbid_multi_line_headers
from post_office.backends import EmailBackend
from post_office.utils import create_attachments

from showpiece.mail import services

log = structlog.get_logger(__name__)


class QueueBackend(EmailBackend):  # type: ignore[misc]
    """Keeps each mail as a row of post_office, inside the transaction that causes it, and enqueues its job.

    post_office's own backend renders subject and text as a template once more, so that somebody called `{% now "Y" %}`
    would be taken at their word, and `{% oops` would be an error. Here they are kept as they come.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Returns how many were kept. Raises `BadHeaderError`, and keeps none, if a header holds a line break."""
        for message in email_messages:
            _check(message)  # what cannot be sent is told to who sends it, not to the job
        services.mails_create([_draft(message) for message in email_messages])
        return len(email_messages)


def _check(message: EmailMessage) -> None:
    """`BadHeaderError` for a line break in a header, `ValueError` for what is no address. Django says so when it writes
    a whole message, which takes longer than all the rest and is the job's."""
    headers: dict[str, Any] = {
        "Subject": message.subject,
        "From": message.from_email,
        "Reply-To": ", ".join(message.reply_to),
    }
    headers |= {"To": ", ".join(message.to), "Cc": ", ".join(message.cc)} | message.extra_headers
    for name, value in headers.items():
        forbid_multi_line_headers(name, value, message.encoding)


def _draft(message: EmailMessage) -> services.Draft:
    html = [body for body, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    headers = dict(message.extra_headers)
    if message.reply_to:
        headers.setdefault("Reply-To", ", ".join(message.reply_to))
    return services.Draft(
        sender=message.from_email,
        to=_addresses(message.to),
        cc=_addresses(message.cc),
        bcc=_addresses(message.bcc),
        subject=str(message.subject),
        text=str(message.body),
        html=str(html[0]) if html else "",
        headers=headers,
        attachments=create_attachments(_files(message)) if message.attachments else [],
        reader=getattr(message, "reader", None),
        expires_at=getattr(message, "expires_at", None),
    )


def _addresses(recipients: Sequence[str]) -> list[str]:
    """Addresses alone where a name holds a comma: post_office keeps them as a list with commas."""
    return [parseaddr(one)[1] if "," in one else one for one in recipients]


def _files(message: EmailMessage) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for attachment in message.attachments:
        if not isinstance(attachment, tuple):
            raise TypeError("Attach a name, the content and its type.")
        name, content, kind = attachment
        content = content.encode() if isinstance(content, str) else content
        files[str(name)] = {"file": ContentFile(content), "mimetype": kind or ""}
    return files


class _Limited:
    """A session that ends after a while, whatever the server does: a time-out is for one answer, and an answer that
    comes a byte at a time never runs out of it."""

    sock: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._limit = threading.Timer(services.session_seconds(), self._cut)
        self._limit.daemon = True
        self._limit.start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._limit.cancel()
            raise

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.sock.shutdown(2)

    def close(self) -> None:
        self._limit.cancel()
        super().close()  # type: ignore[misc]  # of smtplib.SMTP

    def sendmail(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As smtplib's, which tells of some refused recipients among others only here."""
        refused: dict[str, Any] = super().sendmail(*args, **kwargs)  # type: ignore[misc]
        if refused:
            log.error("mail refused for some recipients", recipients=len(refused))
        return refused


class _Smtp(_Limited, smtplib.SMTP):
    pass


class _SmtpSsl(_Limited, smtplib.SMTP_SSL):
    pass


class SmtpBackend(smtp.EmailBackend):
    """Django's SMTP with a limit on the whole session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["timeout"] = settings.MAIL_TIMEOUT
        super().__init__(*args, **kwargs)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Smtp

    def close(self) -> None:
        """End the session. What the server says to that matters to nobody: the mail is with it or it is not."""
        with suppress(OSError, smtplib.SMTPException, ssl.SSLError):
            super().close()
        self.connection = None
