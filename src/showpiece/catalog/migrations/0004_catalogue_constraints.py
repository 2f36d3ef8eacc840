from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_catalogue_data")]

    operations = [
        migrations.RemoveConstraint(
            model_name="project",
            name="project_published_has_date",
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    models.Q(("published_at__isnull", False), models.Q(("summary", ""), _negated=True)),
                    _connector="OR",
                ),
                name="project_published_is_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("price_kind", "free"), ("price_minor", 0)),
                    models.Q(("price_kind", "fixed"), ("price_minor__gt", 0)),
                    ("price_kind", "open"),
                    _connector="OR",
                ),
                name="project_price_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("suggested_minor__isnull", True),
                    models.Q(
                        ("price_kind", "open"),
                        ("suggested_minor__gt", 0),
                        ("suggested_minor__gte", models.F("price_minor")),
                    ),
                    _connector="OR",
                ),
                name="project_suggestion_fits_price",
            ),
        ),
        migrations.RemoveField(model_name="project", name="tag_names"),
    ]
