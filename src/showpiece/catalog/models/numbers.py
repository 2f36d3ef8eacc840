"""What is still to be counted."""

from django.db import models
from django.utils import timezone

from showpiece.catalog.models.projects import Project
from showpiece.ids import uuid7


class Recount(models.Model):
    """The ratings of a project have changed: a row for each change, until a job has counted them anew."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="recounts")
    noted_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.project_id}"
