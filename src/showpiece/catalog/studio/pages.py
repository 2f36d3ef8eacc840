"""The pages about one project in the studio. Other rooms add theirs; this room knows none of them."""

from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise

from showpiece.catalog.models import Project
from showpiece.catalog.rules import Viewer


class Part(NamedTuple):
    """A page of another room. `url_name` takes the project's id; `allowed` says who is shown the way to it."""

    tab: str
    title: str | Promise
    url_name: str
    allowed: Callable[[Viewer, Project], bool]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Add a page. Registering a tab again replaces it."""
    _parts[part.tab] = part


def others(viewer: Viewer, project: Project) -> list[Part]:
    """Those that `viewer` may open."""
    return [part for part in _parts.values() if part.allowed(viewer, project)]
