"""Who reaches which page of the studio: role by page, over HTTP."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from showpiece.catalog.models import Contributor, Project, Role, Status
from tests.catalog.studio import draft, signed_in, url, works_on
from tests.factories import CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

WHO = ["visitor", "member", "invited", "contributor", "maintainer", "coowner", "owner", "clerk", "superuser"]
# By page: who is let in. Everybody else gets 404, or 403 if they may see the project.
EDITORS = ["maintainer", "coowner", "owner"]
OWNERS = ["coowner", "owner"]
PAGES: dict[str, tuple[str, list[str]]] = {
    "studio_project": ("get", EDITORS),
    "studio_draft": ("post", EDITORS),
    "studio_draft_discard": ("post", EDITORS),
    "studio_markdown": ("post", EDITORS),
    "studio_people": ("get", EDITORS),
    "studio_history": ("get", EDITORS),
    "studio_preview_renew": ("post", EDITORS),
    "studio_publish": ("post", OWNERS),
    "studio_unschedule": ("post", OWNERS),
    "studio_archive": ("get", [*OWNERS, "clerk", "superuser"]),
    "studio_restore": ("post", [*OWNERS, "clerk", "superuser"]),
}
SEE_DRAFTS = ["contributor", "maintainer", "coowner", "owner", "clerk", "superuser"]
ROLES = {"contributor": Role.CONTRIBUTOR, "maintainer": Role.MAINTAINER, "coowner": Role.OWNER}


def client_as(who: str, project: Project) -> Client:
    if who == "visitor":
        return Client()
    if who == "owner":
        return signed_in(project.creator.user)
    user = UserFactory(is_staff=who in ("clerk", "superuser"), is_superuser=who == "superuser")
    if who in ROLES:
        works_on(project, user, ROLES[who])
    if who == "invited":
        Contributor.objects.create(project=project, user=user, role=Role.OWNER)
    if who == "clerk":
        codenames = ["view_project", "change_project", "delete_project"]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return signed_in(user)


def status(client: Client, method: str, path: str) -> int:
    response = getattr(client, method)(path)
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return 401
    return 200 if response.status_code == 302 else int(response.status_code)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("on_display", [True, False])
def test_who_is_let_in(name: str, on_display: bool) -> None:
    method, allowed = PAGES[name]
    got, wanted = {}, {}
    for who in WHO:
        project = ProjectFactory(description="x") if on_display else draft()
        got[who] = status(client_as(who, project), method, url(name, project))
        sees = on_display or who in SEE_DRAFTS
        wanted[who] = 401 if who == "visitor" else 200 if who in allowed else 403 if sees else 404
    assert got == wanted


@pytest.mark.parametrize("name", PAGES)
def test_project_that_is_not_there_is_404(name: str) -> None:
    assert status(signed_in(CreatorFactory().user), PAGES[name][0], url(name, uuid.uuid4())) == 404


@pytest.mark.parametrize(("who", "wanted"), [("maintainer", 403), ("coowner", 200), ("member", 404), ("clerk", 403)])
@pytest.mark.parametrize("name", ["studio_person_role", "studio_person_remove"])
def test_who_says_who_works_on_it(name: str, who: str, wanted: int) -> None:
    project = draft()
    somebody = works_on(project, UserFactory())
    client = client_as(who, project)
    assert status(client, "post", url(name, project, somebody)) == wanted
    if wanted == 200 and name == "studio_person_remove":
        assert not Contributor.objects.filter(pk=somebody.pk).exists()


def test_person_of_another_project_is_404() -> None:
    project, other = draft(), draft()
    somebody = works_on(other, UserFactory())
    client = signed_in(project.creator.user)
    for name in ("studio_person_role", "studio_person_remove"):
        assert client.post(url(name, project, somebody), {"role": "owner"}).status_code == 404
    assert Contributor.objects.get(pk=somebody.pk).role == Role.MAINTAINER


def test_change_of_another_project_is_404() -> None:
    project, other = draft(), draft()
    change = other.history.first()
    client = signed_in(project.creator.user)
    assert client.get(url("studio_change", project, change.pk)).status_code == 404


@pytest.mark.parametrize("name", ["studio_publish", "studio_unschedule", "studio_restore", "studio_draft"])
def test_what_changes_something_is_no_get(name: str) -> None:
    project = draft()
    assert signed_in(project.creator.user).get(url(name, project)).status_code == 405


def test_page_of_the_studio_is_not_kept_by_browsers() -> None:
    project = draft()
    client = signed_in(project.creator.user)
    paths = [
        url("studio"),
        url("studio_project", project),
        url("studio_people", project),
        url("studio_history", project),
    ]
    answers: list[Any] = [client.get(path) for path in paths]
    assert all("no-store" in answer["Cache-Control"] for answer in answers)


def test_owner_of_an_archived_page_edits_and_shows_nothing_more() -> None:
    """Their own projects they still see: nothing is taken away, only from the display."""
    project = draft(creator=CreatorFactory(status=Status.ARCHIVED))
    client = signed_in(project.creator.user)
    assert client.get(url("studio_project", project)).status_code == 200
    assert client.post(url("studio_publish", project)).status_code == 302
    assert Client().get(project.get_absolute_url()).status_code == 404
