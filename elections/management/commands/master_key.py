"""`manage.py master_key`: the key above all BSNs and IBANs."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from elections.secrets import make_master_key_file


class Command(BaseCommand):
    help = "Make the file MASTER_KEY_FILE with a new key, when there is none. Without it no secret can be read again."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        made = make_master_key_file(settings.MASTER_KEY_FILE)
        self.stdout.write(f"{settings.MASTER_KEY_FILE} {'is made' if made else 'was there already'}.")
