"""The job that centres a photo on its face. It carries the user's id: the row says whether there is anything to do."""

import uuid
from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from showpiece.accounts.models import Profile
from showpiece.jobs.sending import publish, send_with_row

# After this the job is taken for lost, and sent again; after the other, the photo stays as it is.
LOST_AFTER, GIVE_UP_AFTER = timedelta(minutes=1), timedelta(minutes=30)
AT_ONCE = 20


@task(queue_name="cpu-image")
def center_photo(user_id: str) -> None:
    """Centre the photo on its largest face, if that is still to be done."""
    from showpiece.accounts import services

    services.photo_center(uuid.UUID(user_id))


def send(user_id: uuid.UUID) -> None:
    """Send the job together with the row that needs it."""
    send_with_row(center_photo, str(user_id))


def send_lost() -> int:
    """Send again the jobs that nobody did. Returns how many."""
    from showpiece.accounts import services

    now = timezone.now()
    waiting = Profile.objects.exclude(photo_source="").filter(photo_changed_at__lt=now - LOST_AFTER)
    sent = 0
    for profile in waiting.order_by("photo_changed_at")[:AT_ONCE]:
        if profile.photo_changed_at and profile.photo_changed_at < now - GIVE_UP_AFTER:
            services.photo_leave(profile)
        elif publish(center_photo, str(profile.pk)):
            sent += 1
        else:
            break  # no broker: the others would only wait for the same time-out
    return sent
