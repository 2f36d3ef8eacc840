"""Projects: making, changing, putting on display and taking off it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog import social_jobs
from showpiece.catalog.locks import locked_creator, locked_project
from showpiece.catalog.models import Creator, Project, ProjectDraft, Release, Status, new_preview_key
from showpiece.catalog.search import project_indexed
from showpiece.catalog.services.history import saved_by
from showpiece.catalog.services.media_files import drop, file_names_drop, files_of_projects

MAX_TAGS, MAX_TAG_LENGTH = 10, 30
# Parts of addresses beside the projects of a creator.
RESERVED_SLUGS = {"donate", "donations", "feed", "followers", "following", "posts", "projects", "supporters"}


class EditConflict(Exception):  # noqa: N818
    """Somebody else has saved the project since it was read. `current`: as it is now. Nothing was changed."""

    def __init__(self, current: Project) -> None:
        super().__init__("the project was changed in between")
        self.current = current


class NotPossible(Exception):  # noqa: N818
    """A step that the state of the project does not allow. The text is for the person who tried."""


@transaction.atomic
def project_create(*, creator: Creator, actor: User | None = None, tags: Iterable[str] = (), **fields: Any) -> Project:
    """A new project on that page. `ValidationError` on a bad field. `actor`: whoever makes it, for the history."""
    project = Project(creator=creator, **fields)
    _check_address(project)
    return _save(project, actor, tags)


@transaction.atomic
def project_change(
    *, project: Project, actor: User | None, revision: int, tags: Iterable[str] | None = None, **fields: Any
) -> Project:
    """Change the fields named, and the tags if there are any to set. Whatever `actor` had typed and not saved goes.

    `revision` is that of the project that was read. `EditConflict` if it has been saved since, `ValidationError` on a
    bad field: nothing is changed then.
    """
    current = locked_project(project.pk)
    if current.revision != revision:
        raise EditConflict(current)
    moves = fields.get("slug", current.slug) != current.slug
    if moves and current.published_at:
        raise ValidationError({"slug": _("The address stays as it was when the project was published.")})
    if fields.get("creator", current.creator) != current.creator:
        current.preview_key = new_preview_key()  # whose page it stood on may have kept the link
    for name, value in fields.items():
        setattr(current, name, value)
    if moves:
        locked_creator(current.creator_id)  # another project of the page may be moving there too
        _check_address(current)
    if current.status == Status.PUBLISHED:
        _check_complete(current)
    _save(current, actor, tags)
    if actor is not None:
        ProjectDraft.objects.filter(project=current, user=actor).delete()
    return current


@transaction.atomic
def project_publish(*, project: Project, actor: User | None, at: datetime | None = None) -> Project:
    """Put a project on display, now or from a moment in the future.

    `ValidationError` by field for what is still missing. What has been on display keeps its date.
    """
    current = locked_project(project.pk)
    if current.status == Status.ARCHIVED:
        raise NotPossible(_("An archived project has to be restored first."))
    now = timezone.now()
    if current.status == Status.PUBLISHED and not current.is_scheduled:
        return current
    if at is not None and at <= now:
        raise ValidationError({"published_at": _("This moment has passed.")})
    _check_complete(current)
    current.status, current.published_at = Status.PUBLISHED, at or now
    return _save(current, actor)


@transaction.atomic
def project_unschedule(*, project: Project, actor: User | None) -> Project:
    """Back to a draft, for what was to be on display later."""
    current = locked_project(project.pk)
    if not current.is_scheduled:
        raise NotPossible(_("This project is not waiting for its moment."))
    current.status, current.published_at = Status.DRAFT, None
    return _save(current, actor)


@transaction.atomic
def project_archive(*, project: Project, actor: User | None, by_staff: bool = False) -> Project:
    """Take a project off the display. Twice is no fault. What staff archived, only staff restore."""
    current = locked_project(project.pk)
    if current.status == Status.ARCHIVED and (current.archived_by_staff or not by_staff):
        return current
    current.status, current.archived_by_staff = Status.ARCHIVED, by_staff
    return _save(current, actor)


@transaction.atomic
def project_restore(*, project: Project, actor: User | None, by_staff: bool = False) -> Project:
    """An archived project as it was: on display if it was ever published, else a draft. Twice is no fault."""
    current = locked_project(project.pk)
    if current.status != Status.ARCHIVED:
        return current
    if current.archived_by_staff and not by_staff:
        raise NotPossible(_("This project was archived by the staff of this site. Please write to them."))
    if current.published_at and not current.summary:
        raise NotPossible(_("Write a summary first: it would be on display again."))
    current.status = Status.PUBLISHED if current.published_at else Status.DRAFT
    current.archived_by_staff = False
    return _save(current, actor)


@transaction.atomic
def project_feature(*, project: Project, actor: User | None, featured: bool) -> Project:
    """Show a project first on the front page, or no longer."""
    current = locked_project(project.pk)
    if featured != (current.featured_at is not None):
        current.featured_at = timezone.now() if featured else None
        _save(current, actor)
    return current


def preview_link_renew(*, project: Project) -> str:
    """A new secret for the preview link. The old link is void from now on."""
    key = new_preview_key()
    Project.objects.filter(pk=project.pk).update(preview_key=key)
    return key


def project_delete(*, project: Project) -> None:
    """Delete a project that nobody can have bought, with all its files, and what its history said."""
    social = project.social_image
    pk = project.pk
    with transaction.atomic():
        locked_project(pk)
        files = files_of_projects([project])
        project.delete()
        Project.history.filter(id=pk).delete()
        Release.history.filter(project_id=pk).delete()
        transaction.on_commit(lambda: drop(files))
        transaction.on_commit(lambda: file_names_drop([social]))


def tag_names(tags: Iterable[str]) -> list[str]:
    """Tags as they are kept: trimmed, each once whatever its case. `ValidationError` for too many or too long ones."""
    names = {" ".join(tag.split()).casefold(): " ".join(tag.split()) for tag in reversed(list(tags)) if tag.strip()}
    if len(names) > MAX_TAGS:
        raise ValidationError({"tags": _("At most %(count)s tags.") % {"count": MAX_TAGS}})
    if long := [name for name in names.values() if len(name) > MAX_TAG_LENGTH]:
        text = _("A tag has at most %(count)s characters: %(tag)s")
        raise ValidationError({"tags": text % {"count": MAX_TAG_LENGTH, "tag": long[0]}})
    return list(reversed(names.values()))


def _check_address(project: Project) -> None:
    """`ValidationError` for the address of another project of the page, or of another page of the creator."""
    others = Project.objects.filter(creator=project.creator, slug=project.slug).exclude(pk=project.pk)
    if project.slug in RESERVED_SLUGS or others.exists():
        raise ValidationError({"slug": _("This address is taken.")})


def project_missing(project: Project) -> dict[str, str]:
    """What a project still lacks before it can be on display, by field."""
    missing = {
        name: _("Needed before it can be published.")
        for name in ("summary", "description")
        if not getattr(project, name).strip()
    }
    if project.category.status != Status.PUBLISHED:
        missing["category"] = _("This category is archived. Please choose another one.")
    return missing


def _check_complete(project: Project) -> None:
    if missing := project_missing(project):
        raise ValidationError(missing)


def _save(project: Project, actor: User | None, tags: Iterable[str] | None = None) -> Project:
    project.full_clean()
    if not project._state.adding:
        project.revision += 1
    project.updated_at = timezone.now()
    if tags is None:
        saved_by(actor, project)
    else:
        after = tag_names(tags)
        before = [] if project._state.adding else list(project.tags.values_list("name", flat=True))
        lines = [", ".join(sorted(names, key=str.casefold)) for names in (before, after)]
        is_other = lines[0].casefold() != lines[1].casefold()
        saved_by(actor, project, beside={"tags": lines} if is_other else None)
        project.tags.set(after)
    project_indexed(project)
    if project.status == Status.PUBLISHED:
        social_jobs.send(project.pk)
    return project
