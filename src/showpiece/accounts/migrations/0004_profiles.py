"""What people tell of themselves. Those who are here already get their profiles later (0008): here they would wait."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import showpiece.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_user_welcomed_at"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "bio",
                    models.TextField(
                        blank=True,
                        max_length=500,
                        validators=[django.core.validators.MaxLengthValidator(500)],
                        verbose_name="about you",
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=80, verbose_name="place")),
                ("photo", models.CharField(blank=True, editable=False, max_length=100, verbose_name="photo")),
                ("photo_source", models.CharField(blank=True, editable=False, max_length=100)),
                ("photo_changed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("show_email", models.BooleanField(default=False, verbose_name="show my e-mail")),
                ("show_online", models.BooleanField(default=True, verbose_name="show when I am online")),
                ("last_seen_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last seen")),
                (
                    "signed_out_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="signed out"),
                ),
            ],
            options={
                "verbose_name": "profile",
                "verbose_name_plural": "profiles",
            },
        ),
        migrations.CreateModel(
            name="ProfileLink",
            fields=[
                (
                    "id",
                    models.UUIDField(default=showpiece.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(4)], verbose_name="position"
                    ),
                ),
                (
                    "url",
                    models.URLField(
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])], verbose_name="link"
                    ),
                ),
            ],
            options={
                "verbose_name": "link",
                "verbose_name_plural": "links",
                "ordering": ["position"],
            },
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_active", True)), fields=["-date_joined", "-id"], name="user_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(("photo_source", ""), _negated=True),
                fields=["photo_changed_at"],
                name="profile_photo_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length("bio"), 500),
                name="profile_bio_not_too_long",
            ),
        ),
        migrations.AddConstraint(
            model_name="profile",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("location"), 80
                ),
                name="profile_location_not_too_long",
            ),
        ),
        migrations.AddField(
            model_name="profilelink",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="links", to="accounts.profile"
            ),
        ),
        migrations.AddConstraint(
            model_name="profilelink",
            constraint=models.UniqueConstraint(fields=("profile", "position"), name="link_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="profilelink",
            constraint=models.CheckConstraint(condition=models.Q(("position__lt", 5)), name="link_not_too_many"),
        ),
        migrations.AddConstraint(
            model_name="profilelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("url__startswith", "http://"), ("url__startswith", "https://"), _connector="OR"),
                name="link_of_the_web",
            ),
        ),
    ]
