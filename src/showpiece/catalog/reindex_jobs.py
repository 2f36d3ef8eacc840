"""The job that brings the search up to a new name. It carries an id alone: the row says what is left to be done."""

import uuid

from django_tasks import task

from showpiece.jobs.sending import publish, send_with_row


@task()
def reindex(reindex_id: str) -> None:
    """Do the next projects, and send what is left as another job, behind those of others."""
    from showpiece.catalog.services.reindexing import reindex_steps

    if reindex_steps(reindex_id=uuid.UUID(reindex_id)):
        publish(reindex, reindex_id)


def send(reindex_id: uuid.UUID) -> None:
    """Send the job together with the row. Lost ones are made up for by the rounds."""
    send_with_row(reindex, str(reindex_id))
