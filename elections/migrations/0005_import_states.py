from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0004_account")]

    operations = [
        migrations.AlterField(
            model_name="importfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "geüpload"),
                    ("checked", "gecontroleerd"),
                    ("running", "wordt ingelezen"),
                    ("done", "ingelezen"),
                    ("cancelled", "weggegooid"),
                ],
                default="uploaded",
                max_length=10,
            ),
        ),
    ]
