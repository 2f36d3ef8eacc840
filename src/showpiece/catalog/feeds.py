"""The newest projects for feed readers: of all, of a category, of a creator; RSS, and Atom under `atom/`."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from showpiece.catalog import selectors
from showpiece.catalog.models import Category, Creator, Project

NEWEST = 20
Shown = Category | Creator | None


class ProjectFeed(Feed):  # type: ignore[type-arg]
    """RSS of a list: its newest projects."""

    def get_object(self, request: HttpRequest, slug: str = "", name: str = "") -> Shown:
        if slug:
            return get_object_or_404(selectors.visible_categories(), slug=slug)
        return get_object_or_404(selectors.visible_creators(), slug=name) if name else None

    def title(self, shown: Shown) -> str:
        return f"{shown.shown_name} · Showpiece" if shown else _("New projects · Showpiece")

    def link(self, shown: Shown) -> str:
        return shown.get_absolute_url() if shown else reverse("project_list")

    def description(self, shown: Shown) -> str:
        if isinstance(shown, Creator):
            return _("Projects by %(name)s.") % {"name": shown.shown_name}
        return shown.shown_description if shown else _("All projects on display, the newest first.")

    subtitle = description

    def items(self, shown: Shown) -> QuerySet[Project]:
        projects = selectors.project_cards()
        if isinstance(shown, Category):
            projects = projects.filter(category=shown)
        elif isinstance(shown, Creator):
            projects = projects.filter(creator=shown)
        return projects.order_by("-published_at", "-pk")[:NEWEST]

    def item_title(self, item: Any) -> str:
        return str(item.shown_name)

    def item_description(self, item: Project) -> str:
        return item.shown_summary

    def item_pubdate(self, item: Project) -> datetime | None:
        return item.published_at

    item_updateddate = item_pubdate

    def item_author_name(self, item: Project) -> str:
        return item.creator.shown_name


class AtomProjectFeed(ProjectFeed):
    """The same as Atom."""

    feed_type = Atom1Feed
