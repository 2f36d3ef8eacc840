"""Reading demos and runs."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language

from showpiece.catalog.models import Project
from showpiece.catalog.selectors import visible_projects
from showpiece.demos.models import AboutSection, DailyRuns, Demo, Run, RunFile, WorkerBeat
from showpiece.demos.viewers import Viewer
from showpiece_predictors import get, names

# What a run's page does not show of its project.
NOT_OF_A_RUN = ("demo__project__description", "demo__project__tags", "demo__project__creator__about")
# A worker that was silent for so long is dead.
SILENT = timedelta(seconds=30)


def visible_project(creator: str, project: str) -> Project:
    """A project on display with its demo, by its address. `Http404` for any other."""
    return get_object_or_404(visible_projects(), creator__slug=creator, slug=project)


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


def _runs_of(viewer: Viewer) -> QuerySet[Run]:
    return Run.objects.filter(viewer.owns(), expires_at__gt=timezone.now())


def run_for(viewer: Viewer, run_id: uuid.UUID) -> Run:
    """A run of the viewer's own. `Http404` for anybody else's: its address tells a stranger nothing."""
    runs = _runs_of(viewer).select_related("demo__project__creator").prefetch_related("files").defer(*NOT_OF_A_RUN)
    return get_object_or_404(runs, pk=run_id)


def run_check(viewer: Viewer, run_id: uuid.UUID) -> None:
    """`Http404` unless it is a run of the viewer's own."""
    if not _runs_of(viewer).filter(pk=run_id).exists():
        raise Http404("No such run.")


def run_file_for(viewer: Viewer, run_id: uuid.UUID, file_id: uuid.UUID) -> RunFile:
    """A file of a run of the viewer's own. `Http404` for any other."""
    return get_object_or_404(RunFile, pk=file_id, run__in=_runs_of(viewer).filter(pk=run_id))


def runs_by_day(first: date, last: date) -> Iterator[tuple[uuid.UUID, date, int]]:
    """Project, day and how many runs were started, by the project's id."""
    rows = DailyRuns.objects.filter(day__gte=first, day__lte=last).order_by("demo__project_id", "day")
    yield from rows.values_list("demo__project_id", "day", "runs").iterator(chunk_size=2000)
