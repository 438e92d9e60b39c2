"""A BSN, IBAN, ID number or seed that was stored is seen nowhere again: twelve sinks, each also tested with a plant.

The canaries are in both municipalities. The walks of test_access ask every address as everybody and search each answer;
the work test here does all that makes numbers move and then looks into every sink; the detector test puts one canary
into each sink and must find twelve.
"""

import base64
import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections import secrets, sessions
from elections.actions.brp_check import start_check, work_on_brp_check
from elections.actions.data_key import rotate_data_key
from elections.actions.import_file import cancel_import_file
from elections.actions.letter import make_letters, work_on_letters
from elections.actions.member_import import run_member_import
from elections.actions.reveal import reveal
from elections.demo.brp_stand_in import StandIn, address
from elections.documents.appointment_letter import render_letter
from elections.enums import MailKind, RevealPurpose, SecretKind
from elections.exports.member_import import file_with_faults
from elections.imports.member_file import Fault
from elections.imports.reader import Table
from elections.models import AppointmentLetter, ImportFile, Job, Member, MemberSecret
from elections.notify import delivery, outbox
from elections.queries.letter_facts import letter_facts
from elections.tasks import import_members
from tenants.watch import note_run
from tests import factories
from tests.brp_register import connect, running
from tests.isolation.canaries import (
    CANARIES,
    IBAN,
    JUINEN_BSNS,
    LISTED_BSNS,
    forms_of,
    leaks,
    list_of_members,
    store_canaries,
)
from tests.isolation.sinks import Sinks

CANARY = JUINEN_BSNS[0]


@pytest.fixture
def stored(worlds, juinen, zonneiland):
    """The worlds, with all canaries in them."""
    for municipality in (juinen, zonneiland):
        store_canaries(municipality, worlds[municipality.schema_name])
    return worlds


@pytest.fixture
def sinks(committed, juinen, zonneiland, tmp_path, settings):
    with Sinks([juinen, zonneiland], tmp_path, settings) as listening:
        yield listening


def test_canaries_are_stored(stored, juinen, zonneiland):
    """The premise of this suite."""
    for municipality, kinds in ((juinen, {"bsn", "iban"}), (zonneiland, {"bsn"})):
        with tenant_context(municipality):
            member = stored[municipality.schema_name].member
            assert secrets.secrets_present(member) == kinds
            assert MemberSecret.objects.filter(kind="bsn").count() == 3
            numbers = {secret.uncover() for secret, _pk in secrets.members_with_number(SecretKind.BSN)}
            assert numbers <= set(CANARIES.values())


def test_nothing_leaks_while_numbers_are_put_to_work(sinks, stored, juinen, zonneiland, client_for):
    work(sinks, stored, juinen, client_for)
    assert {name: found for name, probe in sinks.probes().items() if (found := leaks_in(probe()))} == {}
    # What was stored really went through all that.
    with tenant_context(juinen):
        numbers = {secret.uncover() for secret, _pk in secrets.members_with_number(SecretKind.BSN)}
    assert numbers >= {*JUINEN_BSNS, LISTED_BSNS[0]}
    assert all(
        any(True for _ in probe()) for name, probe in sinks.probes().items() if name != "error reports"
    )


def leaks_in(parts: Iterator[bytes]) -> set[str]:
    return set().union(*map(leaks, parts))


def work(sinks: Sinks, stored: Any, juinen: Any, client_for: Any) -> None:
    """All that makes numbers move: forms, imports, letters, mails, a rotation, and a payment that reads them."""
    world = stored["gm0001"]
    newcomer = factories.make_member()
    portal = client_for(juinen, newcomer.user)
    number, iban = reverse("portal:personal-data-person-number"), reverse("portal:personal-data-iban")
    sinks.responses += [
        portal.post(number, {"number": f"{CANARY[:4]}.{CANARY[4:6]}.{CANARY[6:]}x"}),
        portal.post(iban, {"iban": IBAN, "password": "wrong"}),
        portal.post(number, {"number": CANARY}, follow=True),
        portal.post(iban, {"iban": IBAN, "password": factories.PASSWORD}, follow=True),
    ]
    assert secrets.secrets_present(newcomer) == {SecretKind.BSN, SecretKind.IBAN}

    office = client_for(juinen, world.staff["planner"])
    for faulty in (True, False):
        content = list_of_members(world.member.number, faulty=faulty)
        sinks.responses += import_list(office, content, faulty=faulty)
    cancelled = stored["gm0001"].import_file
    sinks.responses.append(office.post(reverse("backoffice:member-import-cancel", args=[cancelled.uuid])))
    with tenant_context(sinks.municipalities[1]):
        cancel_import_file(stored["gm9009"].import_file, by=None)

    Job.objects.filter(pk=world.job.pk).update(state="done")  # a job that runs would keep ours from beginning
    factories.make_assignment(newcomer, world.shift, state="confirmed")
    world.event.decision_date, world.event.signatory = date(2027, 1, 12), "J. de Wit"
    world.event.save()
    while work_on_letters(make_letters(world.event, by=None)):
        pass
    assert AppointmentLetter.objects.filter(state="made").exists()
    outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=newcomer.user, key="a-mail-of-this-test")
    delivery.deliver_due()
    cache.set("something", [member.full_name for member in Member.objects.all()])
    rotate_data_key()
    ask_the_register(sinks, juinen, client_for, newcomer)
    session = SessionStore()
    sessions.confirm(session)
    finance = world.staff["finance"]
    reveal(
        Member.objects.all(),
        SecretKind.BSN,
        RevealPurpose.PAYMENT_RUN,
        by=finance,
        session=session,
        second=factories.make_staff("finance"),
    )


