"""Sending one mail, in a worker."""

import smtplib
from contextlib import suppress

import structlog
from django.conf import settings

from showpiece.mail import services

log = structlog.get_logger(__name__)

# The server wants us to sign in first, or in another way: our fault and no mail's, and it can be put right.
NOT_SIGNED_IN = {530, 534, 535, 538}


def deliver(mail_id: int) -> None:
    """Take the mail, hand it to the server, write down how it went. Returns at once when there is nothing to do."""
    if not settings.MAIL_BACKEND:
        return
    mail = services.mail_claim(mail_id=mail_id)
    if mail is None:
        return
    try:
        message = mail.email_message()
    except Exception as error:
        log.exception("mail cannot be made", mail=mail_id)
        services.mail_failed(mail=mail, error=error, reason=str(error), permanent=True)
        return
    connection = services.delivery_connection()
    reached = False
    try:
        connection.open()
        reached = True
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001  # whatever it is, the mail must not be lost
        permanent = reached and is_permanent(error)  # a server that cannot be reached has refused no mail
        services.mail_failed(mail=mail, error=error, reason=reason_of(error), permanent=permanent)
    else:
        # Before the farewell: the server has it, and nothing that follows may let it be sent again.
        services.mail_sent(mail=mail)
    finally:
        with suppress(Exception):
            connection.close()


def is_permanent(error: Exception) -> bool:
    """Whether the server will say the same next time: it refused this very mail with a code of 5xx (RFC 5321)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(_is_final(code) for code, _text in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return _is_final(error.smtp_code)
    return isinstance(error, ValueError)  # the mail cannot be written out


def _is_final(code: int) -> bool:
    return 500 <= code < 600 and code not in NOT_SIGNED_IN


def reason_of(error: Exception) -> str:
    """What went wrong, in the server's words where it had some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_text(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(text.split())
