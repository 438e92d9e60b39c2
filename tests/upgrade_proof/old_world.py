"""Run by the code of the last release, in its own folder: tables, municipalities with people, and their sessions.

python old_world.py <how many>     prints JSON: for each municipality its host and the cookies of two people
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_otp import DEVICE_ID_SESSION_KEY  # noqa: E402
from django_tenants.utils import tenant_context  # noqa: E402

import tenants  # noqa: E402
from elections.demo.story import Size, fill  # noqa: E402
from elections.master_keys import make_master_key_file  # noqa: E402
from elections.models import Authenticator, LoginChallenge, User  # noqa: E402
from tenants import provisioning  # noqa: E402
from tenants.models import Municipality  # noqa: E402

VILLAGE = Size(stations=2, chairs=8, members=28, counters=10, reserves=4)


def main(count: int) -> None:
    if not Path(tenants.__file__).is_relative_to(Path.cwd()):
        sys.exit(f"This is not the code of the last release: {tenants.__file__}")
    call_command("migrate_schemas", shared=True, verbosity=0)
    make_master_key_file(settings.MASTER_KEY_FILE)
    make_town(1)
    fill(Municipality.objects.get(), VILLAGE, chapter="answered")
    # The others get the rows of the first with their tables: inventing people takes seconds each.
    filled = provisioning.dump_schema("gm0001").replace("gm0001", provisioning.TEMPLATE_SCHEMA)
    provisioning.schema_sql = lambda: filled
    for number in range(2, count + 1):
        forget_secrets(make_town(number))
    json.dump([logged_in(town) for town in Municipality.objects.order_by("code")], sys.stdout)


def make_town(number: int) -> Municipality:
    return provisioning.create_municipality(
        code=f"GM{number:04}", name=f"Dorp {number}", domain=f"dorp{number}.localhost"
    )


def forget_secrets(town: Municipality) -> None:
    """Those of the first are encrypted for the first."""
    with tenant_context(town), connection.cursor() as cursor:
        for table in ("elections_membersecret", "elections_datakey"):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - two names of ours


def logged_in(town: Municipality) -> dict[str, str]:
    """A municipality, with a colleague and a member who have a session."""
    host = town.primary_domain
    with tenant_context(town):
        colleague = User.objects.filter(role="administrator").first()
        member = User.objects.filter(member__isnull=False).first()
        return {
            "host": host,
            "schema_name": town.schema_name,
            "colleague": session_of(colleague, host),
            "member": session_of(member, host),
        }


def session_of(user: Any, host: str) -> str:
    """The value of the cookie of a session in which this person answered the second question too."""
    now = timezone.now()
    device = (
        Authenticator.objects.in_use_by(user)
        if user.role
        else LoginChallenge.objects.create(user=user, name="proof", expires_at=now, used_at=now)
    )
    user.otp_device = device
    client = Client(headers={"host": host})
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


if __name__ == "__main__":
    main(int(sys.argv[1]))
