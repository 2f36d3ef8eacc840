"""What somebody has bought, with its files."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from showpiece.accounts.models import User
from showpiece.catalog.media_selectors import files_not_blocked, releases_named, releases_on_offer, releases_to_have
from showpiece.catalog.models import BlockedFile, Project, Release, ReleaseFile
from showpiece.orders.access import Door
from showpiece.orders.delivery.links import Link
from showpiece.orders.delivery.problems import BLOCKED, BROKEN, GONE, REVOKED, WITHDRAWN, Problem, Refused
from showpiece.orders.models import Entitlement, Order, OrderLine


class FileLink(NamedTuple):
    """A file, and the address that leads to a fresh link to it, "" for who only looks."""

    file: ReleaseFile
    url: str


class Goods(NamedTuple):
    """What came with an order line: the newest version that has files, and whether there are others."""

    line: OrderLine
    entitlement: Entitlement
    release: Release | None
    files: list[FileLink]
    versions_url: str
    mails_url: str


def _newest(project: str) -> "QuerySet[Release, uuid.UUID]":
    found = releases_to_have().filter(project=OuterRef(project)).order_by("-released_at", "-pk")
    return found.values_list("pk", flat=True)


def with_newest(entitlements: QuerySet[Entitlement]) -> QuerySet[Entitlement]:
    """With what `goods` wants to know of each."""
    newest = _newest("project")
    return entitlements.annotate(newest_id=Subquery(newest[:1]), next_id=Subquery(newest[1:2]))


def library_of(user: User) -> QuerySet[Entitlement]:
    """What a member has, for `goods`. Neither what was taken back nor what staff have put away is among it."""
    theirs = Entitlement.objects.filter(user=user, revoked_at=None, line__order__archived_at=None)
    return with_newest(theirs.select_related("line__order", "project__creator", "project__category"))


def entitlements_of(order: Order) -> QuerySet[Entitlement]:
    """What came with an order, in its order."""
    return Entitlement.objects.filter(line__order=order).order_by("line__position")


def goods_of(order: Order, lines: Sequence[OrderLine], door: Door) -> list[Goods]:
    """What came with these lines of an order, which have their projects. At most two queries."""
    by_pk = {line.pk: line for line in lines}
    found = list(with_newest(entitlements_of(order)))
    for entitlement in found:
        entitlement.line = by_pk[entitlement.line_id]
        entitlement.project = entitlement.line.project
    return goods((entitlement, door) for entitlement in found)


def goods(entitlements: Iterable[tuple[Entitlement, Door]]) -> list[Goods]:
    """The files of what `with_newest` has read. At most one query."""
    rows: list[tuple[Any, Door]] = list(entitlements)
    wanted = {row.newest_id for row, _door in rows if row.newest_id and row.is_valid}
    releases = releases_named(wanted)
    return [_goods(row, door, releases.get(row.newest_id) if row.is_valid else None) for row, door in rows]


def _goods(row: Any, door: Door, release: Any) -> Goods:
    return Goods(
        row.line,
        row,
        release,
        file_links(release, door),
        door.versions_url(row.pk) if release and row.next_id else "",
        door.mails_url(row.pk) if row.is_valid and door.is_buyer else "",
    )


def file_links(release: Any, door: Door) -> list[FileLink]:
    """The files of a version, which are read."""
    offered = release.offered if release else []
    return [FileLink(file, door.file_url(file.pk) if door.is_buyer else "") for file in offered]


def releases_of(project: Project) -> QuerySet[Release]:
    """Versions with files to have, `offered` of each included. Without an order."""
    files = files_not_blocked().filter(release=OuterRef("pk"))
    return releases_on_offer(project).filter(Exists(files))


# One file


def _refusal(row: Any, entitlement: Entitlement) -> Problem | None:
    if not entitlement.is_valid:
        return REVOKED
    if row is None:
        return GONE
    if row.release.project_id != entitlement.project_id:
        return BROKEN
    if row.is_blocked:
        return BLOCKED
    return None if row.release.is_on_offer else WITHDRAWN


def file_of(entitlement: Entitlement, file: uuid.UUID) -> ReleaseFile:
    """A file that comes with an entitlement, as it stands now: with its version and, of a missing one, that row.

    `Refused` says why not.
    """
    blocked = BlockedFile.objects.filter(sha256=OuterRef("sha256"))
    rows = ReleaseFile.objects.select_related("release", "missing").annotate(is_blocked=Exists(blocked))
    row = rows.filter(pk=file).first()
    if problem := _refusal(row, entitlement):
        raise Refused(problem, entitlement)
    assert row is not None  # noqa: S101  # that is a reason, too
    return row


def opened_by(link: Link) -> tuple[Entitlement, ReleaseFile]:
    """The file that a link opens now, and by which right. `Refused` says why it does not."""
    entitlement = Entitlement.objects.filter(pk=link.entitlement).first()
    if entitlement is None:
        raise Refused(BROKEN)
    return entitlement, file_of(entitlement, link.file)


def entitlement_for(order: Order, file: uuid.UUID) -> Entitlement | None:
    """By which of an order somebody has a file."""
    return Entitlement.objects.filter(line__order=order, project__releases__files=file).first()
