import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0004_subscriptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="dispute",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund",
                to="payments.dispute",
                verbose_name="dispute",
            ),
        ),
    ]
