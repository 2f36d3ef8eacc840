"""Machines on which license keys are in use, as software asks for it. Pages and the API call this."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from showpiece.catalog.media_selectors import newest_on_offer
from showpiece.orders.locks import locked_license
from showpiece.orders.models import Activation, LicenseKey
from showpiece.orders.models.licenses import license_key_typed

# Machines that one key can be given to in a day, whatever its limit: software that forgets what it was told would
# fill the table.
MOST_A_DAY = 1000


class Reason(StrEnum):
    """Why a key, or a machine, is refused."""

    UNKNOWN_KEY = "unknown_key"
    OTHER_PROJECT = "other_project"
    REVOKED = "revoked"
    UNKNOWN_INSTANCE = "unknown_instance"
    DEACTIVATED = "deactivated"
    LIMIT_REACHED = "limit_reached"
    TOO_MANY_ACTIVATIONS = "too_many_activations"


@dataclass(frozen=True)
class Standing:
    """A key as it is. `limit`: on how many machines it holds, None for any number."""

    license: LicenseKey
    in_use: int
    limit: int | None
    latest_version: str | None


class Refused(Exception):  # noqa: N818
    """The key or the machine is not accepted. `standing`: of a key that is one of the project."""

    def __init__(self, reason: Reason, standing: Standing | None = None) -> None:
        super().__init__(reason)
        self.reason, self.standing = reason, standing


def license_exists(key: str) -> bool:
    """Whether there is such a key, of whatever project."""
    return LicenseKey.objects.filter(key=license_key_typed(key)).exists()


def _licenses() -> QuerySet[LicenseKey]:
    in_use = Activation.objects.filter(license=OuterRef("pk"), deactivated_at=None).order_by()
    project = "entitlement__project"
    return (
        LicenseKey.objects.select_related(f"{project}__license_policy")
        .only(
            "key",
            "created_at",
            "entitlement__revoked_at",
            f"{project}__name",
            f"{project}__language",
            f"{project}__translations",
            f"{project}__license_policy__max_activations",
        )
        .annotate(
            in_use=Subquery(in_use.values("license").annotate(count=Count("pk")).values("count")),
            latest_version=Subquery(newest_on_offer(OuterRef(f"{project}")).values("version")[:1]),
        )
    )


def _standing(found: LicenseKey | None, project_id: uuid.UUID) -> Standing:
    if found is None:
        raise Refused(Reason.UNKNOWN_KEY)
    entitlement = found.entitlement
    if entitlement.project_id != project_id:
        raise Refused(Reason.OTHER_PROJECT)
    policy = getattr(entitlement.project, "license_policy", None)
    return Standing(
        found,
        found.in_use or 0,  # type: ignore[attr-defined]
        policy.max_activations if policy else None,
        found.latest_version,  # type: ignore[attr-defined]
    )


def license_validate(*, key: str, project_id: uuid.UUID, instance_id: uuid.UUID | None = None) -> Standing:
    """Whether a key holds, and on the machine `instance_id` if that is given. Writes nothing. `Refused` if not."""
    standing = _standing(_licenses().filter(key=license_key_typed(key)).first(), project_id)
    if not standing.license.entitlement.is_valid:
        raise Refused(Reason.REVOKED, standing)
    if instance_id is not None and not _machine(standing, instance_id).is_in_use:
        raise Refused(Reason.DEACTIVATED, standing)
    return standing


def _machine(standing: Standing, instance_id: uuid.UUID) -> Activation:
    machine = Activation.objects.filter(license=standing.license, pk=instance_id).first()
    if machine is None:
        raise Refused(Reason.UNKNOWN_INSTANCE, standing)
    return machine


@transaction.atomic
def license_activate(*, key: str, project_id: uuid.UUID, instance_name: str) -> tuple[Standing, Activation]:
    """Use a key on one machine more. The same name again is the same machine. `Refused` where that cannot be."""
    standing = _standing(locked_license(_licenses(), license_key_typed(key)), project_id)
    if not standing.license.entitlement.is_valid:
        raise Refused(Reason.REVOKED, standing)
    # Counted anew: what was read with the row may be of before somebody else let go of it.
    machines = Activation.objects.filter(license=standing.license)
    counted = machines.aggregate(
        in_use=Count("pk", filter=Q(deactivated_at=None)),
        same=Count("pk", filter=Q(deactivated_at=None, instance_name=instance_name)),
        lately=Count("pk", filter=Q(activated_at__gt=timezone.now() - timedelta(days=1))),
    )
    if counted["same"]:
        machine = machines.get(deactivated_at=None, instance_name=instance_name)
        return _in_use(standing, counted["in_use"]), machine
    if standing.limit is not None and counted["in_use"] >= standing.limit:
        raise Refused(Reason.LIMIT_REACHED, _in_use(standing, counted["in_use"]))
    if counted["lately"] >= MOST_A_DAY:
        raise Refused(Reason.TOO_MANY_ACTIVATIONS, standing)
    machine = Activation.objects.create(license=standing.license, instance_name=instance_name)
    return _in_use(standing, counted["in_use"] + 1), machine


def _in_use(standing: Standing, in_use: int) -> Standing:
    return Standing(standing.license, in_use, standing.limit, standing.latest_version)


@transaction.atomic
def license_deactivate(*, key: str, project_id: uuid.UUID, instance_id: uuid.UUID) -> Standing:
    """Use a key no longer on a machine. Twice is no fault, and a key that was revoked lets go of machines, too."""
    standing = _standing(_licenses().filter(key=license_key_typed(key)).first(), project_id)
    machine = _machine(standing, instance_id)
    freed = activation_end(activation=machine)
    return _in_use(standing, standing.in_use - freed)


def activation_end(*, activation: Activation) -> int:
    """Take a key off a machine: it may be used on another one then. Twice is no fault. Returns how many were let go."""
    held = Activation.objects.filter(pk=activation.pk, deactivated_at=None)
    return held.update(deactivated_at=timezone.now())


def license_reset(*, key: LicenseKey) -> int:
    """Take a key off all its machines. Returns how many."""
    held = Activation.objects.filter(license=key, deactivated_at=None)
    return held.update(deactivated_at=timezone.now())
