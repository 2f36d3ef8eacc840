"""What a name looks like, beside it. With a default in the database: processes of the version before may still write."""

from django.db import migrations

import showpiece.accounts.looks


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_privacy"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="name_look",
            field=showpiece.accounts.looks.NameLookField(
                blank=True, db_default="", default="", editable=False, max_length=100, of="name"
            ),
        ),
    ]
