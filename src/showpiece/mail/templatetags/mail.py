"""What mails need, absolute addresses and styled elements; and what pages ask about mails."""

from typing import Any

from django import template
from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.base import Parser, TextNode, Token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from showpiece.mail import selectors
from showpiece.mail.models import MailState
from showpiece.mail.styles import STYLES
from showpiece.web.markdown import render_markdown

register = template.Library()


@register.tag
def mail_style(parser: Parser, token: Token) -> TextNode:
    """`class` and `style` of an element of a mail: h1, h2, p, small, ul, li, a, code, and those of the frame.

    Written when the template is read: a mail has dozens of them.
    """
    name = token.contents.partition(" ")[2].strip("\"' ")
    if name not in STYLES:
        raise TemplateSyntaxError(f"{token.contents}: no element of a mail")
    class_name, style = STYLES[name]
    return TextNode(
        format_html('class="{}" style="{}"', class_name, style) if class_name else format_html('style="{}"', style)
    )


@register.simple_tag
def site_url(name: str = "", *args: Any) -> str:
    """The absolute address of a page by its name, or of the site."""
    return f"{settings.SITE_URL}{reverse(name, args=args) if name else '/'}"


@register.inclusion_tag("mail/_button.html")
def mail_button(url: str, text: str) -> dict[str, str]:
    """A button that leads to `url`, and the address itself for those whose client shows no button."""
    return {"url": url, "text": text}


@register.filter
def mail_markdown(source: str) -> SafeString:
    """Markdown as on pages, with whole addresses: a mail stands on no site."""
    return SafeString(render_markdown(source).replace('href="/', f'href="{settings.SITE_URL}/'))


@register.filter
def mail_state(mail: Any) -> MailState:
    """What has become of a mail."""
    return MailState.of(mail)


@register.filter
def may_read_mail(user: Any) -> bool:
    """Whether the inbox is for `user`."""
    return selectors.may_read_mail(user)
