"""The job of a mail. It carries only the mail's id: the row is the truth, and a job may be lost, late or doubled."""

from django_tasks import task


@task(queue_name="mail")
def deliver_mail(mail_id: int) -> None:
    """Send a mail, if it still waits for somebody."""
    from showpiece.mail.delivery import deliver

    deliver(mail_id)
