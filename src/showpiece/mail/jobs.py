"""The job of a mail. It carries only the mail's id: the row is the truth, and a job may be lost, late or doubled."""

from typing import Any

import structlog
from django_tasks import task

log = structlog.get_logger(__name__)


@task(queue_name="mail")
def deliver_mail(mail_id: int) -> None:
    """Send a mail, if it still waits for somebody."""
    from showpiece.mail.delivery import deliver

    deliver(mail_id)


def enqueue(mail_id: int) -> None:
    """Send the job of a mail."""
    job: Any = deliver_mail
    job.enqueue(mail_id)


def publish(mail_id: int) -> bool:
    """The same where a broker that does not answer is no error of the sender's: the sweeper tries again."""
    try:
        enqueue(mail_id)
    except Exception:
        log.exception("job not sent", mail=mail_id)
        return False
    return True
