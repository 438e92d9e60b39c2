"""Deleting a municipality that is killed halfway, or finds somebody at work: the next run finishes it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import master_keys, secrets
from elections.actions.municipality import resume_municipality
from elections.actions.municipality_removal import delete_municipality, mark_municipality, traces_of
from elections.enums import SecretKind
from tenants import locks
from tenants.models import FormerMunicipality, Municipality
from tenants.provisioning import ProvisioningError
from tests import factories
from tests.killed import run_until_killed

IBAN = "NL91ABNA0417164300"

KILLED = """
import os, signal
import django
django.setup()
from django.conf import settings
from elections.actions import municipality_removal as removing
from tenants.models import Municipality

settings.MEDIA_ROOT, settings.MASTER_KEY_FILE = "{media}", "{key_file}"
told = []

def tell(line):
    told.append(line)
    if len(told) == {steps}:
        os.kill(os.getpid(), signal.SIGKILL)

removing.delete_municipality(Municipality.objects.get(schema_name="%s"), typed="GM0001", tell=tell)
"""


@pytest.mark.parametrize("steps", [1, 3])
def test_killed_deletion_is_finished_by_the_next_one(committed, juinen, zonneiland, settings, steps):
    members = {}
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            members[municipality.schema_name] = factories.make_member()
            secrets.set_secret(members[municipality.schema_name], SecretKind.IBAN, IBAN, by=None)
            default_storage.save("letters/brief.pdf", ContentFile(b"inhoud"))
    mark_municipality(juinen, days=0)
    since = timezone.now() - timedelta(days=2)
    Municipality.objects.filter(pk=juinen.pk).update(suspended_at=since, delete_from=since.date())
    program = KILLED.format(media=settings.MEDIA_ROOT, key_file=settings.MASTER_KEY_FILE, steps=steps)
    run_until_killed(program)
    with pytest.raises((master_keys.MasterKeyUnusable, secrets.SecretDamaged)):
        secrets.iban_masked(members["gm0001"])
    with pytest.raises(ProvisioningError, match="has begun"):
        resume_municipality(juinen)
    delete_municipality(Municipality.objects.get(pk=juinen.pk), typed="gm0001\n")
    connection.set_schema_to_public()
    assert traces_of("GM0001") == []
    assert FormerMunicipality.objects.get().deleted_at
    with tenant_context(zonneiland):
        assert secrets.iban_masked(members["gm9009"]).endswith("43 00")
        assert default_storage.listdir("letters")[1]


def test_tables_in_use_stop_it_with_a_sentence(committed, juinen, monkeypatch):
    monkeypatch.setattr(locks, "LOCK_TIMEOUT", "200ms")
    mark_municipality(juinen, days=0)
    since = timezone.now() - timedelta(days=2)
    Municipality.objects.filter(pk=juinen.pk).update(suspended_at=since, delete_from=since.date())
    row = Municipality.objects.get(pk=juinen.pk)
    connection.set_schema_to_public()
    other = connection.get_new_connection(connection.get_connection_params())
    try:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM gm0001.elections_member")
        with pytest.raises(ProvisioningError, match="Run this again"):
            delete_municipality(row, typed="GM0001")
    finally:
        other.close()
    delete_municipality(row, typed="GM0001")
    assert traces_of("GM0001") == []
