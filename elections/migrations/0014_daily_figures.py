import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0013_letter_edition"),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="daily_figures",
                        to="elections.electionevent",
                    ),
                ),
            ],
            options={
                "ordering": ("event", "day"),
                "constraints": [
                    models.UniqueConstraint(fields=("event", "day"), name="daily_figures_once_a_day")
                ],
            },
        ),
    ]
