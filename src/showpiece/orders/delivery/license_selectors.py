"""Reading license keys for pages."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery

from showpiece.catalog.models import Project
from showpiece.json_rows import JsonRows
from showpiece.orders.access import Door
from showpiece.orders.models import Activation, Entitlement, LicenseKey, LicensePolicy

# Machines that a buyer is shown; who has more of them manages them from the software.
MOST_SHOWN = 50


@dataclass(frozen=True)
class Machine:
    """One on which a key is in use. `remove_url`: "" for who only looks."""

    name: str
    since: datetime
    remove_url: str


@dataclass(frozen=True)
class ShownLicense:
    """A key as its buyer sees it. `limit`: on how many machines it holds, None for any number."""

    key: str
    in_use: int
    limit: int | None
    machines: list[Machine]

    @property
    def more(self) -> int:
        """How many machines are not shown."""
        return self.in_use - len(self.machines)

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.in_use >= self.limit


def key_of(entitlement: str) -> QuerySet[LicenseKey, uuid.UUID]:
    """The id of the key of the entitlement that an outer query has under this name."""
    return LicenseKey.objects.filter(entitlement=OuterRef(entitlement)).values_list("pk", flat=True)


def in_use_of() -> Subquery:
    """On how many machines the key is in use that an outer query is at; None for none."""
    machines = Activation.objects.filter(license=OuterRef("pk"), deactivated_at=None).order_by()
    return Subquery(machines.values("license").annotate(count=Count("pk")).values("count"))


def licenses_shown(keys: Iterable[tuple[uuid.UUID, Door]]) -> dict[uuid.UUID, ShownLicense]:
    """These keys with their machines, by id. One query, and none for no keys."""
    doors = dict(keys)
    if not doors:
        return {}
    machines = Activation.objects.filter(license=OuterRef("pk"), deactivated_at=None).order_by("-pk")
    rows = LicenseKey.objects.filter(pk__in=doors).annotate(
        machines=JsonRows(machines.values_list("id", "instance_name", "activated_at")[:MOST_SHOWN]),
        in_use=in_use_of(),
        limit=Subquery(
            LicensePolicy.objects.filter(project=OuterRef("entitlement__project")).values("max_activations")
        ),
    )
    return {row.pk: _shown(row, doors[row.pk]) for row in rows}


def _shown(row: "LicenseKey", door: Door) -> ShownLicense:
    found = [
        Machine(name, _moment(since), door.machine_remove_url(uuid.UUID(pk)) if door.is_buyer else "")
        for pk, name, since in row.machines or []  # type: ignore[attr-defined]
    ]
    return ShownLicense(row.key, row.in_use or 0, row.limit, found)  # type: ignore[attr-defined]


def _moment(text: str) -> datetime:
    """A moment as the database writes it into JSON: SQLite without its zone, which is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# For those whose project it is


def policy_of(project: Project) -> LicensePolicy:
    """What a project says about keys; off where it has said nothing yet."""
    found = LicensePolicy.objects.filter(project=project).first()
    return found or LicensePolicy(project=project, is_on=False)


def issued(project: Project, *, revoked: bool = False, search: str = "") -> QuerySet[Entitlement]:
    """Entitlements with the keys that hold, or those that were revoked. `search`: a key, or the number of an order."""
    rows = Entitlement.objects.filter(project=project, license__isnull=False, revoked_at__isnull=not revoked)
    typed = search.strip().upper().replace("\x00", "")
    if typed:
        by_key, by_order = rows.filter(license__key=typed), rows.filter(line__order__number=typed)
        rows = by_key if len(typed) > 9 else by_order
    in_use = Activation.objects.filter(license__entitlement=OuterRef("pk"), deactivated_at=None).order_by()
    return rows.select_related("license", "line__order").annotate(
        in_use=Subquery(in_use.values("license").annotate(count=Count("pk")).values("count"))
    )
