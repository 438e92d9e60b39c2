"""A suspended municipality is closed on every side, and goes on as it was when it is resumed."""

from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from elections.actions.municipality import resume_municipality, suspend_municipality
from elections.actions.municipality_removal import mark_municipality
from elections.enums import MailKind, MailState, StaffRole
from elections.models import AuditEvent, OutboxMail
from elections.notify import delivery, outbox
from elections.queries.application import transfer_targets
from elections.tasks import sweep
from tenants.models import Domain, FormerMunicipality, Municipality
from tenants.provisioning import ProvisioningError
from tenants.tasks import MunicipalityNotActive, TenantTask, for_each_municipality
from tests import factories
from tests.isolation.access_table import TABLE
from tests.isolation.header_table import CLOSED, PLAIN_POLICY, header_faults
from tests.isolation.walk import address_of, addresses


@pytest.fixture
def suspended(juinen):
    suspend_municipality(juinen)
    return Municipality.objects.get(pk=juinen.pk)


def test_every_address_is_closed_for_everybody(worlds, juinen, zonneiland, client_for):
    world = worlds[juinen.schema_name]
    clients = [
        client_for(juinen),
        client_for(juinen, world.member.user),
        client_for(juinen, world.staff["administrator"]),
    ]
    suspend_municipality(juinen)
    paths = {name: address_of(name, TABLE[name], world) for name in addresses()}
    assert len(paths) > 100
    for client in clients:
        for name, path in paths.items():
            for method in ("get", "post"):
                response = getattr(client, method)(path)
                body = response.content.decode()
                assert response.status_code == 503, f"{method} {name}"
                assert response.headers["Retry-After"] == "3600"
                assert "tijdelijk gesloten" in body
                assert not any(word in body for word in ("Juinen", "Merk", "Noor")), name
                assert not response.cookies, name
    assert client_for(zonneiland).get("/login/").status_code == 200


def test_page_of_a_suspended_municipality_has_the_headers_of_a_plain_page(suspended, client_for):
    assert header_faults(client_for(suspended).get("/"), CLOSED | {"Retry-After": "3600"}, PLAIN_POLICY) == []


def test_old_address_and_www_are_closed_too(juinen):
    Domain.objects.create(domain="oud.localhost", tenant=juinen, is_primary=False)
    suspend_municipality(juinen)
    for host in ("oud.localhost", "www.juinen.localhost", "JUINEN.localhost:8000"):
        response = Client(headers={"host": host}).get("/login/?next=/")
        assert (response.status_code, response.headers.get("Location")) == (503, None)


def test_health_answers_at_a_suspended_address(suspended, client_for):
    assert client_for(suspended).get("/health/live").status_code == 200


def test_no_task_runs(suspended):
    current_app.loader.import_default_modules()
    tasks = [task for task in current_app.tasks.values() if isinstance(task, TenantTask)]
    assert len(tasks) > 10
    for task in tasks:
        with schema_context(suspended.schema_name), pytest.raises(MunicipalityNotActive):
            task()


def test_schedule_passes_it_over(suspended, monkeypatch):
    sent = []
    monkeypatch.setattr(sweep, "apply_async", lambda **_options: sent.append(1))
    with schema_context("public"):
        assert for_each_municipality(sweep) == len(sent) == 1


def test_turn_that_was_going_on_sends_no_more_mail_and_all_of_it_goes_after_resuming(juinen, mailoutbox):
    mails = [
        outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=factories.make_user(), key=f"placement:{number}")
        for number in range(3)
    ]
    suspend_municipality(juinen)
    # The task itself began before: it asks nobody any more whether it may run.
    assert delivery.deliver_due() == 0
    assert delivery.deliver(mails[0].pk) is False
    assert set(OutboxMail.objects.values_list("state", "attempts")) == {(MailState.WAITING, 0)}
    assert mailoutbox == []
    resume_municipality(juinen)
    assert delivery.deliver_due() == len(mailoutbox) == 3
    assert set(OutboxMail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_code_that_ran_out_meanwhile_is_not_mailed(juinen, mailoutbox):
    challenge = factories.make_challenge(factories.make_user())
    outbox.enqueue(MailKind.LOGIN_CODE, user=challenge.user, key="code:1", reference=challenge.uuid)
    suspend_municipality(juinen)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        resume_municipality(juinen)
        assert delivery.deliver_due() == 0
    assert mailoutbox == []


def test_nobody_can_pass_an_application_to_it(suspended, zonneiland):
    assert suspended not in transfer_targets(zonneiland)


def test_resuming_leaves_nothing_of_it(juinen, client_for):
    staff = factories.make_staff(StaffRole.ADMINISTRATOR)
    client = client_for(juinen, staff)
    before = Municipality.objects.filter(pk=juinen.pk).values().get()
    suspend_municipality(juinen)
    mark_municipality(juinen)
    assert client.get("/backoffice/").status_code == 503
    resume_municipality(juinen)
    assert Municipality.objects.filter(pk=juinen.pk).values().get() == before
    assert client.get("/backoffice/").status_code == 200, "the session goes on"
    logged = AuditEvent.objects.filter(action__startswith="municipality.").order_by("pk")
    assert [event.action for event in logged] == [
        "municipality.status",
        "municipality.mark",
        "municipality.status",
    ]


def test_suspending_and_resuming_twice_changes_nothing(juinen):
    suspend_municipality(juinen)
    since = Municipality.objects.get(pk=juinen.pk).suspended_at
    suspend_municipality(juinen)
    assert Municipality.objects.get(pk=juinen.pk).suspended_at == since
    assert resume_municipality(juinen) > timedelta()
    assert resume_municipality(juinen) == timedelta()
    assert AuditEvent.objects.filter(action="municipality.status").count() == 2


def test_offer_gets_the_time_back_in_which_nobody_could_answer(juinen, worlds):
    shift = worlds[juinen.schema_name].shift
    now = timezone.now()
    offer = factories.make_assignment(
        factories.make_member(), shift, state="proposed", answer_due_at=now + timedelta(hours=5)
    )
    over = factories.make_assignment(
        factories.make_member(), shift, state="proposed", answer_due_at=now - timedelta(hours=1)
    )
    suspend_municipality(juinen)
    with time_machine.travel(now + timedelta(hours=48), tick=False):
        closed = resume_municipality(juinen)
    assert timedelta(hours=47) < closed <= timedelta(hours=48)
    for each in (offer, over):
        each.refresh_from_db()
    assert offer.answer_due_at == now + timedelta(hours=5) + closed
    assert over.answer_due_at == now - timedelta(hours=1)


def test_offer_never_outlives_the_begin_of_its_shift(juinen, worlds):
    shift = worlds[juinen.schema_name].shift
    begin = shift.period.lower
    offer = factories.make_assignment(
        factories.make_member(), shift, state="proposed", answer_due_at=begin - timedelta(hours=1)
    )
    with time_machine.travel(begin - timedelta(hours=9), tick=False):
        suspend_municipality(juinen)
    with time_machine.travel(begin - timedelta(hours=2), tick=False):
        resume_municipality(juinen)
    offer.refresh_from_db()
    assert offer.answer_due_at == begin


def test_resuming_is_refused_when_deleting_has_begun(suspended):
    now = timezone.now()
    FormerMunicipality.objects.create(
        code=suspended.code, name="Juinen", since=now, suspended_at=now, begun_at=now, begun_by="root"
    )
    with tenant_context(suspended), pytest.raises(ProvisioningError, match="has begun"):
        resume_municipality(suspended)
    assert not Municipality.objects.get(pk=suspended.pk).is_active
