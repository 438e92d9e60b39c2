import django.db.models.deletion
from django.db import migrations, models

JOB_KINDS = [
    ("member_import", "leden importeren"),
    ("import_undo", "inlezen van leden ongedaan maken"),
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
]
STATES = [
    ("uploaded", "geüpload"),
    ("checked", "gecontroleerd"),
    ("running", "wordt ingelezen"),
    ("done", "ingelezen"),
    ("cancelled", "weggegooid"),
    ("undone", "ongedaan gemaakt"),
]


class Migration(migrations.Migration):
    dependencies = [("elections", "0021_own_field")]

    operations = [
        migrations.AlterField("importfile", "kind", models.CharField(choices=JOB_KINDS, max_length=20)),
        migrations.AlterField(
            "importfile",
            "state",
            models.CharField(choices=STATES, default="uploaded", max_length=10),
        ),
        migrations.AlterField("job", "kind", models.CharField(choices=JOB_KINDS, max_length=20)),
        migrations.CreateModel(
            name="ImportedMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField()),
                ("is_new", models.BooleanField()),
                ("version", models.PositiveIntegerField()),
                ("before", models.JSONField(blank=True, default=dict)),
                ("labels", models.JSONField(blank=True, default=list)),
                ("secrets", models.JSONField(blank=True, default=list)),
                (
                    "import_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="elections.importfile",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imports",
                        to="elections.member",
                    ),
                ),
            ],
            options={
                "ordering": ("row",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("import_file", "member"), name="imported_member_once_a_file"
                    )
                ],
            },
        ),
    ]
