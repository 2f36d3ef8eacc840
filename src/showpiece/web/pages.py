"""Pages that show several rooms at once."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from showpiece.accounts import selectors as accounts
from showpiece.accounts.models import User
from showpiece.accounts.rules import may, profile_of
from showpiece.catalog import media_selectors as media
from showpiece.catalog import selectors as catalog
from showpiece.catalog.lists import MOST_COUNTED
from showpiece.catalog.models import Contributor, Creator, Project
from showpiece.catalog.neighbours import neighbours
from showpiece.catalog.project_selectors import contributors_of, project_by_preview_key, project_for, tags_of
from showpiece.catalog.rules import displayed
from showpiece.catalog.rules import may as may_project
from showpiece.catalog.views import project_page
from showpiece.demos import selectors as demos
from showpiece.demos.forms import form_for
from showpiece.demos.models import Demo
from showpiece.donations.walls import support_of, supporters_of
from showpiece.orders import selectors as orders
from showpiece.orders.baskets import visitors_cart_id
from showpiece.orders.bundles import bundles_of, bundles_with, knowing_bundles
from showpiece.web.linked_data import linked_data
from showpiece.web.social import social_image_url

LIVE, FRESH, MORE, FEATURED = 3, 4, 6, 3
PLACES = LIVE + FRESH + MORE


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """The shop window: what the staff feature, what can be tried, then the newest."""
    newest = catalog.project_cards().order_by("-published_at", "-pk")
    first = _with_demos(list(newest[: PLACES + 1]))
    featured = _with_demos(list(catalog.featured_projects()[:FEATURED]))
    # What runs here comes first, what will run soon next.
    if len(first) <= PLACES:  # a small shop has been read whole
        count = len(first)
        local = [demo for project in first if (demo := demos.demo_of(project)) and demo.kind == Demo.Kind.LOCAL]
        runs = [demo.project for demo in sorted(local, key=lambda demo: demo.state)]
    else:
        count = catalog.bounded_count(catalog.on_display(), MOST_COUNTED, named="all")
        runs = _with_demos(catalog.projects_to_try(LIVE))
    live = list(dict.fromkeys([*featured, *runs]))[:LIVE]
    others = [project for project in first[:PLACES] if project not in live]
    context = {
        "live": live,
        "fresh": others[:FRESH],
        "more": others[FRESH : FRESH + MORE],
        "categories": catalog.shelves(),
        "project_count": min(count, MOST_COUNTED),
        "counted_all": count <= MOST_COUNTED,
    }
    return render(request, "web/front.html", context)


def _with_demos(projects: list[Project]) -> list[Project]:
    for project in projects:
        demos.demo_of(project)
    return projects


@require_safe
def project(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """A project, with its demo in place. What is not on display those see who work on it, and staff."""
    found, people = project_for(request.user, creator, project, media=True)
    return _project_page(request, found, people)


@require_safe
def project_preview(request: HttpRequest, pk: uuid.UUID, key: str) -> HttpResponse:
    """A project that is still to be published, for whoever has the secret link."""
    found = project_by_preview_key(pk, key)
    if displayed(request.user, found):
        return redirect(found)
    return _project_page(request, found, contributors_of(found))


def _project_page(request: HttpRequest, project: Project, people: list[Contributor]) -> HttpResponse:
    response = render(request, "web/project.html", project_context(request, project, people))
    if not displayed(request.user, project):
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"  # the address may be a secret
        add_never_cache_headers(response)
    return response


def project_context(request: HttpRequest, project: Project, people: list[Contributor]) -> dict[str, Any]:
    """What `web/project.html` shows of a project, to whoever may see it."""
    viewer = request.user
    is_displayed = displayed(viewer, project)
    demo = demos.demo_of(project)
    standing = _standing(request, project) if is_displayed else None
    tags, absolute = tags_of(project), request.build_absolute_uri
    beside = neighbours(project, tags)
    return {
        "project": project,
        "people": people,
        "is_displayed": is_displayed,
        # What is not on display cannot be run.
        "demo": demo if is_displayed else None,
        "demo_waits": not is_displayed and demo is not None and demo.kind == Demo.Kind.LOCAL,
        "form": form_for(demo) if demo and is_displayed else None,
        "related": beside.own,
        "similar": beside.similar,
        "tags": tags,
        "gallery": media.gallery(project),
        "releases": media.newest_releases(project),
        # What is not on display cannot be bought.
        "standing": standing,
        # What is not on display gets nothing, and shows nobody who gave.
        "support": support_of(project) if is_displayed else None,
        "bundles": bundles_with(project) if standing and standing.is_bundled else [],
        "stars": [1, 2, 3, 4, 5],
        "may_rate": may_project("catalog.rate_project", viewer, project),
        "may_edit": may_project("catalog.edit_project", viewer, project),
        "may_archive": may_project("catalog.archive_project", viewer, project),
        "may_restore": not project.archived_by_staff or may_project("catalog.restore_any_project", viewer, project),
        "may_feature": may_project("catalog.feature_project", viewer, project),
        "social_image": absolute(social_image_url(project)),
        "linked_data": linked_data(project, tags, absolute),
    }


def _standing(request: HttpRequest, project: Project) -> orders.Standing:
    """What the visitor has to do with it already: whether it is in their cart, or bought."""
    member = request.user if request.user.is_authenticated else None
    return orders.standing_of(project, member, None if member else visitors_cart_id(request))


@require_safe
def about(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """What stands behind a demo: the sections of its About page."""
    demo = demos.visible_demo(creator, project)
    context = {"project": demo.project, "demo": demo, "sections": demos.about_sections(demo)}
    return render(request, "web/about.html", context)


@require_safe
def person(request: HttpRequest, name: str) -> HttpResponse:
    """A person, and what they show if they are a creator.

    The address of a creator is that of their projects; everybody else's is their username. Other ways of writing it
    lead there.
    """
    found, creator = _person_named(name)
    if found is None or not may("accounts.view_person", request.user, found):
        raise Http404(name)
    address = creator.get_absolute_url() if creator else found.get_absolute_url()
    if request.path != address:
        return redirect(request.get_full_path().replace(request.path, address, 1))
    profile = profile_of(found)
    bio, about = profile.bio if profile else "", creator.shown_about if creator else ""
    context = {
        "person": found,
        "profile": profile,
        "name": creator.shown_name if creator else str(found),
        "handle": creator.slug if creator else found.username,
        "intro": bio or about,
        "about": about if bio else "",
        "links": profile.links.all() if profile else [],
        "may_edit": may("accounts.edit_profile", request.user, found),
        "creator": creator,
        "feed_of": address if creator else "",
        "bundles": bundles_of(creator) if creator else [],
        "supporters": supporters_of(creator) if creator else None,
        "page": project_page(request, catalog.project_cards().filter(creator=creator)) if creator else None,
    }
    return render(request, "web/person.html", context)


def _person_named(name: str) -> tuple[User | None, Creator | None]:
    if creator := knowing_bundles(catalog.visible_creators()).filter(slug=name).first():
        return accounts.person_with(creator.user_id), creator
    if found := accounts.person_named(name):
        return found, knowing_bundles(catalog.visible_creators()).filter(user=found).first()
    return None, None
