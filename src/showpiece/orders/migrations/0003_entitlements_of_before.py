"""What was sold before there were entitlements gets them. In batches, each for itself, while the shop goes on; what it
grants meanwhile stays as it is. May be cut off anywhere, and run again."""

import uuid
from typing import Any

from django.db import migrations
from django.db.models import F
from django.utils import timezone

AT_ONCE = 1000
BEFORE_ALL = uuid.UUID(int=0)


def grant(apps: Any, schema_editor: Any) -> None:
    lines = apps.get_model("orders", "OrderLine").objects.filter(sold_at__isnull=False).order_by("pk")
    entitlements = apps.get_model("orders", "Entitlement").objects
    done = BEFORE_ALL
    while batch := list(lines.filter(pk__gt=done).annotate(user=F("order__user"))[:AT_ONCE]):
        entitlements.bulk_create(
            [
                entitlements.model(
                    line=line,
                    project_id=line.project_id,
                    user_id=line.user,
                    granted_at=line.sold_at,
                    # As a refund of today would have it: staff can restore it.
                    revoked_at=timezone.now() if 0 < line.total_minor == line.refunded_minor else None,
                )
                for line in batch
            ],
            ignore_conflicts=True,
        )
        done = batch[-1].pk


class Migration(migrations.Migration):
    # Each batch is its own transaction.
    atomic = False

    dependencies = [
        ("orders", "0002_delivery"),
    ]

    operations = [
        # Back: the table goes with the migration before.
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
