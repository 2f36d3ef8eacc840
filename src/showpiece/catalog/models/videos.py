"""Films in the galleries of projects."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models.base import public_storage
from showpiece.catalog.models.pictures import ProjectPicture
from showpiece.ids import uuid7

VIDEO_SUFFIX = ".webm"


def source_path(video: "ProjectVideo", filename: str) -> str:
    """A name that tells nothing: the client's name is never used."""
    return f"gallery/{video.picture.project_id}/{uuid7()}"


def video_path(video: "ProjectVideo", filename: str) -> str:
    """Beside the pictures, and named as they are."""
    return f"projects/{video.picture.project_id}/{uuid7()}{VIDEO_SUFFIX}"


class ProjectVideo(models.Model):
    """A film. Its poster is a picture of the gallery, and has its place and text.

    A worker encodes it anew: the row says how far that is, and a job carries only its id.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("film", "waiting")
        PROCESSING = "processing", pgettext_lazy("film", "being converted")
        READY = "ready", pgettext_lazy("film", "ready")
        FAILED = "failed", pgettext_lazy("film", "failed")

    OPEN = (State.WAITING, State.PROCESSING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    picture = models.OneToOneField(ProjectPicture, on_delete=models.CASCADE, related_name="video")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # As it was sent, in the private store, until it is converted or that has failed; shown to nobody.
    source = models.FileField(upload_to=source_path, max_length=200, blank=True)
    # As we made it.
    file = models.FileField(upload_to=video_path, storage=public_storage, max_length=200, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    progress = models.FloatField(default=0)
    # In English; translated when shown.
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    publish_after = models.DateTimeField(default=timezone.now)
    publishes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("film")
        verbose_name_plural = _("films")
        indexes = [
            models.Index(
                fields=["publish_after"], name="project_video_due", condition=Q(state__in=["waiting", "processing"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.picture_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int:
        return round(100 * self.progress)
