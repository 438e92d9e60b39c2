"""When it goes wrong after a number was read, the report says where and what, and not which number.

Every view and task that takes a number is made to crash after it has the number in hand, with DEBUG off. Looked at:
Django's HTML report as its administrators get it by mail, its text, what is logged, and what a task leaves behind.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import urllib3.connection
from celery.app.trace import build_tracer
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from elections import brp, one_host, secrets
from elections.actions import member_import, personal_data
from elections.demo.brp_stand_in import StandIn
from elections.imports import member_file, member_plan
from elections.models import Job, Member
from elections.tasks import import_members
from tests import factories
from tests.brp_register import connect, running, with_number
from tests.isolation.canaries import IBAN, JUINEN_BSNS, leaks, list_of_members, mail_parts, upload_list

BSN = JUINEN_BSNS[0]


class Crash(Exception):
    """What nobody foresaw."""


def crash(*_arguments: Any, **_named: Any) -> None:
    raise Crash("halfway")


@pytest.fixture
def reports(settings: Any, caplog: Any) -> Iterator[Any]:
    """Everything that is said about a crash; call it for all texts together."""
    settings.ADMINS = [("Beheer", "beheer@zitting.example")]
    handler = AdminEmailHandler(include_html=True)
    handler.setLevel(logging.ERROR)
    logging.root.addHandler(handler)
    caplog.set_level(logging.DEBUG)

    def texts() -> list[bytes]:
        mails = [part for message in mail.outbox for part in mail_parts(message.message())]
        logged = [f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records]
        return [*mails, caplog.text.encode(), *(line.encode() for line in logged)]

    yield texts
    logging.root.removeHandler(handler)


@pytest.fixture
def as_member(client_for: Any, juinen: Any) -> Any:
    factories.make_portal_step(factories.make_event(), "personal_data")
    client = client_for(juinen, factories.make_member().user)
    client.raise_request_exception = False
    return client


@pytest.fixture
def office(client_for: Any, juinen: Any) -> Any:
    client = client_for(juinen, factories.make_staff("planner"))
    client.raise_request_exception = False
    return client


@pytest.fixture
def register(client_for: Any, juinen: Any) -> Any:
    """A colleague at a municipality with a connection to the BRP, and a member whom it knows."""
    member = with_number(factories.make_member(), BSN, known := StandIn())
    client = client_for(juinen, factories.make_staff("administrator"))
    client.raise_request_exception = False
    with running(known) as url:
        connect(url)
        yield client, reverse("backoffice:brp-check-member", args=[member.uuid])


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (brp, "_headers"),
        (brp, "_people"),
        (brp, "_facts"),
        (one_host.OneHost, "_read"),
        (urllib3.connection.HTTPConnection, "connect"),
        (urllib3.connection.HTTPConnection, "send"),
        (requests.Response, "iter_content"),
    ],
)
def test_question_to_the_register_that_crashes(register, reports, monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, crash)
    client, url = register
    assert client.post(url).status_code == 500
    texts = reports()
    assert any(b"Crash" in text for text in texts)
    assert leaks_in(texts) == set()


def leaks_in(texts: list[bytes]) -> set[str]:
    return set().union(*map(leaks, texts))


def sent_number(client: Client, field: str, **others: str) -> Any:
    name = {"number": "person-number", "iban": "iban"}[field]
    value = {"number": BSN, "iban": IBAN}[field]
    return client.post(reverse(f"portal:personal-data-{name}"), {field: value, **others})


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (secrets, "seal"),
        (secrets, "_encrypt"),
        (secrets.data_keys, "key_for_writing"),
        (secrets.audit, "record"),
        (secrets, "checked"),
        (secrets.person_numbers, "person_number"),
        (personal_data, "_lock"),
    ],
)
@pytest.mark.parametrize("field", ["number", "iban"])
def test_form_with_a_number_that_crashes(as_member, reports, monkeypatch, field, module, function):
    monkeypatch.setattr(module, function, crash)
    monkeypatch.setattr(secrets.person_numbers, "iban", crash) if function == "person_number" else None
    answer = sent_number(as_member, field, password=factories.PASSWORD)
    assert answer.status_code == 500
    assert leaks(answer.content) == set()
    assert any("Crash" in message.body for message in mail.outbox)
    assert leaks_in(reports()) == set()
    # Nor what was typed beside it.
    assert not any(factories.PASSWORD.encode() in text for text in reports())


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (member_import, "plan_import"),
        (member_plan, "_two_rows_for_one_member"),
        (member_file, "_doubles"),
        (member_file, "_shared_addresses"),
        (secrets, "checked"),
    ],
)
def test_pages_of_an_import_that_crash(office, reports, monkeypatch, module, function):
    staff = factories.make_staff("planner")
    import_file = upload_list(staff, list_of_members(1))
    with monkeypatch.context() as patch:
        patch.setattr(module, function, crash)
        for page in ("columns", "preview", "faults"):
            answer = office.get(reverse(f"backoffice:member-import-{page}", args=[import_file.uuid]))
            assert leaks(answer.content) == set()
    assert any("Crash" in message.body for message in mail.outbox)
    assert leaks_in(reports()) == set()


def test_upload_that_crashes_leaves_no_file(office, reports, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(member_import, "require_headings", crash)
    upload = SimpleUploadedFile("leden.csv", list_of_members(1))
    answer = office.post(reverse("backoffice:member-import"), {"file": upload})
    assert answer.status_code == 500
    assert leaks_in([answer.content, *reports()]) == set()
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (member_import, "_add"),
        (member_import.secrets, "set_many_secrets"),
        (secrets, "_encrypt"),
        (member_import, "finish_import_file"),
        (member_import, "require_unchanged"),
        (member_file, "_doubles"),
    ],
)
def test_import_task_that_crashes(reports, juinen, monkeypatch, module, function):
    """As a worker runs it: with Celery's own tracer, which logs what a task raises."""
    staff = factories.make_staff("planner")
    import_file = upload_list(staff, list_of_members(1, faulty=False))
    plan = member_import.plan_of(import_file)
    with transaction.atomic():
        job = member_import.start_member_import(
            import_file,
            seen=plan.fingerprint,
            choices=member_import.stored_choices(import_file),
            by=staff,
        )
    Job.objects.filter(pk=job.pk).update(state="queued")
    monkeypatch.setattr(module, function, crash)
    trace = build_tracer(import_members.name, import_members, app=import_members.app)
    # As eager, because a seal is for what comes as a message.
    request = {
        "id": "an-id",
        "task": import_members.name,
        "_schema_name": juinen.schema_name,
        "is_eager": True,
    }
    trace("an-id", (), {"job_id": job.pk}, request)
    assert any(b"Crash" in text for text in reports())
    job.refresh_from_db()
    assert not Member.objects.filter(last_name="Nieuwkomer").exists()
    assert leaks_in([*reports(), str(job.errors).encode(), str(job.parameters).encode()]) == set()


def test_report_keeps_what_one_needs_to_mend_it(as_member, reports, monkeypatch):
    monkeypatch.setattr(secrets, "seal", crash)
    sent_number(as_member, "number")
    html = mail.outbox[-1].alternatives[0][0]
    for helpful in ("Crash", "halfway", "set_secret", "personal-data/person-number", "elections/secrets.py"):
        assert helpful in html
    assert as_member.cookies["__Host-session"].value not in html
    assert secrets.secrets_present(Member.objects.latest("pk")) == set()
