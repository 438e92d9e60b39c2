"""A municipality in which a command was broken off is named as such wherever somebody looks, with what to do."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from elections.queries.platform_status import platform_status
from tenants import provisioning
from tenants.backup import schema
from tenants.models import FormerMunicipality


def restore_broken_off() -> None:
    schema.mark_unsettled("gm0001")


def deletion_broken_off() -> None:
    FormerMunicipality.objects.create(
        code="GM0001",
        name="Juinen",
        since=timezone.now(),
        suspended_at=timezone.now(),
        begun_at=timezone.now(),
    )


def schema_dropped() -> None:
    provisioning.drop_schema("gm0001")


CASES = {
    "half restored": (restore_broken_off, "`manage.py backup restore` again"),
    "half deleted": (deletion_broken_off, "`manage.py municipality delete GM0001`"),
    "no tables": (schema_dropped, "docs/operations.md"),
}


@pytest.fixture(params=CASES)
def trouble(request, at_work):
    """Juinen is in it; its name."""
    with schema_context("public"):
        CASES[request.param][0]()
        yield request.param


def test_list_names_it_with_what_to_do(trouble, capsys):
    call_command("municipality", "list")
    juinen, zonneiland, *advice = capsys.readouterr().out.splitlines()
    assert juinen.startswith(f"GM0001  {trouble}")
    assert trouble not in zonneiland
    (line,) = advice
    assert line.startswith(f"GM0001 {trouble}: ")
    assert CASES[trouble][1] in line


def test_programs_see_it_too(trouble, capsys):
    call_command("municipality", "list", "--json")
    assert [each["trouble"] for each in json.loads(capsys.readouterr().out)] == [trouble, ""]


def test_show_names_it_with_what_to_do(trouble, capsys):
    call_command("municipality", "show", "GM0001")
    out = capsys.readouterr().out
    assert f"{trouble}: " in out
    assert CASES[trouble][1] in out


def test_status_asks_for_attention(trouble):
    (line,) = [each for each in platform_status() if each.part == "municipalities"]
    assert (line.ok, f"{trouble}: GM0001" in line.text) == (False, True)


def test_who_is_in_order_is_told_so(juinen):
    out = StringIO()
    with schema_context("public"):
        call_command("municipality", "list", stdout=out)
        call_command("municipality", "show", "GM0001", stdout=out)
    assert not any(f"{trouble}:" in out.getvalue() for trouble in CASES)
