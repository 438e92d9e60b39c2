"""What the BRP says that the member file does not: told once, and done by a colleague, never by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions.brp_check import check_member
from elections.actions.brp_connection import authorise
from elections.actions.brp_finding import accept_finding, note_facts, set_aside_finding
from elections.actions.confidentiality import end_confidentiality, mark_confidential
from elections.actions.mail import again_of, retry_mail, why_not_again
from elections.actions.member import activate_member
from elections.actions.privacy import erase_member
from elections.brp import BrpAddress, PersonFacts
from elections.demo.brp_stand_in import StandIn, abroad, address, died
from elections.enums import (
    BrpFindingKind,
    BrpFindingState,
    BrpOutcome,
    BrpSubject,
    EraseReason,
    MailKind,
    MailState,
)
from elections.errors import ActionError, ChangedElsewhere
from elections.exports.person import person_sections
from elections.models import AuditEvent, BrpCheck, BrpFinding, Member, OutboxMail
from elections.notify import mails, outbox
from tests import factories
from tests.brp_register import NUMBERS, PURPOSE, connect, running, with_number

HOME = address("Kerkstraat", 7, "4321 BA", "Juinen", since="1 mei 2026", huisletter="b")
ALL = BrpSubject.values


@pytest.fixture
def by():
    return factories.make_staff("administrator")


@pytest.fixture
def register():
    return StandIn()


@pytest.fixture
def connection(register):
    with running(register) as url:
        yield connect(url)


@pytest.fixture
def member(register, connection):
    living = factories.make_member(street="Dorpsstraat", house_number="12", postcode="1234 AB", city="Juinen")
    return with_number(living, NUMBERS[0], register, verblijfplaats=HOME)


def said(register, **person):
    """From now on the register says this."""
    register.people[NUMBERS[0]] = {"burgerservicenummer": NUMBERS[0]} | person


def found(member, by):
    """The one thing that a check of this member gives."""
    check_member(member, by=by)
    return member.brp_findings.waiting().get()


def accept(finding, by):
    return accept_finding(finding, version=Member.objects.get(pk=finding.member_id).version, by=by)


def facts(**values):
    return PersonFacts(**values)


def note(member, told, **options):
    """As a check of many members does."""
    return note_facts(Member.objects.get(pk=member.pk), told, ALL, **options)


def test_new_address_is_proposed_and_nothing_changes_yet(member, by):
    finding = found(member, by)
    assert (finding.kind, finding.address_line, finding.city_line, finding.since) == (
        BrpFindingKind.ADDRESS,
        "Kerkstraat 7b",
        "4321 BA  Juinen",
        "1 mei 2026",
    )
    member.refresh_from_db()
    assert member.street == "Dorpsstraat"
    assert BrpCheck.objects.get(member=member).outcome == BrpOutcome.DIFFERS


def test_accepted_address_is_that_of_the_member(member, by):
    finding = accept(found(member, by), by)
    member.refresh_from_db()
    assert (member.address_line, member.city_line) == ("Kerkstraat 7b", "4321 BA  Juinen")
    assert (finding.state, finding.settled_by) == (BrpFindingState.ACCEPTED, by.display_name)
    assert AuditEvent.objects.filter(action="brp_finding.accept", object_id=str(member.uuid)).exists()
    check_member(member, by=by)
    assert not member.brp_findings.waiting().exists()


def test_address_is_forgotten_when_it_is_decided_on(member, by):
    finding = set_aside_finding(found(member, by), by=by)
    finding.refresh_from_db()
    assert (finding.address_line, finding.city_line) == ("", "")


def test_address_of_a_settled_finding_cannot_be_stored(member, by):
    finding = set_aside_finding(found(member, by), by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        BrpFinding.objects.filter(pk=finding.pk).update(street="Kerkstraat")


def test_one_finding_of_a_kind_waits(member, by):
    finding = found(member, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        BrpFinding.objects.create(member=member, kind=finding.kind, fingerprint="x")


def test_same_news_is_told_once(member, by):
    first = found(member, by)
    assert check_member(member, by=by).found == 0
    assert found(member, by) == first


def test_other_news_takes_the_place_of_the_first(member, by, register):
    first = found(member, by)
    said(register, verblijfplaats=address("Laan", 3, "1111 AA", "Juinen"))
    second = found(member, by)
    assert (second.pk, second.address_line, second.since) == (first.pk, "Laan 3", "")


def test_what_was_set_aside_is_told_by_a_check_of_one_but_not_of_many(member, by):
    told = facts(address=BrpAddress("Kerkstraat", "7b", "4321 BA", "Juinen"))
    assert note(member, told)
    set_aside_finding(member.brp_findings.waiting().get(), by=by)
    assert not note(member, told)
    assert note(member, facts(address=BrpAddress("Laan", "3", "1111 AA", "Juinen")))
    assert note(member, told, anew=True)


def test_address_that_was_taken_over_and_changed_again_is_news(member, by):
    accept(found(member, by), by)
    Member.objects.filter(pk=member.pk).update(street="Elders", house_number="1", postcode="9999 ZZ")
    assert note(member, facts(address=BrpAddress("Kerkstraat", "7b", "4321 BA", "Juinen")))


def test_finding_lapses_when_the_member_changed_the_address(member, by):
    finding = found(member, by)
    Member.objects.filter(pk=member.pk).update(street="Kerkstraat", house_number="7 B", postcode="4321 BA")
    check_member(member, by=by)
    finding.refresh_from_db()
    assert (finding.state, finding.street) == (BrpFindingState.LAPSED, "")
    assert BrpCheck.objects.get(member=member).outcome == BrpOutcome.SAME


def test_finding_stays_when_its_subject_is_not_asked_any_more(member, by):
    finding = found(member, by)
    authorise(purpose=PURPOSE, processing="", subjects=[BrpSubject.DEATH], is_active=True, by=None)
    check_member(member, by=by)
    finding.refresh_from_db()
    assert finding.state == BrpFindingState.OPEN


def test_decision_on_an_older_page_is_refused(member, by):
    finding = found(member, by)
    with pytest.raises(ChangedElsewhere):
        accept_finding(finding, version=member.version + 1, by=by)
    set_aside_finding(finding, by=by)
    with pytest.raises(ChangedElsewhere):
        accept(finding, by)
    with pytest.raises(ChangedElsewhere):
        set_aside_finding(finding, by=by)


@pytest.mark.parametrize("role", ["planner", "communication", "finance", "reader"])
def test_others_decide_nothing(member, by, role):
    finding, colleague = found(member, by), factories.make_staff(role)
    with pytest.raises(ActionError, match="U mag niet"):
        accept(finding, colleague)
    with pytest.raises(ActionError, match="U mag niet"):
        set_aside_finding(finding, by=colleague)


def test_who_left_the_country_is_taken_note_of(member, by, register):
    said(register, verblijfplaats=abroad(since="2 januari 2026"))
    finding = accept(found(member, by), by)
    assert (finding.kind, finding.since) == (BrpFindingKind.ELSEWHERE, "2 januari 2026")
    member.refresh_from_db()
    assert member.street == "Dorpsstraat"
    assert not note(member, facts(lives_elsewhere=True, since="2 januari 2026"))


def test_number_that_is_not_in_the_register_is_told(member, by, register):
    register.people.clear()
    assert found(member, by).kind == BrpFindingKind.UNKNOWN


def test_who_died_is_only_told_and_stays_as_they_are(member, by, register):
    said(register, **died("12 maart 2026"))
    finding = found(member, by)
    assert (finding.kind, finding.since) == (BrpFindingKind.DECEASED, "12 maart 2026")
    member.refresh_from_db()
    assert member.is_active


def test_who_died_is_stopped_with_when_a_colleague_says_so(member, by, register):
    outbox.enqueue(MailKind.STEP_REMINDER, user=member.user, key="wacht")
    said(register, **died("12 maart 2026"))
    accept(found(member, by), by)
    member.refresh_from_db()
    member.user.refresh_from_db()
    assert not member.is_active
    assert not member.user.is_active
    waiting = OutboxMail.objects.get(idempotency_key="wacht")
    assert (waiting.state, waiting.error) == (MailState.FAILED, outbox.mail_stopped_words())


def test_no_mail_is_made_or_sent_for_who_died(member, by, register):
    said(register, **died())
    accept(found(member, by), by)
    member.user.refresh_from_db()
    one = outbox.enqueue(MailKind.NEWS_PUBLISHED, user=member.user, key="een")
    outbox.enqueue_many(MailKind.NEWS_PUBLISHED, [outbox.Recipient(member.user, "twee")])
    two = OutboxMail.objects.get(idempotency_key="twee")
    assert {one.state, two.state} == {MailState.FAILED}
    left_over = factories.make_mail(member.user)
    with pytest.raises(mails.Obsolete, match="overleden"):
        mails.compose(left_over)


def test_mail_to_who_died_does_not_go_again(member, by, register):
    said(register, **died())
    accept(found(member, by), by)
    member.user.refresh_from_db()
    mail = outbox.enqueue(MailKind.NEWS_PUBLISHED, user=member.user, key="een")
    assert "overleden" in why_not_again(mail)
    assert not again_of(OutboxMail.objects.all(), despite_doubt=True).exists()
    with pytest.raises(ActionError, match="overleden"):
        retry_mail(mail, by=by)


def test_who_died_and_has_a_place_is_taken_out_of_the_plan_first(member, by, register):
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event)
    )
    factories.make_assignment(member, shift)
    said(register, **died())
    finding = found(member, by)
    with pytest.raises(ActionError, match="Haal het lid eerst uit de indeling"):
        accept(finding, by)
    finding.refresh_from_db()
    member.user.refresh_from_db()
    assert finding.state == BrpFindingState.OPEN
    assert member.user.mail_stopped_at is None


def test_who_comes_back_gets_mail_again(member, by, register):
    said(register, **died())
    accept(found(member, by), by)
    activate_member(member, by=by)
    member.user.refresh_from_db()
    assert member.user.mail_stopped_at is None
    assert member.user.is_active
    assert note(member, facts(is_deceased=True))


def test_who_died_is_not_told_of_again(member, by, register):
    said(register, **died())
    accept(found(member, by), by)
    check_member(member, by=by)
    assert not member.brp_findings.waiting().exists()


def test_secrecy_makes_the_contact_data_confidential(member, by, register):
    said(register, geheimhoudingPersoonsgegevens=True)
    accept(found(member, by), by)
    member.refresh_from_db()
    assert member.is_confidential
    assert member.confidential_until is None
    check_member(member, by=by)
    assert not member.brp_findings.waiting().exists()


def test_mark_of_a_colleague_keeps_its_reason(member, by, register):
    until = timezone.localdate() + timedelta(days=3)
    mark_confidential(member, "Bedreigd", until, by)
    said(register, geheimhoudingPersoonsgegevens=True)
    accept(found(member, by), by)
    member.refresh_from_db()
    assert member.confidential_until is None
    assert member.confidential_reason == "Bedreigd; Geheimhouding volgens de BRP"


def test_end_of_secrecy_is_told_and_done_by_a_colleague(member, by, register):
    said(register, geheimhoudingPersoonsgegevens=True)
    accept(found(member, by), by)
    said(register)
    finding = found(member, by)
    assert finding.kind == BrpFindingKind.SECRECY_ENDED
    accept(finding, by)
    member.refresh_from_db()
    assert not member.is_confidential


def test_mark_that_did_not_come_from_the_register_is_left_alone(member, by, register):
    mark_confidential(member, "Bedreigd", None, by)
    said(register)
    check_member(member, by=by)
    assert not member.brp_findings.waiting().exists()


def test_secrecy_that_a_colleague_ended_is_told_again(member, by, register):
    said(register, geheimhoudingPersoonsgegevens=True)
    accept(found(member, by), by)
    end_confidentiality(member, by=by)
    assert note(member, facts(is_secret=True))


def test_erasing_takes_what_the_register_said_along(member, by):
    check_member(member, by=by)
    erase_member(member, by=by, reason=EraseReason.REQUEST)
    assert not BrpFinding.objects.exists()
    assert not BrpCheck.objects.exists()


def test_file_of_a_person_tells_what_the_register_said(member, by):
    check_member(member, by=by)
    rows = person_sections(member)["Wat de BRP over u zegt: adres, overlijden en geheimhouding"]
    assert [row.get("Verschil met de BRP") for row in rows] == [None, "ander adres"]
    assert NUMBERS[0] not in str(rows)
