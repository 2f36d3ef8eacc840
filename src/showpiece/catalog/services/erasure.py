"""Forgetting a creator."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from showpiece.accounts.models import User
from showpiece.catalog.models import (
    Contributor,
    Creator,
    Project,
    ProjectDraft,
    ProjectPicture,
    ProjectTag,
    Release,
    SearchEntry,
    Status,
)
from showpiece.catalog.owed import owed
from showpiece.catalog.services.media_files import drop, file_names_drop, files_of_pictures, files_of_releases
from showpiece.catalog.services.projects import preview_link_renew, project_delete


def creator_erase(*, creator: Creator) -> bool:
    """Forget a creator. What was on display once may have been bought: its row stays archived, and says nothing. What
    was bought keeps the versions that are on offer, with their notes and files, for those who have a right to them.

    Drafts are deleted; so is the page if nothing else was on it. Returns whether it stays. May be run again.
    """
    for draft in Project.objects.filter(creator=creator, published_at=None):
        project_delete(project=draft)
    if not Project.objects.filter(creator=creator).exists():
        pk = creator.pk
        creator.delete()
        Creator.history.filter(id=pk).delete()  # deleting writes one more
        return False
    with transaction.atomic():
        kept = Project.objects.filter(creator=creator)
        for said in (
            ProjectTag.objects.filter(content_object__in=kept),
            ProjectDraft.objects.filter(project__in=kept),
            Contributor.objects.filter(project__in=kept),  # nobody works on what is no more
            SearchEntry.objects.filter(project__in=kept),
        ):
            said.delete()
        # What a project and a page once said goes with what they say.
        Project.history.filter(creator_id=creator.pk).delete()
        Creator.history.filter(id=creator.pk).delete()
        pictures = ProjectPicture.objects.filter(project__in=kept)
        releases = Release.objects.filter(project__in=kept).exclude(_owed_releases(kept))
        files = [*files_of_pictures(pictures), *files_of_releases(releases)]
        pictures.delete()
        releases.delete()
        Release.history.filter(project__in=kept).delete()  # deleting writes more
        transaction.on_commit(partial(drop, files))
        transaction.on_commit(partial(file_names_drop, list(kept.values_list("social_image", flat=True))))
        for project in kept:
            Project.objects.filter(pk=project.pk).update(
                status=Status.ARCHIVED, slug=f"deleted-{project.pk.hex}", name="—", **NOTHING_SAID
            )
        Creator.objects.filter(pk=creator.pk).update(
            slug=f"deleted-{creator.pk.hex}", name="", about="", translations={}, status=Status.ARCHIVED
        )
    return True


def _owed_releases(projects: Iterable[Project]) -> Q:
    keys = owed([project.pk for project in projects])
    return Q(project__in=keys, released_at__isnull=False, withdrawn_at=None)


def parts_forget(*, user: User) -> None:
    """Somebody's part in the projects of others, and what they have typed there. May be run again."""
    ProjectDraft.objects.filter(user=user).delete()
    for project in Project.objects.filter(contributors__user=user, contributors__accepted_at__isnull=False):
        preview_link_renew(project=project)  # they may have kept it
    Contributor.objects.filter(user=user).delete()


# Of a project whose creator has left.
NOTHING_SAID: dict[str, Any] = {
    "translations": {},
    "featured_at": None,
    "preview_key": "",
    **dict.fromkeys(("summary", "description", "url", "source_url", "docs_url", "social_image"), ""),
}
