from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0012_placement_change")]

    operations = [
        migrations.AddField(
            model_name="waitlistentry",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
