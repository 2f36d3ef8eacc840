"""Writing runs: making one, moving it on, ending it.

Every move is one conditional UPDATE, so two workers, a sweeper and a visitor may race: one wins, the others see
that nothing matched. States only move forward.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from showpiece.catalog.services import project_indexed
from showpiece.demos import run_files
from showpiece.demos.jobs import enqueue
from showpiece.demos.models import AboutSection, DailyRuns, Demo, Run, RunFile, run_folder
from showpiece.demos.run_files import Storable
from showpiece.demos.runners import is_runnable, predictor_sample
from showpiece.demos.selectors import run_at_work
from showpiece.demos.viewers import Viewer
from showpiece.files import discard_folder

log = structlog.get_logger(__name__)

# How long the sweeper leaves a published job alone; doubled each time that it was sent again.
PUBLISH_PATIENCE = timedelta(seconds=10)


class TooManyRuns(Exception):  # noqa: N818 - names a state of affairs, and is no fault
    """The visitor, or the whole site, has too many unfinished runs."""


class NotRunnable(Exception):  # noqa: N818
    """The demo cannot be run here: it is not live, or is only a link."""


def demo_create(*, sample: Path | bytes | None = None, **fields: Any) -> Demo:
    """A new demo of `project`. A local one that is given no sample takes its predictor's.

    `ValidationError` on a bad field, `MediaError` for a sample that is no good picture or film.
    """
    demo = Demo(**fields)
    if sample is not None:
        run_files.put_sample(demo, sample)
    elif is_runnable(demo) and (brought := predictor_sample(demo.predictor)):
        run_files.put_sample(demo, brought, ours=True)
    try:
        demo.full_clean()
        with transaction.atomic():
            demo.save()
            project_indexed(demo.project)  # it is found by what can be tried
    except BaseException:
        if demo.sample:
            demo.sample.delete(save=False)
        raise
    return demo


def about_section_create(**fields: Any) -> AboutSection:
    """A new section of a demo's About page. `ValidationError` on a bad field."""
    section = AboutSection(**fields)
    section.full_clean()
    section.save()
    return section


def run_create(
    *, demo: Demo, viewer: Viewer, key: uuid.UUID, values: Mapping[str, Any], files: Mapping[str, Storable]
) -> Run:
    """Start a run with `values` and `files`, by field name; its job runs once the row is committed.

    The same form sent twice, by its `key`, gives the run that it made first; with another file or other values it is
    another run. Raises `NotRunnable` or `TooManyRuns`; then nothing is kept.
    """
    if not is_runnable(demo):
        raise NotRunnable
    if not _has_room(viewer):
        if (made := _made_with(key)) and _is_twin(made, viewer, values, files):
            return made
        raise TooManyRuns
    now = timezone.now()
    run = Run(
        demo=demo,
        user_id=viewer.user_id,
        visitor=viewer.visitor,
        key=key,
        input=dict(values),
        created_at=now,
        expires_at=now + timedelta(hours=settings.RUN_RETENTION_HOURS),
        publish_after=now + PUBLISH_PATIENCE,
    )
    rows: list[RunFile] = []
    try:
        for field, item in files.items():
            rows.append(run_files.stored(run, RunFile.Role.INPUT, field, item))
        try:
            _insert(run, rows)
        except IntegrityError:
            if (made := _made_with(key)) is None:
                raise
            if _is_twin(made, viewer, values, files):
                run_files.discard(rows)
                return made
            run.key = uuid.uuid4()  # another form that bears the same key
            _insert(run, rows)
    except BaseException:
        run_files.discard(rows)
        raise
    return run


def _insert(run: Run, rows: list[RunFile]) -> None:
    with transaction.atomic():
        run.save(force_insert=True)
        RunFile.objects.bulk_create(rows)
        _count(run)
        enqueue(run)


def _count(run: Run) -> None:
    """In the transaction of the run: a form that comes twice is one run, and counts once."""
    row = {"demo_id": run.demo_id, "day": run.created_at.date()}
    if not DailyRuns.objects.filter(**row).update(runs=F("runs") + 1):
        DailyRuns.objects.bulk_create([DailyRuns(**row)], ignore_conflicts=True)
        DailyRuns.objects.filter(**row).update(runs=F("runs") + 1)


def _made_with(key: uuid.UUID) -> Run | None:
    return Run.objects.filter(key=key).prefetch_related("files").first()


def _is_twin(run: Run, viewer: Viewer, values: Mapping[str, Any], files: Mapping[str, Storable]) -> bool:
    """Whether the same form made `run` of the same content, for the same person.

    A session that began with this request may be theirs as well: the browser had no cookie yet at either click. Whoever
    else knew the key and had the file would learn nothing new.
    """
    sent = {(field, item.sha256) for field, item in files.items()}
    kept = {(file.field, file.sha256) for file in run.files.all() if file.role == RunFile.Role.INPUT}
    if run.input != dict(values) or sent != kept:
        return False
    own = Run.objects.filter(viewer.owns(), pk=run.pk).exists()
    return own or (viewer.is_new and viewer.user_id is None and run.user_id is None)


def _has_room(viewer: Viewer) -> bool:
    unfinished = Run.objects.filter(status__in=Run.OPEN)
    counted = unfinished.aggregate(all=Count("pk"), own=Count("pk", filter=viewer.owns()))
    return bool(counted["own"] < settings.RUN_MAX_OPEN_PER_VISITOR and counted["all"] < settings.RUN_MAX_OPEN)


