"""Looking members up in the BRP: who may, what is logged before, what becomes of the answers, and how a job goes on."""

import logging

import pytest
import time_machine
from django.db import connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import brp_check as actions
from elections.actions.brp_check import BrpRefused, check_member, start_check, work_on_brp_check
from elections.actions.brp_connection import authorise, switch_off
from elections.actions.job import cancel_job, resume_job
from elections.actions.member import deactivate_member
from elections.brp import MOST_NUMBERS
from elections.demo.brp_stand_in import StandIn, address, died
from elections.enums import BrpOutcome, BrpSubject, JobState, SecretKind, StaffRole
from elections.models import AuditEvent, BrpCheck, BrpConnection, BrpFinding, Job, Member, MemberSecret
from tests import factories
from tests.brp_register import NUMBERS, PURPOSE, connect, running, with_number

HOME = address("Dorpsstraat", 12, "1234 AB", "Juinen", since="1 mei 2020")
AT_HOME = {"street": "Dorpsstraat", "house_number": "12", "postcode": "1234 AB", "city": "Juinen"}


@pytest.fixture
def register():
    return StandIn()


@pytest.fixture
def connection(register):
    with running(register) as url:
        yield connect(url)


@pytest.fixture
def by():
    return factories.make_staff("administrator")


def at_home(register: StandIn, number: str, **person: object) -> Member:
    member = factories.make_member(**AT_HOME)
    return with_number(member, number, register, **{"verblijfplaats": HOME} | person)


def numbers_of_nobody(count: int) -> list[str]:
    """Valid numbers, all different."""
    found, number = [], 900_000_000
    while len(found) < count:
        number += 1
        digits = [int(sign) for sign in str(number)]
        weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
        if sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0:
            found.append(str(number))
    return found


def never(_seconds: float) -> None:
    """Waits without waiting."""


def test_member_who_is_where_we_think_gives_nothing(register, connection, by):
    member = at_home(register, NUMBERS[0])
    assert check_member(member, by=by).found == 0
    assert not BrpFinding.objects.exists()
    assert BrpCheck.objects.get(member=member).outcome == BrpOutcome.SAME


def test_every_look_is_in_the_log_with_who_whose_purpose_and_fields(register, connection, by):
    member = at_home(register, NUMBERS[0])
    authorise(purpose=PURPOSE, processing="", subjects=[BrpSubject.DEATH], is_active=True, by=None)
    check_member(member, by=by)
    event = AuditEvent.objects.get(action="brp.query")
    assert (event.actor_id, event.object_id, event.purpose) == (str(by.uuid), str(member.uuid), PURPOSE)
    assert event.details == {"fields": ["burgerservicenummer", "overlijden.datum"]}


def test_look_is_logged_also_when_there_is_no_answer(register, connection, by):
    member = at_home(register, NUMBERS[0])
    register.trouble = lambda: (503, {})
    with pytest.raises(BrpRefused, match="geen antwoord"):
        check_member(member, by=by)
    assert AuditEvent.objects.filter(action="brp.query", object_id=str(member.uuid)).exists()
    assert not BrpCheck.objects.exists()


def test_log_is_committed_before_the_question_leaves(committed, register, connection, by, juinen):
    member = at_home(register, NUMBERS[0])
    seen = []

    def look() -> None:
        # In the thread of the register, with a connection of its own: it sees what is committed.
        with tenant_context(juinen):
            seen.append(AuditEvent.objects.filter(action="brp.query").count())
        connections.close_all()

    register.trouble = look
    check_member(member, by=by)
    assert seen == [1]


def test_check_inside_a_transaction_is_refused(committed, register, connection, by):
    member = at_home(register, NUMBERS[0])
    with pytest.raises(RuntimeError), transaction.atomic():
        check_member(member, by=by)
    assert register.headers == []


def test_no_number_is_in_a_row_or_log(register, connection, by, caplog):
    members = [at_home(register, number) for number in NUMBERS]
    with caplog.at_level(logging.DEBUG):
        job = start_check(by=by)
        assert not work_on_brp_check(job, wait=never)
    check_member(members[0], by=by)
    kept = str(list(AuditEvent.objects.values())) + str(list(Job.objects.values()))
    kept += str(list(BrpFinding.objects.values())) + str(list(BrpCheck.objects.values()))
    for number in NUMBERS:
        assert number not in kept + caplog.text


