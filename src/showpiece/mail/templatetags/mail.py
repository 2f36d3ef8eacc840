"""What mails need, absolute addresses and styled elements; and what pages ask about mails."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from showpiece.mail import selectors
from showpiece.mail.models import MailState
from showpiece.mail.styles import STYLES

register = template.Library()


@register.simple_tag
def mail_style(name: str) -> SafeString:
    """`class` and `style` of an element of a mail: h1, h2, p, small, ul, li, a, code, and those of the frame."""
    class_name, style = STYLES[name]
    return format_html('class="{}" style="{}"', class_name, style) if class_name else format_html('style="{}"', style)


@register.simple_tag
def site_url(name: str = "", *args: Any) -> str:
    """The absolute address of a page by its name, or of the site."""
    return f"{settings.SITE_URL}{reverse(name, args=args) if name else '/'}"


@register.inclusion_tag("mail/_button.html")
def mail_button(url: str, text: str) -> dict[str, str]:
    """A button that leads to `url`, and the address itself for those whose client shows no button."""
    return {"url": url, "text": text}


@register.filter
def mail_state(mail: Any) -> MailState:
    """What has become of a mail."""
    return MailState.of(mail)


@register.filter
def may_read_mail(user: Any) -> bool:
    """Whether the inbox is for `user`."""
    return selectors.may_read_mail(user)
