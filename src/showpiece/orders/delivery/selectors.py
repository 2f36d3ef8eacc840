"""What somebody has bought, with its files."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery

from showpiece.accounts.models import User
from showpiece.catalog.media_selectors import files_not_blocked, releases_named, releases_on_offer, releases_to_have
from showpiece.catalog.models import BlockedFile, Project, Release, ReleaseFile
from showpiece.orders.access import Door
from showpiece.orders.delivery.license_selectors import ShownLicense, key_of, licenses_shown
from showpiece.orders.delivery.links import Link
from showpiece.orders.delivery.problems import BLOCKED, BROKEN, GONE, REVOKED, WITHDRAWN, Problem, Refused
from showpiece.orders.models import Entitlement, Order, OrderLine

R = TypeVar("R", bound=Model)


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
    license: ShownLicense | None


def _newest(project: str) -> "QuerySet[Release, uuid.UUID]":
    found = releases_to_have().filter(project=OuterRef(project)).order_by("-released_at", "-pk")
    return found.values_list("pk", flat=True)


def with_newest(rows: QuerySet[R]) -> QuerySet[R]:
    """With what `goods` wants to know of each: order lines, or entitlements."""
    newest = _newest("project")
    entitlement = "pk" if rows.model is Entitlement else "entitlement"
    found: Any = rows.annotate(
        newest_id=Subquery(newest[:1]), next_id=Subquery(newest[1:2]), license_pk=Subquery(key_of(entitlement))
    )
    return cast("QuerySet[R]", found)


# What the page shows of each, and asks before it leads to a project.
_IN_A_LIBRARY = (
    *("user", "revoked_at", "wants_versions", "line__name", "line__creator_name", "line__order__number"),
    *("project__slug", "project__name", "project__translations", "project__language", "project__status"),
    *("project__published_at", "project__creator__slug", "project__creator__status", "project__category__status"),
)


def library_of(user: User) -> QuerySet[Entitlement]:
    """What a member has, for `goods`. Neither what was taken back nor what staff have put away is among it."""
    theirs = Entitlement.objects.filter(user=user, revoked_at=None, line__order__archived_at=None)
    whole = theirs.select_related("line__order", "project__creator", "project__category")
    return with_newest(whole.only(*_IN_A_LIBRARY))


def entitlements_of(order: Order) -> QuerySet[Entitlement]:
    """What came with an order, in its order."""
    return Entitlement.objects.filter(line__order=order).order_by("line__position")


def goods_of(lines: Sequence[Any], door: Door) -> list[Goods]:
    """What came with the lines of an order, read `with_newest` and their entitlements. Two queries at most."""
    held = [line for line in lines if getattr(line, "entitlement", None)]
    return _goods([(line, line.entitlement, line, door) for line in held])


def shelf_of(entitlements: Iterable[Any]) -> list[Goods]:
    """The same of a part of `library_of`."""
    return _goods([(row, row, row.line, Door(row.line.order)) for row in entitlements])


def _goods(rows: "list[tuple[Any, Entitlement, OrderLine, Door]]") -> list[Goods]:
    keys = licenses_shown((newest.license_pk, door) for newest, _held, _line, door in rows if newest.license_pk)
    releases = releases_named({newest.newest_id for newest, held, *_ in rows if newest.newest_id and held.is_valid})
    found = []
    for newest, held, line, door in rows:
        release = releases.get(newest.newest_id) if held.is_valid else None
        more_url = door.versions_url(held.pk) if release and newest.next_id else ""
        mails_url = door.mails_url(held.pk) if held.is_valid and door.is_buyer else ""
        key = keys.get(newest.license_pk)
        found.append(Goods(line, held, release, file_links(release, door), more_url, mails_url, key))
    return found


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
