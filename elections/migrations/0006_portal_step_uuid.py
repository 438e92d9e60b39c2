"""Give portal steps a public id, so that an address never holds a primary key."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0005_import_states")]

    operations = [
        migrations.AddField(
            model_name="portalstep", name="uuid", field=models.UUIDField(default=uuid.uuid4, editable=False)
        ),
        migrations.RunSQL("UPDATE elections_portalstep SET uuid = gen_random_uuid()", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="portalstep",
            name="uuid",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
