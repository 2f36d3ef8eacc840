"""Files of versions that the store has no more: their creator is told once, until they are there again."""

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


def missing_look_again() -> int:
    """Whether some are there again, as after a backup was restored. How many."""
    there = []
    for row in MissingFile.objects.select_related("file").order_by("noticed_at")[:AT_ONCE]:
        try:
            stored_file_size(row.file.file.storage, str(row.file.file.name))
        except FileNotFoundError:
            continue
        except StoreDown:
            break
        there.append(row.pk)
    return MissingFile.objects.filter(pk__in=there).delete()[0] if there else 0
