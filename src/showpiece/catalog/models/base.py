"""What the tables of the catalogue have in common."""

from typing import Any

from django.core.files.storage import Storage, storages
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from showpiece.ids import uuid7

currency_code = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters, as in ISO 4217."))


class Status(models.TextChoices):
    """Where a thing stands. Archived things are listed nowhere and cannot be ordered; old orders still show them."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


def history(*, without: tuple[str, ...] = ()) -> Any:
    """Who changed what, and when: a row for each state that a row was saved in. `without`: fields that jobs keep up."""
    return HistoricalRecords(
        excluded_fields=list(without),
        history_id_field=models.UUIDField(default=uuid7),
        history_change_reason_field=models.TextField(null=True),
    )


def public_storage() -> Storage:
    return storages["public"]
