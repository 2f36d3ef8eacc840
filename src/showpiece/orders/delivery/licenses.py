"""License keys, for software that asks whether it was bought: which projects have them, and who gets one.

Whoever may have a project whose keys are on has a key of it, since when they bought it, or since the keys were switched
on. A job gives keys to those who bought before. A key holds as long as its entitlement does: nothing else revokes it.
"""

import time
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.jobs.sending import send_with_row
from showpiece.orders.delivery.license_jobs import issue_licenses
from showpiece.orders.locks import locked_policy
from showpiece.orders.models import Activation, Entitlement, LicenseKey, LicensePolicy
from showpiece.orders.models.licenses import MOST_ACTIVATIONS

# Keys of a step, and steps of a job. A step holds the one lock for writing of SQLite.
AT_ONCE, STEPS = 200, 20
BREATH_SECONDS = 0.02
# An entitlement without its key for so long was missed.
LOST_AFTER = timedelta(seconds=30)


def licenses_issue(entitlements: Iterable[Entitlement]) -> None:
    """A key to each that is valid and of a project whose keys are on. Those that have one keep it.

    To be called in the transaction that grants them, or gives them back; any number of times.
    """
    held = [one for one in entitlements if one.is_valid]
    if not held:
        return
    policies = LicensePolicy.objects.filter(project__in={one.project_id for one in held}, is_on=True)
    with_keys = set(policies.values_list("project_id", flat=True))
    keys = [LicenseKey(entitlement=one) for one in held if one.project_id in with_keys]
    LicenseKey.objects.bulk_create(keys, ignore_conflicts=True)


@transaction.atomic
def license_policy_set(*, project: Project, is_on: bool, max_activations: int | None) -> LicensePolicy:
    """Switch the keys of a project on or off, and say on how many machines each holds; None: on any number.

    Switched on, those who bought before get one soon. Switched off, nobody gets one any more; those that are out hold
    on, or what was paid for would stop working. Fewer machines throw none out. `ValidationError` for a number that is
    none.
    """
    if max_activations is not None and not 1 <= max_activations <= MOST_ACTIVATIONS:
        text = _("From 1 to %(most)s machines, or nothing for any number.") % {"most": MOST_ACTIVATIONS}
        raise ValidationError({"max_activations": text})
    policy = locked_policy(project.pk)
    policy.is_on, policy.max_activations = is_on, max_activations
    policy.save()
    if is_on:
        send_with_row(issue_licenses, str(project.pk))
    return policy


def licenses_issue_earlier(*, project_id: uuid.UUID, after: uuid.UUID | None = None) -> uuid.UUID | None:
    """Keys to some of those who bought `project` before its keys were switched on, from the entitlement `after` on.

    Returns where to go on; None at the end.
    """
    for number in range(STEPS):
        if number:
            time.sleep(BREATH_SECONDS)
        after = _step(project_id, after)
        if after is None:
            return None
    return after


@transaction.atomic
def _step(project_id: uuid.UUID, after: uuid.UUID | None) -> uuid.UUID | None:
    rows = _without_key().filter(project=project_id)
    rows = rows.filter(pk__gt=after) if after else rows
    found = list(rows.order_by("pk")[:AT_ONCE])
    licenses_issue(found)
    return found[-1].pk if len(found) == AT_ONCE else None


def _without_key() -> QuerySet[Entitlement]:
    return Entitlement.objects.filter(revoked_at=None, license=None, project__license_policy__is_on=True)


def missed_licenses_issue() -> int:
    """Keys to all who should have one: a job was lost, or somebody bought while the keys were switched on.

    Returns how many.
    """
    count, before = 0, timezone.now() - LOST_AFTER
    while found := list(_without_key().filter(granted_at__lt=before)[:AT_ONCE]):
        licenses_issue(found)
        count += len(found)
        time.sleep(BREATH_SECONDS)
    return count


def licenses_forget(*, user: User) -> None:
    """Forget how somebody who goes for good called their machines. Their software goes on: they have paid for it.

    May be cut off anywhere, and run again.
    """
    theirs = Activation.objects.filter(license__entitlement__line__order__user=user)
    while batch := list(theirs.exclude(instance_name__startswith="deleted-")[:AT_ONCE]):
        for machine in batch:
            machine.instance_name = f"deleted-{machine.pk.hex}"
        Activation.objects.bulk_update(batch, ["instance_name"])
