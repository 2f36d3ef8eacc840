from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_sales"),
        ("donations", "0002_staff_filters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(fields=["email", "-id"], name="pledge_of_address"),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("name", ""), _negated=True), fields=["name", "-id"], name="pledge_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="pledgepart",
            index=models.Index(fields=["project", "-id"], name="pledge_part_newest"),
        ),
    ]
