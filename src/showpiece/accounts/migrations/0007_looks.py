"""What the names look like that are there already, and indexes to find what looks the same.

Twins that are there stay: nothing here is unique. Nobody waits: rows are locked a batch at a time, and PostgreSQL
builds the indexes beside the work. Cut off, it may be run again.
"""

from typing import Any

from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import showpiece.accounts.looks
from showpiece.accounts.looks import name_look
from showpiece.schema import AddIndexOnline

BATCH = 500


def fill_in(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Only where the name is still the one that was read."""
    users = apps.get_model("accounts", "User").objects.using(editor.connection.alias)
    waiting = users.exclude(name="").filter(name_look="").order_by("pk").values_list("pk", "name")
    batch = list(waiting[:BATCH])
    while batch:
        with transaction.atomic(using=editor.connection.alias):
            for pk, name in batch:
                users.filter(pk=pk, name=name).update(name_look=name_look(name))
        batch = list(waiting.filter(pk__gt=batch[-1][0])[:BATCH])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0006_user_name_look"),
    ]

    operations = [
        migrations.RunPython(fill_in, migrations.RunPython.noop),
        AddIndexOnline(
            model_name="user",
            index=models.Index(showpiece.accounts.looks.UsernameLook("username"), name="user_username_look"),
        ),
        AddIndexOnline(
            model_name="user",
            index=models.Index(fields=["name_look"], name="user_name_look"),
        ),
    ]
