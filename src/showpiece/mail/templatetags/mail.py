"""What mails need. Looks come with the frame of all mails."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def mail_style(name: str) -> str:
    """The attributes of an element of a mail."""
    return ""


@register.simple_tag
def mail_button(url: str, text: str) -> SafeString:
    """A link that stands out, and its address."""
    return format_html('<p><a href="{}">{}</a></p><p>{}</p>', url, text, url)
