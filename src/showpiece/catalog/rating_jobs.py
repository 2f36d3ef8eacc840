"""The job that counts the ratings of a project. It carries its id alone: marks say whether there is anything to do."""

import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django_tasks import task

log = structlog.get_logger(__name__)


@task()
def count_ratings(project_id: str) -> None:
    """Count anew, if ratings have changed since."""
    from showpiece.catalog.models import Project
    from showpiece.catalog.services.ratings import project_ratings_count

    try:
        project_ratings_count(project_id=uuid.UUID(project_id))
    except Project.DoesNotExist:
        log.info("project is gone", project=project_id)


def send(project_id: uuid.UUID) -> None:
    """Send the job together with the mark. A broker that is down is no error of the person's: the rounds count then."""
    if settings.BROKER_URL:
        transaction.on_commit(lambda: _publish(project_id))
    else:
        count_ratings.enqueue(str(project_id))


def _publish(project_id: uuid.UUID) -> None:
    try:
        count_ratings.enqueue(str(project_id))
    except Exception:
        log.exception("job not sent, comes later", project=str(project_id))
