from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0028_confidential_reason_default"),
    ]

    operations = [
        migrations.AddField(
            model_name="ownfield",
            name="is_sensitive",
            field=models.BooleanField(db_default=True, default=True, verbose_name="gevoelig"),
        ),
    ]
