"""Mails about an account that ends."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from showpiece.accounts.models import User


def send(template: str, user: User, context: Mapping[str, Any], language: str) -> None:
    """Render `NAME_subject.txt`, `NAME.txt` and `NAME.html` in the reader's language and send it."""
    values = {"name": " ".join(user.get_short_name().split()), "days": settings.DELETION_GRACE_DAYS, **context}
    with translation.override(language or settings.LANGUAGE_CODE):
        subject, text, html = (
            render_to_string(f"{template}{part}", values) for part in ("_subject.txt", ".txt", ".html")
        )
    message = EmailMultiAlternatives(" ".join(subject.split()), text.strip() + "\n", to=[user.email])
    message.attach_alternative(html, "text/html")
    message.send()
