"""New names of creators and tags, and tags that go: what that changes of any number of projects, and in the search.

The request notes it by a row, a job does one step after the other, each in a transaction of its own; the rounds of a
worker go on where a job was lost. A step that is made twice gives the same.
"""

import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.catalog import reindex_jobs
from showpiece.catalog.locks import locked_projects, locked_reindex, locked_tags
from showpiece.catalog.models import Creator, Project, ProjectTag, Reindex, Status, Tag
from showpiece.catalog.search import projects_indexed
from showpiece.catalog.services.projects import NotPossible

log = structlog.get_logger(__name__)

# Projects of a step, and steps of a job. A step holds the one lock for writing of SQLite, or its projects.
AT_ONCE, STEPS = 50, 20
# Between two steps others get their turn: who waits for SQLite's lock stands in no line.
BREATH_SECONDS = 0.02
# What has not moved for so long has lost its job.
LOST_AFTER = timedelta(seconds=10)


def creator_renamed(creator: Creator) -> None:
    """Have the projects found by the creator's name as it is from now on. In the transaction that renames."""
    reindex_jobs.send(Reindex.objects.create(creator=creator).pk)


def tag_renamed(tag: Tag) -> None:
    """The same for the name of a tag."""
    reindex_jobs.send(Reindex.objects.create(tag=tag).pk)


@transaction.atomic
def tags_merge(*, into: Tag, others: Iterable[Tag]) -> None:
    """Have all projects with one of the others have `into`, each once; the others go when it is done.

    `NotPossible` for an `into` that is going itself: so nothing goes round in a circle.
    """
    going = sorted({tag.pk for tag in others} - {into.pk})
    _going(going)
    locked_tags([into.pk, *going])
    if Reindex.objects.filter(tag=into, goes=True).exists():
        text = _("“%(tag)s” is being merged or deleted itself. Please wait until that is done.")
        raise NotPossible(text % {"tag": into.name})
    for pk in going:
        reindex_jobs.send(Reindex.objects.create(tag_id=pk, goes=True, into=into).pk)


@transaction.atomic
def tag_delete(*, tag: Tag) -> None:
    """Take a tag from all its projects; it goes when it is done."""
    _going([tag.pk])
    locked_tags([tag.pk])
    reindex_jobs.send(Reindex.objects.create(tag=tag, goes=True).pk)


def _going(tags: list[uuid.UUID]) -> None:
    """What was to become of them so far is no more."""
    Reindex.objects.filter(tag__in=tags, goes=True).delete()


def reindex_steps(*, reindex_id: uuid.UUID) -> bool:
    """Do some steps. Returns whether there is more to be done."""
    for number in range(STEPS):
        if number:
            time.sleep(BREATH_SECONDS)
        if not _step(reindex_id):
            return False
    return True


def lost_reindexes_do() -> int:
    """Do what is left of those whose job was lost. Returns of how many."""
    waiting = Reindex.objects.filter(stepped_at__lt=timezone.now() - LOST_AFTER).order_by("stepped_at")
    lost = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for pk in lost:
        Reindex.objects.filter(pk=pk).update(stepped_at=timezone.now())  # one that fails holds up no other
        try:
            while reindex_steps(reindex_id=pk):
                time.sleep(BREATH_SECONDS)
        except Exception:
            log.exception("search not brought up, comes again", reindex=str(pk))
    return len(lost)


@transaction.atomic
def _step(reindex_id: uuid.UUID) -> bool:
    """The next projects. Returns whether there may be more."""
    mark = locked_reindex(reindex_id)
    if mark is None:
        return False
    pks = _next(mark)
    if not pks:
        return _end(mark)
    # Locked, so that whoever changes one at this moment writes its entry before this, or after it.
    there = locked_projects(pks)
    if mark.into_id:
        instead = (ProjectTag(tag_id=mark.into_id, content_object_id=pk) for pk in there)
        ProjectTag.objects.bulk_create(instead, ignore_conflicts=True)
    if mark.goes:
        ProjectTag.objects.filter(tag=mark.tag_id, content_object__in=there).delete()
    projects_indexed(there)
    Reindex.objects.filter(pk=mark.pk).update(done=pks[-1], stepped_at=timezone.now())
    return True


def _next(mark: Reindex) -> list[uuid.UUID]:
    """The projects of the next step, none at the end. Those of a tag that goes are fewer after each step."""
    if not mark.goes and _same(mark).filter(pk__gt=mark.pk).exists():
        return []  # it is called something else by now, and that is done from the beginning
    if mark.creator_id:
        projects = Project.objects.filter(creator=mark.creator_id, status=Status.PUBLISHED)
        rows = projects.filter(pk__gt=mark.done) if mark.done else projects
        return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    tagged = ProjectTag.objects.filter(tag=mark.tag_id)
    if mark.done and not mark.goes:
        tagged = tagged.filter(content_object__gt=mark.done)
    return list(tagged.order_by("content_object_id").values_list("content_object_id", flat=True)[:AT_ONCE])


def _same(mark: Reindex) -> QuerySet[Reindex]:
    return Reindex.objects.filter(creator=mark.creator_id, tag=mark.tag_id, goes=False)


def _end(mark: Reindex) -> bool:
    """Nothing is left: forget it, and with it the tag that goes. Returns whether something came meanwhile."""
    if not mark.goes:
        mark.delete()
        return False
    tags = locked_tags(filter(None, [mark.tag_id]), to_delete=True)
    if ProjectTag.objects.filter(tag=mark.tag_id).exists():
        return True
    Reindex.objects.filter(into=mark.tag_id).update(into=mark.into_id)  # of those that were to become this one
    for tag in tags:
        tag.delete()
    return False
