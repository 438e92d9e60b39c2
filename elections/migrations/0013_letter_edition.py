"""Letter texts become editions that are kept: blocks of text, each for some members, never changed once saved."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

GUARD = """
CREATE FUNCTION letter_edition_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a letter edition is never changed: save a new one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER letter_edition_is_kept BEFORE UPDATE ON elections_letteredition
    FOR EACH ROW EXECUTE FUNCTION letter_edition_is_kept();
"""
DROP_GUARD = """
DROP TRIGGER letter_edition_is_kept ON elections_letteredition;
DROP FUNCTION letter_edition_is_kept();
"""
# What stood in the PDF itself until now; the municipality may change it from here on.
RESERVE = (
    "U valt in als iemand ziek wordt of niet komt. Houd uw telefoon bij u tijdens uw dienst. Als wij u bellen, "
    "verwachten wij u zo snel mogelijk op het stembureau dat wij dan noemen."
)
BRING = (
    "- een geldig identiteitsbewijs: paspoort, identiteitskaart of rijbewijs;\n"
    "- deze brief, op papier of op uw telefoon."
)
ILL = (
    "Bent u ziek of kunt u om een andere reden niet komen? Laat het ons dan meteen weten.\nBel {telefoon}.\n"
    "Mailen kan ook: {email}.\nDan zoeken wij iemand anders. Stuur zelf niemand in uw plaats."
)
PAY = (
    "U krijgt in totaal {vergoeding}. Dit is een bruto bedrag. Wij maken het over op het rekeningnummer dat u in het "
    "portaal hebt ingevuld."
)
NO_PAY = "Voor stand-by staan krijgt u geen vergoeding. Valt u in? Dan krijgt u de vergoeding die bij die functie hoort."
TAX = " Wij geven het bedrag door aan de Belastingdienst."


def _block(text, heading="", place="below", kinds=(), pay=""):
    return {
        "text": text, "heading": heading, "place": place, "kinds": list(kinds), "staff": "", "pay": pay,
    }  # fmt: skip


def _tells_tax_office(connection):
    """On the islands nothing goes to the Dutch tax office."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind FROM public.tenants_municipality WHERE schema_name = %s", [connection.schema_name]
        )
        row = cursor.fetchone()
    return row is not None and row[0] == "municipality"


def _blocks(template, tax):
    found = [
        _block(template.introduction, place="above"),
        _block(RESERVE, "Wat doet een reserve?", kinds=["reserve"]),
        _block(template.duties, "Wat wij van u vragen"),
        _block(BRING, "Neem mee"),
        _block(ILL, "Kunt u niet komen?"),
        _block(PAY + tax, "Uw vergoeding", pay="paid"),
        _block(NO_PAY, "Uw vergoeding", pay="unpaid"),
        _block(template.closing),
    ]
    return [block for block in found if block["text"].strip()]


def keep_texts(apps, schema_editor):
    """The texts of now become an edition under their number; of earlier versions nothing is known."""
    LetterTemplate = apps.get_model("elections", "LetterTemplate")
    LetterEdition = apps.get_model("elections", "LetterEdition")
    AppointmentLetter = apps.get_model("elections", "AppointmentLetter")
    tax = TAX if _tells_tax_office(schema_editor.connection) else ""
    for template in LetterTemplate.objects.all():
        edition = LetterEdition.objects.create(
            event_id=template.event_id,
            version=template.version,
            blocks=_blocks(template, tax),
            created_at=template.updated_at,
        )
        made = AppointmentLetter.objects.filter(event_id=template.event_id).exclude(file="")
        made.filter(template_version=template.version).update(edition=edition)
    AppointmentLetter.objects.filter(state="published").update(publications=F("publications") + 1)


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0012_conversation_waiting"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointmentletter",
            name="changes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="appointmentletter",
            name="facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="appointmentletter",
            name="publications",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="appointmentletter",
            name="published_facts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="appointmentletter",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="electionevent",
            name="shares_chair_phone",
            field=models.BooleanField(
                default=False,
                verbose_name="zet het telefoonnummer van de voorzitter in de brieven van het team",
            ),
        ),
        migrations.CreateModel(
            name="LetterEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField(verbose_name="versie")),
                ("blocks", models.JSONField(default=list, verbose_name="teksten")),
                (
                    "restored_from",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="teruggezet van versie"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_by", models.CharField(blank=True, max_length=150)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_editions",
                        to="elections.electionevent",
                    ),
                ),
            ],
            options={
                "ordering": ("-version",),
            },
        ),
        migrations.AddField(
            model_name="appointmentletter",
            name="edition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="letters",
                to="elections.letteredition",
            ),
        ),
        migrations.AddConstraint(
            model_name="letteredition",
            constraint=models.UniqueConstraint(
                fields=("event", "version"), name="letter_edition_version_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="letteredition",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="letter_edition_version_from_one"
            ),
        ),
        migrations.RunPython(keep_texts, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="appointmentletter",
            name="template_version",
        ),
        migrations.DeleteModel(
            name="LetterTemplate",
        ),
        migrations.RunSQL(GUARD, DROP_GUARD),
    ]
