"""The job that encodes a film. It carries only an id: the row is the truth, and a job may be lost or doubled."""

import uuid

import structlog
from django_tasks import task

log = structlog.get_logger(__name__)


@task(queue_name="cpu-video")
def convert_video(video_id: str) -> None:
    """Encode a film, if it still waits for somebody."""
    from showpiece.catalog.video_work import convert

    convert(uuid.UUID(video_id))


def enqueue(video_id: uuid.UUID) -> None:
    """Send the job."""
    convert_video.enqueue(str(video_id))


def publish(video_id: uuid.UUID) -> bool:
    """The same where a broker that does not answer is no error of the creator's: the sweeper tries again."""
    try:
        enqueue(video_id)
    except Exception:
        log.exception("job not sent", video=str(video_id))
        return False
    return True
