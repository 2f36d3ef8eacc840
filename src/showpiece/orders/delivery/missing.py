"""Files of versions that the store has no more: their creator is told once, until they are there again."""

import uuid
from typing import NamedTuple

import structlog
from django.db import transaction

from showpiece.catalog.models import ReleaseFile
from showpiece.files import StoreDown, stored_file_size
from showpiece.orders import mails
from showpiece.orders.models import MissingFile

log = structlog.get_logger(__name__)

AT_ONCE = 100


def missing_note(file: ReleaseFile) -> None:
    """Somebody wanted it, and it is not there."""
    with transaction.atomic():
        _row, is_news = MissingFile.objects.get_or_create(file=file)
        if is_news:
            log.error("file of a version is missing", file=str(file.pk), name=file.file.name)
            mails.send_missing(ReleaseFile.objects.select_related("release__project__creator__user").get(pk=file.pk))


def found_note(file: ReleaseFile) -> None:
    """It is there. `file` was read with `missing`."""
    if getattr(file, "missing", None) is not None:
        MissingFile.objects.filter(file=file).delete()


class Looked(NamedTuple):
    """How many were there again, and where the next look begins: after this one, or at the first."""

    found: int
    after: uuid.UUID | None


def missing_look_again(after: uuid.UUID | None = None) -> Looked:
    """Whether some are there again, as after a backup was restored. Look by look all of them have their turn, also
    behind many that stay away."""
    rows = MissingFile.objects.select_related("file").order_by("pk")
    some = list((rows.filter(pk__gt=after) if after else rows)[:AT_ONCE])
    there, last = [], some[-1].pk if len(some) == AT_ONCE else None
    for row in some:
        try:
            stored_file_size(row.file.file.storage, str(row.file.file.name))
        except FileNotFoundError:
            continue
        except StoreDown:
            last = after  # nothing was seen of the others
            break
        there.append(row.pk)
    found = MissingFile.objects.filter(pk__in=there).delete()[0] if there else 0
    return Looked(found, last)
