"""The mail server, from its URL."""

from email.utils import parseaddr
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import URLValidator, validate_email

# What mail is handed to: a row in the database, in the transaction that causes it. A job sends it.
QUEUE_BACKEND = "showpiece.mail.backends.QueueBackend"
SMTP_BACKEND = "showpiece.mail.backends.SmtpBackend"
PORTS = {"plain": 25, "starttls": 587, "ssl": 465}


def mail_server(url: str) -> dict[str, Any]:
    """Django's `EMAIL_…` settings for the server at `url`, for "" none. Raises `ValueError` for an URL of no server.

    `MAIL_BACKEND` is the class that talks to it, "" without a server.
    """
    if not url:
        return {"MAIL_BACKEND": ""}
    try:
        parsed: dict[str, Any] = environ.Env.email_url_config(url)
    except (ImproperlyConfigured, ValueError) as error:
        raise ValueError(f"EMAIL_URL: {error}") from error
    backend = parsed.pop("EMAIL_BACKEND")
    parsed |= {name: value for name, value in parsed.pop("OPTIONS", {}).items() if name.startswith("EMAIL_")}
    if backend == "django.core.mail.backends.smtp.EmailBackend":
        backend = SMTP_BACKEND
        if not parsed["EMAIL_HOST"]:
            raise ValueError("EMAIL_URL: it names no host")
        secure = "ssl" if parsed.get("EMAIL_USE_SSL") else "starttls" if parsed.get("EMAIL_USE_TLS") else "plain"
        parsed["EMAIL_PORT"] = parsed["EMAIL_PORT"] or PORTS[secure]
    return {**{name: value for name, value in parsed.items() if value is not None}, "MAIL_BACKEND": backend}


def sender(text: str) -> str:
    """`text` if it is an address, with or without a name. Raises `ValueError` for any other."""
    try:
        validate_email(parseaddr(text)[1])
    except ValidationError as error:
        raise ValueError(f"DEFAULT_FROM_EMAIL: {text!r} is no address") from error
    return text


def site_address(text: str) -> str:
    """`text` without the last slash, if links can begin with it. Raises `ValueError` for any other."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError as error:
        raise ValueError(f"SITE_URL: {text!r} is no address like https://shop.example.org") from error
    return text.rstrip("/")
