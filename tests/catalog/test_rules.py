"""Who may do what with a project: role by state."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, Creator, Project, Role, Status
from showpiece.catalog.rules import Viewer, may
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

ALL = ["visitor", "member", "creator", "invited", "contributor", "maintainer", "coowner", "owner", "clerk", "superuser"]
TEAM = ["contributor", "maintainer", "coowner", "owner", "clerk", "superuser"]
# By action: who may with a project on display, and who with one that is not.
TABLE = {
    "see_project": (ALL, TEAM),
    "edit_project": (["maintainer", "coowner", "owner"],) * 2,
    "publish_project": (["coowner", "owner"],) * 2,
    "manage_contributors": (["coowner", "owner"],) * 2,
    "archive_project": (["coowner", "owner", "clerk", "superuser"],) * 2,
    "feature_project": (["clerk", "superuser"],) * 2,
    "rate_project": (["member", "creator", "invited", "clerk", "superuser"], []),
}
ROLES = {
    "coowner": Role.OWNER,
    "maintainer": Role.MAINTAINER,
    "contributor": Role.CONTRIBUTOR,
    "invited": Role.OWNER,
}
HIDDEN = ["draft", "scheduled", "archived", "archived category", "archived creator"]


def project_in(state: str) -> Project:
    later = timezone.now() + timedelta(hours=1)
    return ProjectFactory(
        status={"draft": Status.DRAFT, "archived": Status.ARCHIVED}.get(state, Status.PUBLISHED),
        category=CategoryFactory(status=Status.ARCHIVED if state == "archived category" else Status.PUBLISHED),
        creator=CreatorFactory(status=Status.ARCHIVED if state == "archived creator" else Status.PUBLISHED),
        **({"published_at": later} if state == "scheduled" else {}),
    )


def viewer_as(name: str, project: Project) -> Viewer:
    if name == "visitor":
        return AnonymousUser()
    if name == "owner":
        return project.creator.user
    if name == "creator":
        return CreatorFactory().user
    if name == "clerk":
        user = UserFactory(is_staff=True)
        codenames = ["view_project", "change_project", "delete_project"]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        return user
    if name == "superuser":
        return UserFactory(is_staff=True, is_superuser=True)
    user = UserFactory()
    if role := ROLES.get(name):
        accepted = None if name == "invited" else timezone.now()
        Contributor.objects.create(project=project, user=user, role=role, accepted_at=accepted)
    return user


@pytest.mark.parametrize("state", ["displayed", *HIDDEN])
@pytest.mark.parametrize("action", TABLE)
def test_who_may(action: str, state: str) -> None:
    project = project_in(state)
    allowed = [name for name in ALL if may(f"catalog.{action}", viewer_as(name, project), project)]
    assert allowed == [name for name in ALL if name in TABLE[action][state != "displayed"]]


@pytest.mark.parametrize("permission", ["view_project", "change_project", "delete_project"])
def test_each_permission_allows_its_own_action(permission: str) -> None:
    user: User = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename=permission))
    project = project_in("draft")
    allowed = {action for action in TABLE if may(f"catalog.{action}", user, project)}
    actions = {"view_project": "see_project", "change_project": "feature_project", "delete_project": "archive_project"}
    assert allowed == {actions[permission]}


def test_permission_without_the_staff_flag_is_none() -> None:
    user = UserFactory()
    user.user_permissions.set(Permission.objects.filter(codename="delete_project"))
    assert not may("catalog.archive_project", user, project_in("displayed"))


def test_one_creator_page_a_person_and_projects_with_one_alone() -> None:
    member, creator = UserFactory(), CreatorFactory()
    gone = CreatorFactory(status=Status.ARCHIVED)
    viewers = {"visitor": AnonymousUser(), "member": member, "creator": creator.user, "gone": gone.user}
    asked = {"start": "catalog.start_project", "become": "catalog.become_creator"}
    rights = {name: [what for what, rule in asked.items() if may(rule, user)] for name, user in viewers.items()}
    assert rights == {"visitor": [], "member": ["become"], "creator": ["start"], "gone": []}


def test_creator_page_is_edited_by_its_owner_while_it_is_on_display() -> None:
    creator: Creator = CreatorFactory()
    assert may("catalog.edit_creator", creator.user, creator)
    assert not may("catalog.edit_creator", CreatorFactory().user, creator)
    creator.status = Status.ARCHIVED
    assert not may("catalog.edit_creator", creator.user, creator)