@pytest.mark.parametrize("role", [role for role in StaffRole.values if role != "administrator"])
def test_other_roles_may_not_look(register, connection, role):
    member, colleague = at_home(register, NUMBERS[0]), factories.make_staff(role)
    with pytest.raises(BrpRefused, match="U mag"):
        check_member(member, by=colleague)
    with pytest.raises(BrpRefused, match="U mag"):
        start_check(by=colleague)
    assert register.headers == []


def test_without_connection_nothing_is_asked(register, by):
    member = with_number(factories.make_member(), NUMBERS[0])
    with pytest.raises(BrpRefused, match="geen aansluiting"):
        check_member(member, by=by)


def test_connection_that_is_off_is_not_used(register, connection, by):
    member = at_home(register, NUMBERS[0])
    switch_off()
    with pytest.raises(BrpRefused, match="staat uit"):
        check_member(member, by=by)
    assert register.headers == []


def test_member_without_number_is_not_looked_up(register, connection, by):
    with pytest.raises(BrpRefused, match="geen BSN bekend"):
        check_member(factories.make_member(), by=by)
    assert register.headers == []


def test_damaged_number_is_not_asked_about(register, connection, by):
    member = at_home(register, NUMBERS[0])
    MemberSecret.objects.filter(member=member).update(ciphertext=b"niets")
    check_member(member, by=by)
    assert register.headers == []
    assert not BrpCheck.objects.exists()


def test_three_failures_in_a_row_are_enough_for_a_while(register, connection, by):
    member = at_home(register, NUMBERS[0])
    register.trouble = lambda: (500, {})
    for _time in range(3):
        with pytest.raises(BrpRefused, match="geen antwoord"):
            check_member(member, by=by)
    with pytest.raises(BrpRefused, match="een paar keer geen antwoord"):
        check_member(member, by=by)
    assert len(register.headers) == 3
    with time_machine.travel(timezone.now() + actions.PAUSE):
        register.trouble = lambda: None
        check_member(member, by=by)
    connection.refresh_from_db()
    assert (connection.failures, connection.paused_until) == (0, None)


def test_one_answer_makes_the_count_begin_anew(register, connection, by):
    member = at_home(register, NUMBERS[0])
    for status in (500, 500, None, 500, 500):
        register.trouble = lambda status=status: (status, {}) if status else None
        if status:
            with pytest.raises(BrpRefused):
                check_member(member, by=by)
        else:
            check_member(member, by=by)
    assert not BrpConnection.objects.get().is_paused


def test_refused_key_is_not_tried_again_at_once(register, connection, by):
    member = at_home(register, NUMBERS[0])
    register.key = "een-andere"
    with pytest.raises(BrpRefused, match="weigert de aansluiting"):
        check_member(member, by=by)
    assert BrpConnection.objects.get().is_paused


def test_long_wait_that_the_register_asks_for_is_kept(register, connection, by):
    member = at_home(register, NUMBERS[0])
    register.trouble = lambda: (429, {"Retry-After": "3600"})
    with pytest.raises(BrpRefused, match="te vaak"):
        check_member(member, by=by)
    left = BrpConnection.objects.get().paused_until - timezone.now()
    assert 3500 < left.total_seconds() <= 3600


def test_job_asks_in_batches_of_twenty_and_tells_what_it_found(register, connection, by):
    for number in numbers_of_nobody(45):
        at_home(register, number)
    dead = at_home(register, NUMBERS[0], **died("1 mei 2026"))
    job = start_check(by=by)
    assert not work_on_brp_check(job, wait=never)
    assert [len(question["burgerservicenummer"]) for question in register.asked] == [20, 20, 6]
    job.refresh_from_db()
    assert (job.state, job.total, job.done) == (JobState.DONE, 46, 46)
    assert job.result == "46 leden opgezocht. Bij 1 lid is er een verschil."
    assert BrpFinding.objects.get().member == dead


