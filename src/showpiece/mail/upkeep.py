"""What a worker of the queue "mail" does beside jobs: sending lost ones again, and forgetting old mails."""

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from showpiece.jobs.rounds import Beside, Timetable
from showpiece.jobs.sending import publish
from showpiece.mail import services
from showpiece.mail.jobs import deliver_mail
from showpiece.mail.selectors import due_mails

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
FORGET_SECONDS = 3600.0
SWEEP_AT_ONCE = 100


def publish_lost_mails() -> int:
    """Send the jobs of mails whose pause or lease has ended, and again those that nobody took. Returns how many."""
    if not settings.MAIL_BACKEND:
        return 0
    now = timezone.now()
    sent = 0
    for mail in due_mails(now)[:SWEEP_AT_ONCE]:
        if not _is_lost(mail, now) or not services.mail_publish_again(mail=mail):
            continue
        if not publish(deliver_mail, mail.pk):
            break  # no broker: the others would only wait for the same time-out
        services.mail_published_again(mail=mail)
        sent += 1
    return sent


def _is_lost(mail: Any, now: datetime) -> bool:
    due: datetime = mail.scheduled_time or mail.created
    published: datetime = mail.last_updated
    return published < due or now - published >= services.publish_patience(mail, now)


def forget() -> None:
    """Delete what is older than the operator wants to keep."""
    try:
        services.forget_old_mails()
    except Exception:
        log.exception("forgetting mails failed, comes again")
    finally:
        connection.close()


class Upkeep:
    """The rounds of a worker process that serves the queue "mail"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "mail" in queues
        self._forgetting = Beside(forget, "forget-mails")
        self._times = Timetable(forget=30.0)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if not self._serves:
            return
        if self._times.due("sweep", SWEEP_SECONDS):
            publish_lost_mails()
        if self._times.due("forget", FORGET_SECONDS):
            self._forgetting.begin()

    def stop(self) -> None:
        """A mail that is being sent is sent; nothing else begins."""

    def leave(self) -> None:
        """Nothing is held."""
