"""Reading demos and runs."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.catalog.selectors import visible_project
from showpiece.demos.models import AboutSection, DailyRuns, Demo, Run, RunFile, WorkerBeat
from showpiece.demos.viewers import Viewer
from showpiece.prepared import Prepared, Slot
from showpiece_predictors import get, names

# What a run's page does not show of its project.
NOT_OF_A_RUN = ("demo__project__description", "demo__project__tags", "demo__project__creator__about")
# A worker that was silent for so long is dead.
SILENT = timedelta(seconds=30)

_RUN = Slot(0, Run._meta.pk)


def demo_of(project: Project) -> Demo | None:
    """The project's demo, if it has one."""
    demo: Demo | None = getattr(project, "demo", None)
    if demo is not None:
        demo.project = project
    return demo


def visible_demo(creator: str, project: str) -> Demo:
    """The demo of a project on display. `Http404` where there is none."""
    demo = demo_of(visible_project(creator, project))
    if demo is None:
        raise Http404("This project has no demo.")
    return demo


def live_predictors() -> list[str]:
    """Names of the installed predictors that live demos run."""
    live = Demo.objects.filter(kind=Demo.Kind.LOCAL, state=Demo.State.LIVE)
    return sorted(set(live.values_list("predictor", flat=True)) & set(names()))


def queues_without_worker() -> list[str]:
    """Queues that somebody should serve, and nobody has given a sign of life for; "default" always counts."""
    wanted = {"default", *(get(name).queue for name in live_predictors())}
    alive = WorkerBeat.objects.filter(seen_at__gte=timezone.now() - SILENT)
    return sorted(wanted.difference(*alive.values_list("queues", flat=True)))


def about_sections(demo: Demo) -> list[AboutSection]:
    """The About page in the reader's language; a section that lacks it comes in the site's first language."""
    order = AboutSection.Kind.values
    chosen: dict[str, AboutSection] = {}
    languages = [settings.LANGUAGE_CODE, get_language() or settings.LANGUAGE_CODE]
    for section in demo.about_sections.filter(language__in=languages):
        if section.kind not in chosen or section.language == languages[-1]:
            chosen[section.kind] = section
    return sorted(chosen.values(), key=lambda section: order.index(section.kind))


def _runs_of(viewer: Viewer, now: Any) -> QuerySet[Run]:
    return Run.objects.filter(viewer.owns(), expires_at__gt=now)


@cache
def _own_run(*, by_account: bool, by_session: bool, whole: bool) -> Prepared[Run]:
    """A run by its id, the time, and whose it is: three queries, one for each way to be known."""
    account, session = Slot(2, User._meta.pk), Slot(3, Run._meta.get_field("visitor"))
    viewer = Viewer(user_id=account if by_account else None, visitor=cast(str, session) if by_session else "")

    def build() -> QuerySet[Run]:
        runs = _runs_of(viewer, Slot(1, Run._meta.get_field("expires_at"))).filter(pk=_RUN)
        return runs.select_related("demo__project__creator").defer(*NOT_OF_A_RUN) if whole else runs.only("pk")

    return Prepared(build)


def _found(viewer: Viewer, run_id: uuid.UUID, *, whole: bool) -> Run:
    known = viewer.user_id is not None, bool(viewer.visitor)
    runs = []
    if any(known):
        own_run = _own_run(by_account=known[0], by_session=known[1], whole=whole)
        runs = own_run(run_id, timezone.now(), viewer.user_id, viewer.visitor)
    if not runs:
        raise Http404("No such run.")
    return runs[0]


def run_for(viewer: Viewer, run_id: uuid.UUID) -> Run:
    """A run of the viewer's own, with its files. `Http404` for anybody else's: its address tells a stranger nothing."""
    return _with_files(_found(viewer, run_id, whole=True))


def run_check(viewer: Viewer, run_id: uuid.UUID) -> None:
    """`Http404` unless it is a run of the viewer's own."""
    _found(viewer, run_id, whole=False)


def run_at_work(run_id: uuid.UUID) -> Run | None:
    """A run that a worker has just taken, with its demo and its files. None if its owner has just deleted it."""
    found = _with_demo(run_id)
    return _with_files(found[0]) if found else None


@Prepared
def _with_demo() -> QuerySet[Run]:
    return Run.objects.filter(pk=_RUN).select_related("demo")


@Prepared
def _files() -> QuerySet[RunFile]:
    return RunFile.objects.filter(run=_RUN)


def _with_files(run: Run) -> Run:
    """The run, with its files read: `run.files.all()` asks no more, as after a prefetch, which writes a query anew."""
    files: Any = run.files.all()
    files._result_cache, files._prefetch_done = _files(run.pk), True  # Django's own names
    for file in files:
        file.run = run
    vars(run)["_prefetched_objects_cache"] = {"files": files}
    return run


def run_file_for(viewer: Viewer, run_id: uuid.UUID, file_id: uuid.UUID) -> RunFile:
    """A file of a run of the viewer's own. `Http404` for any other."""
    return get_object_or_404(RunFile, pk=file_id, run__in=_runs_of(viewer, timezone.now()).filter(pk=run_id))


def runs_by_day(first: date, last: date) -> Iterator[tuple[uuid.UUID, date, int]]:
    """Project, day and how many runs were started, by the project's id."""
    rows = DailyRuns.objects.filter(day__gte=first, day__lte=last).order_by("demo__project_id", "day")
    yield from rows.values_list("demo__project_id", "day", "runs").iterator(chunk_size=2000)
