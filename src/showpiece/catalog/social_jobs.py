"""The job that makes the picture for links to a project. It carries the id alone: the row says whether to."""

import uuid
from functools import partial

import structlog
from django.db import transaction
from django_tasks import task

log = structlog.get_logger(__name__)


@task(queue_name="cpu-image")
def make_social_image(project_id: str) -> None:
    """Make it, unless it is of today."""
    from showpiece.catalog.services.social import social_image_make

    social_image_make(project_id=uuid.UUID(project_id))


def send(project_id: uuid.UUID) -> None:
    """Send the job once the change is committed. Lost ones are made up for by the rounds."""
    transaction.on_commit(partial(_publish, project_id), robust=True)


def _publish(project_id: uuid.UUID) -> None:
    try:
        make_social_image.enqueue(str(project_id))
    except Exception:
        log.exception("job not sent, comes later", project=str(project_id))
