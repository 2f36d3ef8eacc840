"""`{% load text %}{{ project.shown_description|markdown }}`"""

from django import template
from django.utils.safestring import SafeString

from showpiece.web.markdown import render_markdown

register = template.Library()


@register.filter
def markdown(source: str | None) -> SafeString:
    return render_markdown(str(source or ""))
