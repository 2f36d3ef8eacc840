"""Sign-in by django-allauth: a shared cache in the database, small letters in e-mails, and their rows as confirmed.

Until here nobody could register, so every account is one that the operator made and vouches for.
"""

from typing import Any

import django.core.validators
from django.core.management import call_command
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import showpiece.accounts.names

CACHE_TABLE = "shared_cache"


def make_cache(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    call_command("createcachetable", CACHE_TABLE, database=editor.connection.alias, verbosity=0)


def drop_cache(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(CACHE_TABLE)}")


def confirm_addresses(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    users, addresses = apps.get_model("accounts", "User"), apps.get_model("account", "EmailAddress")
    for user in users.objects.iterator():
        if user.email != user.email.lower():
            user.email = user.email.lower()
            user.save(update_fields=["email"])
        addresses.objects.get_or_create(user_id=user.pk, email=user.email, defaults={"verified": True, "primary": True})


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(
                blank=True,
                max_length=100,
                validators=[showpiece.accounts.names.validate_display_name],
                verbose_name="name",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[A-Za-z0-9][A-Za-z0-9_-]{2,39}\\Z",
                        "Use 3 to 40 Latin letters, digits, hyphens and underscores, and begin with a letter or a digit.",
                        code="invalid_username",
                    )
                ],
                verbose_name="username",
            ),
        ),
        migrations.RunPython(make_cache, drop_cache),
        migrations.RunPython(confirm_addresses, migrations.RunPython.noop),
    ]