def run_claim(*, run_id: uuid.UUID, worker: str) -> Run | None:
    """Take a run that nobody works on: one that waits, or whose worker's lease has run out. None if there is none.

    A job that arrives twice, or after the run was canceled, gets None.
    """
    now = timezone.now()
    abandoned = Q(status=Run.Status.PROCESSING, lease_until__lte=now, cancel_requested=False)
    free = Q(status=Run.Status.STARTING) | abandoned
    taken = Run.objects.filter(free, pk=run_id, attempt__lt=settings.RUN_MAX_ATTEMPTS).update(
        status=Run.Status.PROCESSING,
        attempt=F("attempt") + 1,
        worker=worker,
        started_at=Coalesce("started_at", now),
        lease_until=lease_end(now),
        publish_after=now,
    )
    if not taken:
        _end_canceled(run_id)
        return None
    return run_at_work(run_id)


def _end_canceled(run_id: uuid.UUID) -> bool:
    """End a run that its owner canceled and whose worker died before it could stop."""
    left = Run.objects.filter(status=Run.Status.PROCESSING, cancel_requested=True, lease_until__lte=timezone.now())
    return _end(left, run_id, Run.Status.CANCELED)


def lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _mine(run: Run) -> QuerySet[Run]:
    """The row as long as this attempt is the current one."""
    return Run.objects.filter(pk=run.pk, attempt=run.attempt, status=Run.Status.PROCESSING)


def run_report(*, run: Run, progress: float, stage: str) -> None:
    """Show how far the work is."""
    _mine(run).update(progress=min(max(progress, 0.0), 1.0), stage=stage[:100])


def run_succeed(*, run: Run, output: Mapping[str, Any], files: Mapping[str, Storable]) -> bool:
    """End a run well, with its output and result files. False, and nothing kept, if it is no longer this attempt's."""
    rows: list[RunFile] = []
    try:
        for field, item in files.items():
            rows.append(run_files.stored(run, RunFile.Role.OUTPUT, field, item))
        with transaction.atomic():
            ended = _mine(run).update(
                status=Run.Status.SUCCEEDED,
                output=dict(output),
                progress=1.0,
                stage="",
                completed_at=timezone.now(),
                lease_until=None,
            )
            if ended:
                RunFile.objects.bulk_create(rows)
    except BaseException:
        run_files.discard(rows)
        raise
    if not ended:
        run_files.discard(rows)
    elif any(row.is_original for row in run.files.all()):
        run_files.discard_originals(run.pk)
    return bool(ended)


def run_fail(*, run: Run, error: str) -> bool:
    """End a run badly; `error` is shown to its owner. False if it is no longer this attempt's."""
    return _end(_mine(run), run.pk, Run.Status.FAILED, error=error[:500])


def run_refuse(*, run_id: uuid.UUID, error: str) -> bool:
    """End a run that nobody works on and nobody can do any more, such as one whose predictor was removed."""
    free = Q(status=Run.Status.STARTING) | Q(status=Run.Status.PROCESSING, lease_until__lte=timezone.now())
    return _end(Run.objects.filter(free), run_id, Run.Status.FAILED, error=error[:500])


def run_stop(*, run: Run) -> bool:
    """The worker has stopped a run that its owner canceled."""
    return _end(_mine(run), run.pk, Run.Status.CANCELED)


def run_release(*, run: Run) -> None:
    """Hand a run back unfinished, because this worker shuts down: it counts as no attempt and waits for no lease."""
    _mine(run).update(attempt=F("attempt") - 1, lease_until=timezone.now(), publish_after=timezone.now())


def run_cancel(*, run: Run) -> None:
    """Cancel at its owner's wish: at once if it waits, else its worker stops within a second or two."""
    if not _end(Run.objects.filter(status=Run.Status.STARTING), run.pk, Run.Status.CANCELED):
        Run.objects.filter(pk=run.pk, status=Run.Status.PROCESSING).update(cancel_requested=True)


def run_publish_again(*, run: Run) -> bool:
    """Take on to send the job of `run` once more; `run_published_again` follows. False if another sweeper was faster.

    A sweeper that dies in between costs the run no more than the first patience.
    """
    before, run.publish_after = run.publish_after, timezone.now() + PUBLISH_PATIENCE
    as_seen = Run.objects.filter(pk=run.pk, publishes=run.publishes, publish_after=before)
    return bool(as_seen.update(publish_after=run.publish_after))


def run_published_again(*, run: Run) -> None:
    """It was sent, and is given twice the time to be taken, unless it has been already."""
    patience = PUBLISH_PATIENCE * 2 ** min(run.publishes, 6)
    as_left = Run.objects.filter(pk=run.pk, publishes=run.publishes, publish_after=run.publish_after)
    as_left.update(publishes=min(run.publishes + 1, 100), publish_after=timezone.now() + patience)


def run_give_up(*, run_id: uuid.UUID, error: str) -> bool:
    """End a run whose workers all died."""
    if _end_canceled(run_id):
        return True
    now = timezone.now()
    spent = Run.objects.filter(
        status=Run.Status.PROCESSING, lease_until__lte=now, attempt__gte=settings.RUN_MAX_ATTEMPTS
    )
    return _end(spent, run_id, Run.Status.FAILED, error=error)


def _end(runs: QuerySet[Run], run_id: uuid.UUID, status: str, **fields: Any) -> bool:
    """End the run, if it is among `runs`: the one place where a run ends badly."""
    ended = runs.filter(pk=run_id).update(
        status=status, stage="", completed_at=timezone.now(), lease_until=None, **fields
    )
    if ended:
        run_files.discard_originals(run_id)
    return bool(ended)


def run_delete(*, run: Run) -> None:
    """Forget a run and its files at once. A worker that has it finds its row gone and keeps nothing."""
    run_id, rows = run.pk, list(run.files.all())
    run.delete()
    run_files.discard(rows)
    run_files.discard_work(run_id)
    # What an attempt that was killed half-way, or a worker that ended just now, has put beside them.
    discard_folder(run_folder(run_id))
