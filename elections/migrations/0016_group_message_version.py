"""The version of a message to a group, and the mail about a conversation that a colleague got."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0015_training"),
    ]

    operations = [
        migrations.AddField(
            model_name="groupmessage",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="outboxmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("login_code", "inlogcode"),
                    ("member_invitation", "uitnodiging lid"),
                    ("staff_invitation", "uitnodiging medewerker"),
                    ("password_reset", "nieuw wachtwoord"),
                    ("password_changed", "wachtwoord gewijzigd"),
                    ("username_reminder", "gebruikersnaam"),
                    ("email_changed", "e-mailadres gewijzigd"),
                    ("email_confirmation", "code voor nieuw e-mailadres"),
                    ("iban_changed", "IBAN gewijzigd"),
                    ("new_browser", "ingelogd op een nieuw apparaat"),
                    ("factor_changed", "tweede stap gewijzigd"),
                    ("privacy_answered", "antwoord op vraag over privacy"),
                    ("audit_head", "zegel van het logboek"),
                    ("security_alarm", "waarschuwing beveiliging"),
                    ("placement_published", "plaats bekend"),
                    ("placement_changed", "plaats gewijzigd"),
                    ("placement_reminder", "herinnering: laat weten of u komt"),
                    ("place_offered", "plaats aangeboden"),
                    ("place_free", "plaats vrijgekomen"),
                    ("reservation_decided", "antwoord op gekozen plaats"),
                    ("letter_published", "brief klaar"),
                    ("letter_changed", "brief aangepast"),
                    ("message_received", "nieuw bericht in het portaal"),
                    ("team_message", "nieuw bericht van een lid"),
                    ("conversation_assigned", "gesprek van een collega gekregen"),
                    ("news_published", "nieuwsbericht"),
                    ("document_published", "document klaar"),
                    ("step_reminder", "herinnering: nog niet ingevuld"),
                    ("digest", "overzicht van de dag"),
                ],
                max_length=30,
            ),
        ),
    ]
