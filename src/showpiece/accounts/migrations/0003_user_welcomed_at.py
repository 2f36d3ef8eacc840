"""Who has been welcomed: everybody who is there already. Rows are locked a batch at a time."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from showpiece.schema import AddFieldOnce, AddIndexOnline

BATCH = 1000


def mark_everybody(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    """Who is there already is no newcomer."""
    users = apps.get_model("accounts", "User").objects.using(editor.connection.alias)
    waiting = users.filter(welcomed_at=None).order_by("pk").values_list("pk", flat=True)
    while batch := list(waiting[:BATCH]):
        users.filter(pk__in=batch).update(welcomed_at=models.F("date_joined"))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0002_sign_in"),
    ]

    operations = [
        AddFieldOnce(
            model_name="user",
            name="welcomed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="welcomed"),
        ),
        migrations.RunPython(mark_everybody, migrations.RunPython.noop),
        AddIndexOnline(
            model_name="user",
            index=models.Index(
                condition=models.Q(("welcomed_at", None)), fields=["date_joined"], name="user_not_welcomed"
            ),
        ),
    ]
