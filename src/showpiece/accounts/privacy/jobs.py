"""The jobs. Each carries only an id: the row is the truth, and a job may be lost, late or doubled."""

import uuid
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django_tasks import task

log = structlog.get_logger(__name__)


@task
def make_export(export_id: str) -> None:
    """Make the ZIP, if it still waits for somebody."""
    from showpiece.accounts.privacy.making import make

    make(uuid.UUID(export_id))


@task
def erase_account(deletion_id: str) -> None:
    """Erase the account, if its time has come."""
    from showpiece.accounts.privacy.services import account_erase

    account_erase(deletion_id=uuid.UUID(deletion_id))


def enqueue_with_row(job: Any, pk: uuid.UUID) -> None:
    """Send the job with the row that is being written: both are kept, or neither."""
    if settings.BROKER_URL:
        transaction.on_commit(lambda: publish(job, pk))
    else:
        job.enqueue(str(pk))  # the queue is in this very database


def publish(job: Any, pk: uuid.UUID) -> bool:
    """The same where a broker that does not answer is no error of the person's: the sweeper tries again."""
    try:
        job.enqueue(str(pk))
    except Exception:
        log.exception("job not sent", job=job.name, id=str(pk))
        return False
    return True
