"""The job that gives keys to those who bought before. It carries ids alone; what is missing is asked anew."""

import uuid

from django_tasks import task

from showpiece.jobs.sending import publish


@task()
def issue_licenses(project_id: str, after: str = "") -> None:
    """Give the next keys, and send what is left as another job, behind those of others."""
    from showpiece.orders.delivery.licenses import licenses_issue_earlier

    last = licenses_issue_earlier(project_id=uuid.UUID(project_id), after=uuid.UUID(after) if after else None)
    if last is not None:
        publish(issue_licenses, project_id, str(last))
