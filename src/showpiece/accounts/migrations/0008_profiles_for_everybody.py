"""A profile for every user who was here before there were any. It locks a batch at a time and may be run again."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 1000


def make_profiles(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Empty ones. Somebody who saves their own meanwhile is no hindrance."""
    users, profiles = (
        apps.get_model("accounts", name).objects.using(editor.connection.alias) for name in ("User", "Profile")
    )
    missing = users.filter(profile=None).order_by("pk").values_list("pk", flat=True)
    while batch := list(missing[:BATCH]):
        profiles.bulk_create((profiles.model(user_id=pk) for pk in batch), ignore_conflicts=True)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0007_looks"),
    ]

    operations = [
        migrations.RunPython(make_profiles, migrations.RunPython.noop),
    ]
