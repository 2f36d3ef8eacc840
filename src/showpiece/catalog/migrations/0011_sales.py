import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0010_reindex"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalproject",
            name="sale_ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sale until"),
        ),
        migrations.AddField(
            model_name="historicalproject",
            name="sale_percent",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)],
                verbose_name="sale, in percent",
            ),
        ),
        migrations.AddField(
            model_name="historicalproject",
            name="sale_starts_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sale from"),
        ),
        migrations.AddField(
            model_name="project",
            name="sale_ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sale until"),
        ),
        migrations.AddField(
            model_name="project",
            name="sale_percent",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)],
                verbose_name="sale, in percent",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="sale_starts_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="sale from"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sale_ends_at", None), ("sale_percent", None), ("sale_starts_at", None)),
                    models.Q(
                        models.Q(
                            ("sale_starts_at", None), ("sale_starts_at__lt", models.F("sale_ends_at")), _connector="OR"
                        ),
                        ("price_kind", "fixed"),
                        ("sale_ends_at__isnull", False),
                        ("sale_percent__gte", 1),
                        ("sale_percent__isnull", False),
                        ("sale_percent__lte", 90),
                    ),
                    _connector="OR",
                ),
                name="project_sale_fits_price",
                violation_error_message="A sale takes something off a fixed price, and ends after it begins.",
            ),
        ),
    ]
