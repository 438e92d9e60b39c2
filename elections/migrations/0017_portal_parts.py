"""Parts of the portal get an order, an audience and a version; the team can add parts of its own.

Parts that exist keep the order in which members met them. Documents and messages become parts that can be closed;
every event gets them open, as they were.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

ORDER = (
    "personal_data",
    "availability",
    "reservation",
    "training",
    "placement",
    "letters",
    "documents",
    "inbox",
)
KINDS = [
    ("personal_data", "Uw gegevens"),
    ("availability", "Uw beschikbaarheid"),
    ("reservation", "Uw plaats kiezen"),
    ("training", "Uw training"),
    ("placement", "Uw plaats"),
    ("letters", "Uw brieven"),
    ("documents", "Documenten"),
    ("inbox", "Berichten"),
    ("own", "eigen onderdeel"),
]


def put_in_order(apps, _schema_editor):
    step, event = apps.get_model("elections", "PortalStep"), apps.get_model("elections", "ElectionEvent")
    for rank, kind in enumerate(ORDER, start=1):
        step.objects.filter(kind=kind).update(rank=rank * 10)
    for kind in ("documents", "inbox"):
        lacking = event.objects.exclude(portal_steps__kind=kind)
        step.objects.bulk_create(
            step(event=one, kind=kind, is_on=True, rank=(ORDER.index(kind) + 1) * 10) for one in lacking
        )


def forget(apps, _schema_editor):
    step = apps.get_model("elections", "PortalStep")
    step.objects.filter(kind__in=("documents", "inbox", "own")).delete()


class Migration(migrations.Migration):
    dependencies = [("elections", "0016_group_message_version")]

    operations = [
        migrations.AddField(
            "portalstep",
            "audience",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="elections.audience",
                verbose_name="voor wie",
            ),
        ),
        migrations.AddField("portalstep", "rank", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "portalstep", "title", models.CharField(blank=True, max_length=80, verbose_name="titel")
        ),
        migrations.AddField(
            "portalstep", "body", models.TextField(blank=True, max_length=10_000, verbose_name="tekst")
        ),
        migrations.AddField("portalstep", "version", models.PositiveIntegerField(default=1)),
        migrations.AlterField("portalstep", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.AlterField(
            "audience",
            "step_not_done",
            models.CharField(blank=True, choices=KINDS, max_length=20, verbose_name="nog niet klaar met"),
        ),
        migrations.AlterModelOptions("portalstep", {"ordering": ("rank", "pk")}),
        migrations.RemoveConstraint("portalstep", "portal_step_unique"),
        migrations.AddConstraint(
            "portalstep",
            models.UniqueConstraint(
                condition=~Q(kind="own"), fields=("event", "kind"), name="portal_step_unique"
            ),
        ),
        migrations.AddConstraint(
            "portalstep",
            models.CheckConstraint(
                condition=(Q(kind="own") & ~Q(title="")) | (~Q(kind="own") & Q(title="", body="")),
                name="portal_step_own_has_title",
            ),
        ),
        migrations.CreateModel(
            "StepReading",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="step_readings",
                        to="elections.member",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="elections.portalstep",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "stepreading",
            models.UniqueConstraint(fields=("step", "member"), name="step_reading_once"),
        ),
        migrations.RunPython(put_in_order, forget),
    ]