def ask_the_register(sinks: Sinks, juinen: Any, client_for: Any, member: Any) -> None:
    """Look members up in the BRP: one it does not know, one who moved, many at once, and without an answer."""
    colleague = factories.make_staff("administrator")
    office = client_for(juinen, colleague)
    look = reverse("backoffice:brp-check-member", args=[member.uuid])
    with running(register := StandIn()) as url:
        connect(url)
        sinks.responses.append(office.post(look, follow=True))
        register.people[CANARY] = {
            "burgerservicenummer": CANARY,
            "verblijfplaats": address("Kerkstraat", 7, "4321 BA", "Juinen"),
        }
        sinks.responses.append(office.post(look, follow=True))
        work_on_brp_check(start_check(by=colleague), wait=lambda _seconds: None)
        assert CANARY in str(register.asked)
        register.trouble = lambda: (503, {})
        sinks.responses.append(office.post(look, follow=True))
    sinks.responses.append(office.get(reverse("backoffice:brp-list")))
    assert b"Kerkstraat" in sinks.responses[-1].content


def import_list(office: Any, content: bytes, *, faulty: bool) -> Iterator[Any]:
    """Upload a list, map its columns, look at it, and read it in or throw it away; no file stays."""
    upload = SimpleUploadedFile("leden.csv", content)
    yield office.post(reverse("backoffice:member-import"), {"file": upload}, follow=True)
    file = ImportFile.objects.latest("pk")
    columns = {f"column_{index}": name for index, name in file.mapping.items()}
    steps = {name: reverse(f"backoffice:member-import-{name}", args=[file.uuid]) for name in STEPS}
    page = office.post(steps["columns"], columns, follow=True)
    yield page
    yield office.get(steps["faults"])
    if not faulty:
        seen = page.content.decode().split('name="seen" value="')[1].split('"')[0]
        yield office.post(steps["preview"], {"seen": seen}, follow=True)
        job = Job.objects.get(parameters__import_file=str(file.uuid))
        import_members.delay(job_id=job.pk)
        run_member_import(job)
        yield office.get(reverse("backoffice:job-detail", args=[job.uuid]))
    else:
        yield office.post(steps["cancel"], follow=True)
    file.refresh_from_db()
    assert file.file == ""


STEPS = ("columns", "preview", "faults", "cancel")


def test_detector_finds_a_number_in_each_of_the_twelve_sinks(sinks, juinen, client_for):
    """A suite that finds nothing says something only when it finds what is there."""
    assert {name for name, probe in sinks.probes().items() if leaks_in(probe())} == set()
    world = factories.make_world(marker=f"M{CANARY}")
    member = factories.make_member(last_name=f"Bakker{CANARY}", email="lid@voorbeeld.nl")
    default_storage.delete(world.letter.file)  # not a real PDF: the text must be found in one that we make
    world.event.decision_date, world.event.signatory = date(2027, 1, 12), "J. de Wit"
    world.event.save()
    factories.make_assignment(member, world.shift, state="confirmed")
    office = client_for(juinen, factories.make_staff("administrator"))
    office.raise_request_exception = False
    sinks.responses += [
        office.get(reverse("backoffice:member-detail", args=[member.uuid])),
        HttpResponse(headers={"X-Number": CANARY}),
        HttpResponse(
            file_with_faults(Table(["BSN"], []), [Fault(2, "BSN", f"Dit BSN staat er al: {CANARY}")], {})
        ),
    ]
    factories.make_mail(member.user, kind="placement_published")
    member.user.name = f"Noor {CANARY}"
    member.user.save()
    delivery.deliver_due()
    letter = render_letter(letter_facts(world.event, [member.pk])[member.pk], number="2027-0001")
    default_storage.save("letters/letter.pdf", ContentFile(letter))
    with pytest.raises(ValueError, match=CANARY):
        fail(CANARY)
    office.get(f"/backoffice/members/?q={CANARY}")
    cache.set("number", CANARY)
    note_run(f"elections.pay_{CANARY}", "SUCCESS", 1.0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [CANARY])
    default_storage.save("uploads/list.csv", ContentFile(CANARY.encode()))
    report_error(sinks)
    assert {name for name, probe in sinks.probes().items() if leaks_in(probe())} == set(sinks.probes())


def fail(number: str) -> None:
    raise ValueError(number)


def report_error(sinks: Sinks) -> None:
    """A crash whose own words repeat the number, as the administrators get it by mail."""
    try:
        fail(CANARY)
    except ValueError:
        logging.getLogger("django.request").exception("it went wrong")


@pytest.mark.parametrize("value", CANARIES.values())
def test_detector_knows_every_way_of_writing(value):
    name = next(name for name, each in CANARIES.items() if each == value)
    ways = list(forms_of(value))
    assert len(set(ways)) > 15
    for way in ways:
        assert name in leaks(b"before " + way + b" after"), way
        assert name in leaks(b"before " + way.upper() + b" after"), way
    for before in range(3):
        assert name in leaks(base64.b64encode(b"x" * before + value.encode() + b" and more")), before
    assert leaks(b"BSN 111222334, 1112.22.334 and 123456789") == set()