def test_job_takes_active_members_with_a_number(register, connection, by):
    wanted = at_home(register, NUMBERS[0])
    factories.make_member()
    gone = at_home(register, NUMBERS[1])
    deactivate_member(gone, by=by)
    assert start_check(by=by).parameters["members"] == [wanted.pk]


def test_job_for_nobody_is_not_started(register, connection, by):
    factories.make_member()
    with pytest.raises(BrpRefused, match="niemand om op te zoeken"):
        start_check(by=by)


def test_second_job_waits_for_the_first(register, connection, by):
    at_home(register, NUMBERS[0])
    start_check(by=by)
    with pytest.raises(BrpRefused, match="Er loopt al een controle"):
        start_check(by=by)


def test_job_that_is_taken_up_asks_nobody_twice(register, connection, by):
    for number in numbers_of_nobody(45):
        at_home(register, number)
    job = start_check(by=by)
    # The second question gets no answer: what came of the first one stays.
    register.trouble = lambda: (403, {}) if len(register.asked) == 1 else None
    work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert (job.state, BrpCheck.objects.count()) == (JobState.FAILED, MOST_NUMBERS)
    register.trouble = lambda: None
    BrpConnection.objects.update(paused_until=None)
    resume_job(job, by=by)
    assert not work_on_brp_check(job, wait=never)
    asked = [number for question in register.asked for number in question["burgerservicenummer"]]
    assert len(asked) == len(set(asked)) == 45
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 45)


def test_job_leaves_the_worker_to_others_now_and_then(register, connection, by):
    at_home(register, NUMBERS[0])
    job = start_check(by=by)
    assert work_on_brp_check(job, seconds=-1)
    assert register.headers == []


def test_job_tries_again_when_the_register_is_busy(register, connection, by):
    at_home(register, NUMBERS[0])
    answers = [(429, {"Retry-After": "5"}), (503, {}), None]
    register.trouble = lambda: answers.pop(0)
    waited = []
    job = start_check(by=by)
    assert not work_on_brp_check(job, wait=waited.append)
    assert waited == [5, 8.0]
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_job_gives_up_and_says_why(register, connection, by):
    at_home(register, NUMBERS[0])
    register.trouble = lambda: (503, {})
    job = start_check(by=by)
    assert not work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.errors == ["De BRP geeft geen antwoord. Er is niets gewijzigd. Probeer het straks weer."]
    assert len(register.headers) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
def test_job_does_not_insist_on_what_does_not_pass(register, connection, by, status):
    at_home(register, NUMBERS[0])
    register.trouble = lambda: (status, {})
    job = start_check(by=by)
    work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert len(register.headers) == 1


def test_job_stops_when_somebody_stops_it(register, connection, by):
    at_home(register, NUMBERS[0])
    job = start_check(by=by)
    cancel_job(job, by=by)
    assert not work_on_brp_check(job, wait=never)
    assert register.headers == []


def test_job_stops_when_the_colleague_lost_the_right(register, connection, by):
    at_home(register, NUMBERS[0])
    job = start_check(by=by)
    by.role = "reader"
    by.save()
    work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert register.headers == []


def test_job_passes_over_a_number_that_is_damaged(register, connection, by):
    at_home(register, NUMBERS[0])
    damaged = at_home(register, NUMBERS[1])
    MemberSecret.objects.filter(member=damaged).update(ciphertext=b"niets")
    job = start_check(by=by)
    assert not work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.errors == ["Van een lid is het BSN gewist, of niet te lezen. Dit lid is overgeslagen."]
    assert not BrpCheck.objects.filter(member=damaged).exists()


def test_number_that_went_meanwhile_does_not_keep_the_job_going(register, connection, by):
    member = at_home(register, NUMBERS[0])
    job = start_check(by=by)
    MemberSecret.objects.filter(member=member, kind=SecretKind.BSN).delete()
    assert not work_on_brp_check(job, wait=never)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert register.headers == []


def test_connection_of_one_municipality_is_not_that_of_another(register, connection, zonneiland):
    with tenant_context(zonneiland):
        member = factories.make_member()
        colleague = factories.make_staff("administrator")
        with_number(member, NUMBERS[0])
        with pytest.raises(BrpRefused, match="geen aansluiting"):
            check_member(member, by=colleague)
    assert register.headers == []
