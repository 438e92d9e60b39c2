"""A backup of one municipality: whole, readable for who has the key, and brought back without a trace at others.

The bar is test 17 of the security reference: row counts and seals equal, a BSN decrypts, the neighbour untouched.
"""

import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import tenant_context

from elections import secrets
from elections.actions.audit import seal_events
from elections.actions.backup_settle import FELL_DUE
from elections.enums import SecretKind
from elections.models import Member, MemberSecret
from elections.queries.audit_chain import verify
from tenants import provisioning
from tenants.models import Municipality, MunicipalityStatus
from tenants.storage import private_files

BSN = "123456782"

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def member(worlds, juinen):
    """A member of juinen with a BSN and a file, in a world that zonneiland has too."""
    member = Member.objects.order_by("pk").first()
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    with private_files.writing("uploads/documents/abc.txt") as path:
        path.write_bytes(b"een bestand")
    for step in FELL_DUE:
        step()
    seal_events()
    connection.set_schema_to_public()
    return member


def run(*arguments: object) -> str:
    output = StringIO()
    try:
        call_command("backup", *map(str, arguments), stdout=output, stderr=output)
    finally:
        print(output.getvalue())
    return output.getvalue()


def make(folder: Path, code: str = "GM0001") -> Path:
    run("make", code, folder, "--plain")
    return max(folder.glob(f"{code}-*.tar"))


def counts(schema: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{schema}"."{name}"')
            found[name] = cursor.fetchone()[0]
    return found


def dump_digest(schema: str) -> str:
    return hashlib.sha256(provisioning.dump_schema(schema).encode()).hexdigest()


def suspend(municipality) -> None:
    provisioning.configure(municipality, status=MunicipalityStatus.SUSPENDED)


def lose(municipality) -> None:
    """As after a disaster: the schema, the rows and the files are gone."""
    with tenant_context(municipality):
        private_files.delete_folder("")
    provisioning.drop_schema(municipality.schema_name)
    Municipality.objects.filter(pk=municipality.pk).delete()


def test_lost_municipality_comes_back_whole(member, juinen, zonneiland, tmp_path):
    path = make(tmp_path / "backups")
    before, neighbour = counts("gm0001"), dump_digest("gm9009")
    lose(juinen)
    answer = run("restore", path)
    after = counts("gm0001")
    changed = {name for name in before if before[name] != after[name]}
    # The restore itself is an event, with its seal; nothing else may differ.
    assert changed <= {"elections_auditevent", "elections_auditseal", "elections_auditsealedrow"}
    assert after["elections_auditevent"] == before["elections_auditevent"] + 1
    assert dump_digest("gm9009") == neighbour
    back = Municipality.objects.get(code="GM0001")
    assert back.is_active
    assert back.primary_domain == "juinen.localhost"
    with tenant_context(back):
        assert secrets.unseal(MemberSecret.objects.get(member=member.pk, kind="bsn")).uncover() == BSN
        assert private_files.open("uploads/documents/abc.txt").read() == b"een bestand"
        report = verify()
        assert (report.damaged, report.events) == (0, after["elections_auditevent"])
    assert "GM0001 is back" in answer
