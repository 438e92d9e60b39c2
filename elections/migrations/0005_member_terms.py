"""The moments from which the retention terms of a member count. Who is not active now, is so since now."""

from django.db import migrations, models
from django.db.models import Q

NOT_ACTIVE = (
    "UPDATE elections_member SET deactivated_at = now() WHERE NOT is_active AND deactivated_at IS NULL"
)


class Migration(migrations.Migration):
    dependencies = [("elections", "0004_audit_guards")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="deactivated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="niet actief sinds"),
        ),
        migrations.AddField(
            model_name="member",
            name="last_worked_on",
            field=models.DateField(blank=True, null=True, verbose_name="laatst gewerkt op"),
        ),
        migrations.AddField(
            model_name="member",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="gewist op"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.CheckConstraint(
                condition=Q(erased_at=None) | Q(is_active=False, email="", phone="", birth_date=None),
                name="member_erased_is_empty",
            ),
        ),
        migrations.RunSQL(NOT_ACTIVE, migrations.RunSQL.noop),
    ]
