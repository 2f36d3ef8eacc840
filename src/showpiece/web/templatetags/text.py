"""`{% load text %}{{ project.shown_description|markdown }}`"""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from showpiece.web.markdown import render_markdown

register = template.Library()
# As django.utils.html.json_script: no text can end the element.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def markdown(source: str | None) -> SafeString:
    return render_markdown(str(source or ""))


@register.filter
def lang(row: Any, field: str) -> SafeString:
    """The attribute `lang` for a text that is not in the language of the page: screen readers say it right."""
    language = row.language_of(field)
    return SafeString("") if language == get_language() else format_html('lang="{}"', language)


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """A block of JSON-LD: data, which our policy for scripts does not concern."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 - escaped above
