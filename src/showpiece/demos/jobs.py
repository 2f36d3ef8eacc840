"""The job of a run. It carries only the run's id: the row is the truth, and a job may be lost, late or doubled."""

import uuid
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone
from django_tasks import task

from showpiece.demos.models import Run

if TYPE_CHECKING:
    from django_tasks.base import Task

log = structlog.get_logger(__name__)


@task(queue_name="cpu-image")
def execute_run(run_id: str) -> None:
    """Do the work of a run, if it still waits for somebody."""
    from showpiece.demos.execution import execute

    execute(uuid.UUID(run_id))


def enqueue(run: Run) -> None:
    """Send the job of a run."""
    job: Task[..., None] = execute_run.using(queue_name=queue_of(run))
    job.enqueue(str(run.pk))


def publish(run: Run) -> bool:
    """The same where a broker that does not answer is no error of the visitor's: the sweeper tries again."""
    try:
        enqueue(run)
    except Exception:
        log.exception("job not sent", run=str(run.pk))
        Run.objects.filter(pk=run.pk).update(publish_after=timezone.now())
        return False
    return True


def queue_of(run: Run) -> str:
    """The queue by the weight of the work."""
    from showpiece.demos.runners import runner_for

    return runner_for(run.demo).queue
