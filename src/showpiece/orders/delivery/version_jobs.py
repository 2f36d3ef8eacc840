"""The job that writes to buyers about a version. It carries the version's id alone: the notice says how far it is."""

import uuid

from django_tasks import task

from showpiece.jobs.sending import publish


@task()
def write_about_version(release_id: str) -> None:
    """Write to the next buyers, and send what is left as another job, behind those of others."""
    from showpiece.orders.delivery.versions import version_notice_steps

    if version_notice_steps(release_id=uuid.UUID(release_id)):
        publish(write_about_version, release_id)
