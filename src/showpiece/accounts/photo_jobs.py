"""The job that centres a photo on its face. It carries the user's id: the row says whether there is anything to do."""

import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from showpiece.accounts.models import Profile

log = structlog.get_logger(__name__)

# After this the job is taken for lost, and sent again; after the other, the photo stays as it is.
LOST_AFTER, GIVE_UP_AFTER = timedelta(minutes=1), timedelta(minutes=30)
DROP_AFTER = timedelta(minutes=5)
AT_ONCE = 20


@task(queue_name="cpu-image")
def center_photo(user_id: str) -> None:
    """Centre the photo on its largest face, if that is still to be done."""
    from showpiece.accounts import services

    services.photo_center(uuid.UUID(user_id))


@task(queue_name="cpu-image")
def drop_files(names: list[str]) -> None:
    """Remove files from the public store that nothing points at any more."""
    from showpiece.accounts import photos

    photos.drop(names)


def drop_later(names: list[str]) -> None:
    """The same, when nobody looks at a page that shows them."""
    try:
        drop_files.using(run_after=timezone.now() + DROP_AFTER).enqueue(names)
    except Exception:
        log.exception("files not removed", names=names)


def send(user_id: uuid.UUID) -> None:
    """Send the job together with the row that needs it. A broker that is down is no error of the person's."""
    if settings.BROKER_URL:
        transaction.on_commit(lambda: _publish(user_id))
    else:
        center_photo.enqueue(str(user_id))


def _publish(user_id: uuid.UUID) -> bool:
    try:
        center_photo.enqueue(str(user_id))
    except Exception:
        log.exception("job not sent, comes again", user=str(user_id))
        return False
    return True


def send_lost() -> int:
    """Send again the jobs that nobody did. Returns how many."""
    from showpiece.accounts import services

    now = timezone.now()
    waiting = Profile.objects.exclude(photo_source="").filter(photo_changed_at__lt=now - LOST_AFTER)
    sent = 0
    for profile in waiting.order_by("photo_changed_at")[:AT_ONCE]:
        if profile.photo_changed_at and profile.photo_changed_at < now - GIVE_UP_AFTER:
            services.photo_leave(profile)
        elif _publish(profile.pk):
            sent += 1
        else:
            break  # no broker: the others would only wait for the same time-out
    return sent
