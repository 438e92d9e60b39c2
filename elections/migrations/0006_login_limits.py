import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0005_member_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="loginattempt",
            name="browser_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="loginattempt",
            name="kind",
            field=models.CharField(
                choices=[("password", "wachtwoord"), ("mail", "e-mail")], default="password", max_length=10
            ),
        ),
        migrations.AddField(
            model_name="loginattempt",
            name="refused",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="loginattempt",
            name="username_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["at"], name="login_attempt_by_time"),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(
                condition=~models.Q(browser_digest=""),
                fields=["browser_digest"],
                name="sign_in_by_browser",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=models.Index(django.db.models.functions.text.Upper("username"), name="user_by_username"),
        ),
    ]
