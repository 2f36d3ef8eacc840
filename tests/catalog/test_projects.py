"""What becomes of a project: changed, published, scheduled, archived, restored; and who works on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from showpiece.catalog import selectors, services
from showpiece.catalog.models import Contributor, Project, ProjectDraft, Role, Status, Tag
from tests.factories import CategoryFactory, ContributorFactory, CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def draft(**fields: Any) -> Project:
    usual = {"status": Status.DRAFT, "published_at": None, "description": "What it does."}
    return ProjectFactory(**usual | fields)


def is_listed(project: Project) -> bool:
    return selectors.on_display().filter(pk=project.pk).exists()


def test_second_of_two_who_edit_at_once_hears_of_the_first() -> None:
    project = draft()
    mine, theirs = Project.objects.get(pk=project.pk), Project.objects.get(pk=project.pk)
    services.project_change(project=theirs, actor=None, revision=theirs.revision, name="Theirs")
    with pytest.raises(services.EditConflict) as caught:
        services.project_change(project=mine, actor=None, revision=mine.revision, name="Mine", tags=["lost"])
    assert caught.value.current.name == "Theirs"
    assert not project.tags.exists()
    services.project_change(project=mine, actor=None, revision=caught.value.current.revision, name="Mine")
    assert Project.objects.get(pk=project.pk).name == "Mine"


def test_history_tells_who_changed_what() -> None:
    editor = UserFactory()
    project = services.project_create(creator=CreatorFactory(), category=CategoryFactory(), slug="a", name="Before")
    services.project_change(project=project, actor=editor, revision=1, name="After")
    last, first = project.history.all()
    assert (last.history_user, first.history_user) == (editor, None)
    (change,) = last.diff_against(first).changes
    assert (change.field, change.old, change.new) == ("name", "Before", "After")


def test_save_that_fails_leaves_everything_as_it_was() -> None:
    project = draft(name="Kept")
    project.tags.set(["old"])
    with pytest.raises(ValidationError):
        services.project_change(project=project, actor=None, revision=1, name="New", tags=["x" * 31])
    kept = Project.objects.get(pk=project.pk)
    assert (kept.name, kept.revision, [tag.name for tag in kept.tags.all()]) == ("Kept", 1, ["old"])


def test_save_drops_what_was_typed_by_the_same_person_alone() -> None:
    project, me, other = draft(), UserFactory(), UserFactory()
    for user in (me, other):
        ProjectDraft.objects.create(project=project, user=user, revision=1, data={"name": "typed"})
    services.project_change(project=project, actor=me, revision=1, name="Saved")
    assert [row.user for row in ProjectDraft.objects.all()] == [other]


def test_tags_are_one_whatever_their_case_and_blanks() -> None:
    one, two = draft(), draft()
    for project, tags in ((one, ["Maps", " maps ", "open  data"]), (two, ["MAPS"])):
        services.project_change(project=project, actor=None, revision=1, tags=tags)
    assert {tag.name for tag in one.tags.all()} == {"Maps", "open data"}
    assert [tag.name for tag in two.tags.all()] == ["Maps"]
    assert Tag.objects.count() == 2


@pytest.mark.parametrize("missing", ["summary", "description"])
def test_publishing_tells_what_is_missing(missing: str) -> None:
    project = draft(**{missing: " "})
    with pytest.raises(ValidationError) as caught:
        services.project_publish(project=project, actor=None)
    assert list(caught.value.message_dict) == [missing]
    assert Project.objects.get(pk=project.pk).status == Status.DRAFT


def test_archived_category_takes_no_new_project() -> None:
    project = draft(category=CategoryFactory(status=Status.ARCHIVED))
    with pytest.raises(ValidationError) as caught:
        services.project_publish(project=project, actor=None)
    assert list(caught.value.message_dict) == ["category"]


def test_what_is_on_display_cannot_be_emptied() -> None:
    project = services.project_publish(project=draft(), actor=None)
    with pytest.raises(ValidationError) as caught:
        services.project_change(project=project, actor=None, revision=project.revision, description="")
    assert list(caught.value.message_dict) == ["description"]


def test_published_once_keeps_its_date_and_its_address() -> None:
    project = services.project_publish(project=draft(), actor=None)
    again = services.project_publish(project=project, actor=None)
    assert again.published_at == project.published_at
    with pytest.raises(ValidationError) as caught:
        services.project_change(project=again, actor=None, revision=again.revision, slug="elsewhere")
    assert list(caught.value.message_dict) == ["slug"]


def test_scheduled_project_appears_at_its_moment(time_machine: Any) -> None:
    moment = timezone.now() + timedelta(hours=2)
    project = services.project_publish(project=draft(), actor=None, at=moment)
    assert project.is_scheduled
    assert not is_listed(project)
    time_machine.move_to(moment + timedelta(seconds=1))
    assert is_listed(project)


def test_schedule_can_be_taken_back_and_lies_in_the_future() -> None:
    with pytest.raises(ValidationError):
        services.project_publish(project=draft(), actor=None, at=timezone.now())
    project = services.project_publish(project=draft(), actor=None, at=timezone.now() + timedelta(hours=2))
    assert services.project_unschedule(project=project, actor=None).status == Status.DRAFT
    with pytest.raises(services.NotPossible):
        services.project_unschedule(project=project, actor=None)


def test_archive_and_restore_are_one_way_and_back() -> None:
    project = services.project_publish(project=draft(), actor=None)
    for _ in range(2):
        services.project_archive(project=project, actor=None)
        assert not is_listed(project)
    with pytest.raises(services.NotPossible):
        services.project_publish(project=project, actor=None)
    for _ in range(2):
        restored = services.project_restore(project=project, actor=None)
        assert is_listed(project)
    assert restored.published_at == project.published_at
    unseen = draft()
    services.project_archive(project=unseen, actor=None)
    assert services.project_restore(project=unseen, actor=None).status == Status.DRAFT


def test_what_staff_archived_its_owner_does_not_restore() -> None:
    project = services.project_publish(project=draft(), actor=None)
    services.project_archive(project=project, actor=None)
    services.project_archive(project=project, actor=None, by_staff=True)
    services.project_archive(project=project, actor=None)
    with pytest.raises(services.NotPossible):
        services.project_restore(project=project, actor=None)
    assert services.project_restore(project=project, actor=None, by_staff=True).status == Status.PUBLISHED


def test_featured_once_keeps_its_place() -> None:
    project = services.project_feature(project=draft(), actor=None, featured=True)
    again = services.project_feature(project=project, actor=None, featured=True)
    assert again.featured_at == project.featured_at is not None
    assert services.project_feature(project=project, actor=None, featured=False).featured_at is None


def test_new_preview_link_is_another_one() -> None:
    project = draft()
    old = project.preview_key
    assert len(old) == 32
    assert services.preview_link_renew(project=project) != old


@pytest.mark.parametrize("way", ["removed", "leaves", "erased", "lowered first", "moved"])
def test_who_no_longer_works_on_it_has_no_preview_link(way: str) -> None:
    """They may have kept its address: only owners and maintainers are shown it."""
    project, person = draft(), UserFactory()
    contributor: Contributor = ContributorFactory(project=project, user=person, role=Role.MAINTAINER)
    old = project.preview_key
    if way == "lowered first":
        services.contributor_set_role(contributor=contributor, role=Role.CONTRIBUTOR)
        assert Project.objects.get(pk=project.pk).preview_key == old  # they see the page itself
    if way == "erased":
        services.parts_forget(user=person)
    elif way == "moved":
        fields = {"creator": CreatorFactory(), "revision": project.revision}
        services.project_change(project=project, actor=person, **fields)
    else:
        services.contributor_remove(contributor=contributor, actor=person if way == "leaves" else None)
    new = Project.objects.get(pk=project.pk).preview_key
    assert len(new) == 32
    assert new != old


def test_declining_leaves_the_preview_link_alone() -> None:
    """Who was only asked has never seen it, and those who were given it still need it."""
    project = draft()
    contributor = services.contributor_invite(project=project, user=UserFactory(), role=Role.MAINTAINER)
    services.contributor_remove(contributor=contributor)
    ContributorFactory(project=project, user=(person := UserFactory()), accepted_at=None)
    services.parts_forget(user=person)
    assert Project.objects.get(pk=project.pk).preview_key == project.preview_key


def test_contributors_are_asked_once_and_agree_themselves() -> None:
    project, person = draft(), UserFactory()
    contributor = services.contributor_invite(project=project, user=person, role=Role.MAINTAINER)
    assert contributor.accepted_at is None
    for someone in (person, project.creator.user):
        with pytest.raises(ValidationError):
            services.contributor_invite(project=project, user=someone, role=Role.OWNER)
    services.contributor_accept(contributor=contributor)
    agreed = Contributor.objects.get(pk=contributor.pk).accepted_at
    services.contributor_accept(contributor=contributor)
    assert Contributor.objects.get(pk=contributor.pk).accepted_at == agreed is not None
    with pytest.raises(ValidationError):
        services.contributor_set_role(contributor=contributor, role="king")
    services.contributor_remove(contributor=contributor)
    assert not project.contributors.exists()


def test_creator_who_leaves_takes_the_history_along() -> None:
    bought = services.project_publish(project=draft(), actor=None)
    services.project_change(project=bought, actor=None, revision=bought.revision, name="A secret", tags=["mine"])
    assert services.creator_erase(creator=bought.creator)
    assert not bought.history.exists()
    assert not bought.creator.history.exists()
    kept = Project.objects.get(pk=bought.pk)
    assert (kept.status, kept.name, kept.summary, kept.tags.count()) == (Status.ARCHIVED, "—", "", 0)


def test_creator_of_nothing_leaves_no_history() -> None:
    creator = services.creator_create(user=UserFactory(), slug="gone", name="Gone")
    assert creator.history.count() == 1
    history = type(creator).history
    assert not services.creator_erase(creator=creator)
    assert not history.exists()
