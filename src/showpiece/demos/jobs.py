"""The job of a run. It carries only the run's id: the row is the truth, and a job may be lost, late or doubled."""

import uuid
from typing import TYPE_CHECKING

from django.utils import timezone
from django_tasks import task

from showpiece.demos.models import Run
from showpiece.jobs import sending
from showpiece.jobs.sending import send_with_row

if TYPE_CHECKING:
    from django_tasks.base import Task


@task(queue_name="cpu-image")
def execute_run(run_id: str) -> None:
    """Do the work of a run, if it still waits for somebody."""
    from showpiece.demos.execution import execute

    execute(uuid.UUID(run_id))


def enqueue(run: Run) -> None:
    """Send the job of a run that is being written, with its row."""
    send_with_row(_job_of(run), str(run.pk))


def publish(run: Run) -> bool:
    """Send it again. Without a broker that answers, the next sweep tries once more."""
    sent = sending.publish(_job_of(run), str(run.pk))
    if not sent:
        Run.objects.filter(pk=run.pk).update(publish_after=timezone.now())
    return sent


def _job_of(run: Run) -> "Task[..., None]":
    return execute_run.using(queue_name=queue_of(run))


def queue_of(run: Run) -> str:
    """The queue by the weight of the work."""
    from showpiece.demos.runners import runner_for

    return runner_for(run.demo).queue
