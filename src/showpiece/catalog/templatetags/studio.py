"""What the pages of the studio need."""

from typing import TypedDict

from django import template
from django.forms import BoundField
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from showpiece.catalog.models import Project
from showpiece.catalog.rules import Viewer, may
from showpiece.catalog.studio.conflict import Conflict, Difference
from showpiece.catalog.studio.pages import others

register = template.Library()


class StudioPage(TypedDict):
    tab: str
    title: str
    url: str


@register.simple_tag
def studio_pages(project: Project, viewer: Viewer) -> list[StudioPage]:
    """The pages about one project, in order; those of other rooms before its history."""
    parts = {
        "details": ("studio_project", _("Details")),
        "gallery": ("studio_gallery", _("Gallery")),
        "versions": ("studio_versions", _("Versions")),
        "people": ("studio_people", _("People")),
        **{part.tab: (part.url_name, str(part.title)) for part in others(viewer, project)},
        "history": ("studio_history", _("History")),
    }
    return [
        {"tab": tab, "title": title, "url": reverse(name, args=[project.pk])} for tab, (name, title) in parts.items()
    ]


@register.filter
def state_name(state: str) -> str:
    """The word for one of the states by which the studio's list can be cut down."""
    names = {
        "draft": pgettext("projects", "Drafts"),
        "scheduled": pgettext("projects", "Scheduled"),
        "published": pgettext("projects", "On display"),
        "archived": pgettext("projects", "Archived"),
    }
    return names[state]


@register.simple_tag
def difference(conflict: Conflict | None, field: BoundField) -> Difference | None:
    """What somebody else has saved in that field, if it is not what is typed there."""
    return conflict.differences.get(field.name) if conflict else None


@register.simple_tag
def studio_door(viewer: Viewer) -> dict[str, str]:
    """Where somebody on a list of projects goes to show their own: one query for whoever is signed in, else none."""
    if may("catalog.start_project", viewer):
        return {"page": "studio_project_new", "text": _("New project")}
    return {"page": "studio_join", "text": _("Become a creator")}
