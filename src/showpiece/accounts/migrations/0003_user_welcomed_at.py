from typing import Any

from django.db import migrations, models


def mark_everybody(apps: Any, schema_editor: Any) -> None:
    """Who is there already is no newcomer."""
    apps.get_model("accounts", "User").objects.update(welcomed_at=models.F("date_joined"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="welcomed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="welcomed"),
        ),
        migrations.RunPython(mark_everybody, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("welcomed_at", None)), fields=["date_joined"], name="user_not_welcomed"
            ),
        ),
    ]
