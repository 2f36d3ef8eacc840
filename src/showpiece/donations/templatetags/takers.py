"""Links to what was given to."""

from django import template

from showpiece.catalog.display import is_on_display
from showpiece.catalog.models import Project

register = template.Library()


@register.filter
def has_page(project: Project) -> bool:
    """Whether there is a page of it that anybody may see."""
    return is_on_display(project)
