from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("elections", "0011_answers")]

    operations = [
        migrations.AlterField(
            model_name="placementchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("moved", "andere plaats"),
                    ("added", "extra plaats"),
                    ("cancelled", "vervallen"),
                    ("time", "andere tijd"),
                    ("venue", "ander adres"),
                ],
                max_length=10,
            ),
        ),
    ]
