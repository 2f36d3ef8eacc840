import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import showpiece.catalog.models.base
import showpiece.catalog.models.videos
import showpiece.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0005_creator_look"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalrelease",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.AddField(
            model_name="release",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn"),
        ),
        migrations.CreateModel(
            name="ProjectVideo",
            fields=[
                (
                    "id",
                    models.UUIDField(default=showpiece.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("processing", "being converted"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.FileField(blank=True, max_length=200, upload_to=showpiece.catalog.models.videos.source_path),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        storage=showpiece.catalog.models.base.public_storage,
                        upload_to=showpiece.catalog.models.videos.video_path,
                    ),
                ),
                ("width", models.PositiveIntegerField(default=0)),
                ("height", models.PositiveIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("progress", models.FloatField(default=0)),
                ("error", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=80)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("publish_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("publishes", models.PositiveSmallIntegerField(default=0)),
                (
                    "picture",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="video", to="catalog.projectpicture"
                    ),
                ),
            ],
            options={
                "verbose_name": "film",
                "verbose_name_plural": "films",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "processing"])),
                        fields=["publish_after"],
                        name="project_video_due",
                    )
                ],
            },
        ),
    ]
