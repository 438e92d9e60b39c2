"""Trainings with their results, and a part of the portal for them."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

RANK = 35  # between choosing a place and the place itself


def add_training_step(apps, _schema_editor):
    """Give every event the new part of the portal, switched off: new events get all parts when they are made."""
    step = apps.get_model("elections", "PortalStep")
    events = apps.get_model("elections", "ElectionEvent").objects.values_list("pk", flat=True)
    order = {"rank": RANK} if hasattr(step, "rank") else {}
    step.objects.bulk_create(
        [step(event_id=pk, kind="training", **order) for pk in events], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0014_daily_figures"),
    ]

    operations = [
        migrations.AddField(
            model_name="electionevent",
            name="final_after_training",
            field=models.BooleanField(default=False, verbose_name="definitief na de training"),
        ),
        migrations.AlterField(
            model_name="audience",
            name="step_not_done",
            field=models.CharField(
                blank=True,
                choices=[
                    ("personal_data", "Uw gegevens"),
                    ("availability", "Uw beschikbaarheid"),
                    ("reservation", "Uw plaats kiezen"),
                    ("training", "Uw training"),
                    ("placement", "Uw plaats"),
                    ("letters", "Uw brieven"),
                    ("documents", "Documenten"),
                    ("inbox", "Berichten"),
                    ("own", "eigen onderdeel"),
                ],
                max_length=20,
                verbose_name="nog niet klaar met",
            ),
        ),
        migrations.AlterField(
            model_name="importfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("member_import", "leden importeren"),
                    ("station_import", "stembureaus importeren"),
                    ("training_import", "uitslagen van een training importeren"),
                    ("letters", "brieven maken"),
                    ("invitations", "uitnodigingen versturen"),
                    ("proposal", "voorstel voor de indeling maken"),
                    ("letter_print", "brieven om te printen klaarzetten"),
                    ("letter_zip", "alle brieven in één ZIP-bestand zetten"),
                    ("station_dossiers", "stembureaumappen maken"),
                    ("badges", "naamkaartjes maken"),
                    ("presence_lists", "presentielijsten maken"),
                    ("group_message", "bericht aan een groep versturen"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="job",
            name="kind",
            field=models.CharField(
                choices=[
                    ("member_import", "leden importeren"),
                    ("station_import", "stembureaus importeren"),
                    ("training_import", "uitslagen van een training importeren"),
                    ("letters", "brieven maken"),
                    ("invitations", "uitnodigingen versturen"),
                    ("proposal", "voorstel voor de indeling maken"),
                    ("letter_print", "brieven om te printen klaarzetten"),
                    ("letter_zip", "alle brieven in één ZIP-bestand zetten"),
                    ("station_dossiers", "stembureaumappen maken"),
                    ("badges", "naamkaartjes maken"),
                    ("presence_lists", "presentielijsten maken"),
                    ("group_message", "bericht aan een groep versturen"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="portalstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("personal_data", "Uw gegevens"),
                    ("availability", "Uw beschikbaarheid"),
                    ("reservation", "Uw plaats kiezen"),
                    ("training", "Uw training"),
                    ("placement", "Uw plaats"),
                    ("letters", "Uw brieven"),
                    ("documents", "Documenten"),
                    ("inbox", "Berichten"),
                    ("own", "eigen onderdeel"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Training",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="naam")),
                (
                    "site",
                    models.URLField(
                        max_length=500,
                        validators=[django.core.validators.URLValidator(schemes=["https"])],
                        verbose_name="adres van de training",
                    ),
                ),
                (
                    "position_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("chair", "voorzitter"),
                                ("deputy_chair", "plaatsvervangend voorzitter"),
                                ("member", "stembureaulid"),
                                ("counter", "teller"),
                                ("reserve", "reserve"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="telt voor",
                    ),
                ),
                (
                    "valid_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="maanden geldig"),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="aan")),
                ("key_version", models.PositiveIntegerField(default=1)),
                ("key_seen_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("site__startswith", "https://")), name="training_site_is_https"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "position_kinds__contained_by",
                                ["chair", "deputy_chair", "member", "counter", "reserve"],
                            )
                        ),
                        name="training_kinds_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_months", None), ("valid_months__range", (1, 120)), _connector="OR"
                        ),
                        name="training_months_possible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("done_on", models.DateField(verbose_name="gedaan op")),
                ("passed", models.BooleanField(verbose_name="gehaald")),
                ("score", models.CharField(blank=True, max_length=20, verbose_name="score")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="geldig tot en met")),
                (
                    "source",
                    models.CharField(
                        choices=[("import", "bestand van de training"), ("manual", "team verkiezingen")],
                        max_length=10,
                        verbose_name="bron",
                    ),
                ),
                ("noted_by", models.CharField(max_length=150, verbose_name="genoteerd door")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="training_results",
                        to="elections.member",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="results",
                        to="elections.training",
                    ),
                ),
            ],
            options={
                "ordering": ("-done_on", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("training", "member", "done_on"), name="training_result_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_on", None), ("expires_on__gt", models.F("done_on")), _connector="OR"
                        ),
                        name="training_result_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrainingStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="begonnen op"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="training_starts",
                        to="elections.member",
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="starts",
                        to="elections.training",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("training", "member"), name="training_start_unique")
                ],
            },
        ),
        migrations.RunPython(add_training_step, migrations.RunPython.noop),
    ]
