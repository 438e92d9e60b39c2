"""What becomes of somebody who signed up: what the team may do, what it may not, and what is left afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions import application as actions
from elections.actions.privacy import erase_member
from elections.actions.retention import clean_up
from elections.actions.sign_up import forget_unconfirmed
from elections.enums import ApplicationState, EraseReason
from elections.errors import ActionError, ChangedElsewhere
from elections.exports.person import person_sections
from elections.models import Application, AuditEvent, Invitation, Member, OutboxMail, TransferReceipt
from elections.notify import mails
from elections.queries.application import other_applications, possible_doubles, with_doubles
from tests import factories


@pytest.fixture
def planner() -> Any:
    return factories.make_staff("planner", name="Piet Planner")


def waiting(**values: Any) -> Any:
    """One that nobody confirmed."""
    return factories.make_application(**{"state": "unconfirmed", "confirmed_at": None} | values)


def mail_about(application: Any, kind: str = "application_confirm") -> Any:
    return OutboxMail.objects.create(
        kind=kind,
        to_email=application.email,
        reference=application.uuid,
        idempotency_key=f"{application.uuid}",
    )


def kinds_of_mail() -> list[str]:
    return list(OutboxMail.objects.order_by("pk").values_list("kind", flat=True))


def test_confirming_shows_it_to_the_team_and_tells_them_once_a_day() -> None:
    first, second = waiting(), waiting()
    assert not Application.objects.confirmed().exists()
    actions.confirm_application(first)
    actions.confirm_application(first)
    actions.confirm_application(second)
    assert Application.objects.confirmed().count() == 2
    assert kinds_of_mail() == ["application_waiting"]
    mail = OutboxMail.objects.get()
    assert (mail.to_email, mail.receiver_name) == ("verkiezingen@juinen.example", "team verkiezingen")
    assert first.full_name not in mails.compose(mail).body


def test_what_comes_after_the_mail_of_today_is_told_a_day_later() -> None:
    actions.confirm_application(waiting())
    sent = OutboxMail.objects.get()
    OutboxMail.objects.update(state="sent")
    actions.confirm_application(waiting())
    actions.confirm_application(waiting())
    later = OutboxMail.objects.exclude(pk=sent.pk).get()
    assert (later.state, later.due_at) == ("waiting", sent.due_at + timedelta(days=1))


def test_mail_to_the_team_that_failed_does_not_keep_the_next_one_back() -> None:
    actions.confirm_application(waiting())
    OutboxMail.objects.update(state="failed")
    actions.confirm_application(waiting())
    assert OutboxMail.objects.get(state="waiting").due_at <= timezone.now()


def test_confirming_too_late_is_refused_and_the_sweep_deletes_it_with_its_mail() -> None:
    late, fresh = waiting(created_at=timezone.now() - timedelta(days=3, minutes=1)), waiting()
    mail_about(late)
    with pytest.raises(ActionError):
        actions.confirm_application(late)
    assert forget_unconfirmed() == 1
    assert list(Application.objects.all()) == [fresh]
    assert not OutboxMail.objects.filter(to_email=late.email).exists()


def test_accepting_makes_a_member_who_is_invited(planner: Any) -> None:
    application = factories.make_application(has_experience=True, remark="Graag in de ochtend.")
    member = actions.accept_application(application, by=planner)
    application.refresh_from_db()
    assert (application.state, application.member, application.decided_by) == (
        "accepted",
        member,
        "Piet Planner",
    )
    assert (member.email, member.birth_date, member.city) == (application.email, date(1990, 5, 6), "Juinen")
    assert "Werkte al eerder op een stembureau.\nGraag in de ochtend." in member.remark
    assert Invitation.objects.filter(user=member.user).count() == 1
    assert kinds_of_mail() == ["member_invitation"]


def test_known_member_keeps_everything_and_is_invited_on_the_known_address(planner: Any) -> None:
    """Who signs up with another's name must not get that person's account."""
    known = factories.make_member(email="echt@voorbeeld.example", first_name="Noor", phone="+31 6 11111111")
    Member.objects.filter(pk=known.pk).update(user=None, is_active=False)
    application = factories.make_application(email="kaper@evil.example", first_name="Noortje")
    actions.accept_application(application, double=known, by=planner)
    known.refresh_from_db()
    assert (known.email, known.first_name, known.phone) == (
        "echt@voorbeeld.example",
        "Noor",
        "+31 6 11111111",
    )
    assert known.is_active
    assert list(OutboxMail.objects.values_list("to_email", flat=True)) == ["echt@voorbeeld.example"]


def test_known_member_with_an_account_gets_no_new_way_in(planner: Any) -> None:
    known = factories.make_member(user=factories.make_user())
    actions.accept_application(factories.make_application(), double=known, by=planner)
    assert not Invitation.objects.exists()
    assert not OutboxMail.objects.exists()


def test_erased_member_is_not_brought_back(planner: Any) -> None:
    gone = factories.make_member(user=None)
    erase_member(gone, by=planner, reason=EraseReason.REQUEST)
    with pytest.raises(ActionError):
        actions.accept_application(factories.make_application(), double=gone, by=planner)


def test_keeping_asks_consent_and_tells_the_person(planner: Any) -> None:
    with pytest.raises(ActionError, match="toestemming"):
        actions.keep_application(factories.make_application(may_keep=False), by=planner)
    application = factories.make_application()
    assert actions.keep_application(application, by=planner).state == ApplicationState.KEPT
    with pytest.raises(ActionError, match="al in de portefeuille"):
        actions.keep_application(application, by=planner)
    mail = OutboxMail.objects.get()
    assert (mail.kind, mail.to_email) == ("application_kept", application.email)
    assert "hoogstens 1 jaar" in mails.compose(mail).body


@pytest.mark.parametrize(
    ("reason", "words"),
    [("enough", "genoeg mensen"), ("too_young", "18 jaar of ouder"), ("other", "Wilt u weten waarom")],
)
def test_refusing_tells_why_in_one_sentence(planner: Any, reason: str, words: str) -> None:
    application = factories.make_application()
    actions.refuse_application(application, reason, by=planner)
    text = mails.compose(OutboxMail.objects.get()).body
    assert words in text
    assert f"Beste {application.full_name}," in text
    assert "binnen 28 dagen" in text


def test_unknown_reason_is_refused(planner: Any) -> None:
    with pytest.raises(ActionError):
        actions.refuse_application(factories.make_application(), "zomaar", by=planner)


@pytest.mark.parametrize("state", ["accepted", "refused"])
def test_settled_application_stays_as_it_is(planner: Any, state: str) -> None:
    application = factories.make_application(state=state, decided_at=timezone.now())
    for act in (
        lambda: actions.accept_application(application, by=planner),
        lambda: actions.keep_application(application, by=planner),
        lambda: actions.refuse_application(application, "enough", by=planner),
    ):
        with pytest.raises(ActionError, match="al afgehandeld"):
            act()
    assert not Member.objects.exists()


def test_unconfirmed_application_cannot_be_accepted(planner: Any) -> None:
    with pytest.raises(ActionError):
        actions.accept_application(waiting(), by=planner)


def test_taking_back_deletes_all_of_it(planner: Any) -> None:
    application = factories.make_application()
    actions.keep_application(application, by=planner)
    actions.withdraw_application(application)
    assert not Application.objects.exists()
    assert not OutboxMail.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="application.")
    assert told.count() == 2
    for event in told:
        assert application.last_name not in f"{event.object_label} {event.details}"
    with pytest.raises(ActionError, match="er niet meer"):
        actions.withdraw_application(application)


def test_mail_about_an_application_that_is_gone_or_further_is_not_sent(planner: Any) -> None:
    application = waiting()
    mail = mail_about(application)
    assert application.token in mails.compose(mail).body
    actions.confirm_application(application)
    with pytest.raises(mails.Obsolete):
        mails.compose(mail)


def test_first_mail_holds_nothing_that_was_typed() -> None:
    application = waiting(first_name="Gratis", last_name="Geld. Kijk op evil.example", city="evil.example")
    mail = mail_about(application)
    message = mails.compose(mail)
    for text in (message.subject, message.body, message.alternatives[0].content):
        assert "evil" not in text
        assert "Gratis" not in text
    assert message.body.startswith("Beste meneer of mevrouw,")


def test_later_mail_does_not_greet_with_what_mail_programs_make_a_link(planner: Any) -> None:
    application = factories.make_application(last_name="evil.example")
    actions.refuse_application(application, "other", by=planner)
    message = mails.compose(OutboxMail.objects.get())
    assert "evil.example" not in message.body + message.alternatives[0].content


def test_possible_doubles_come_with_reasons_and_the_likeliest_first() -> None:
    application = factories.make_application(
        first_name="Anna", infix="van", last_name="Dijk", email="anna@voorbeeld.example"
    )
    by_name = factories.make_member(first_name="Anna", initials="", infix="van", last_name="Dijk", user=None)
    by_mail = factories.make_member(
        first_name="A.", last_name="Anders", email="ANNA@voorbeeld.example", user=None
    )
    factories.make_member(first_name="Bert", initials="B.", last_name="Dijkstra", user=None)
    found = possible_doubles(application)
    assert [double.member for double in found] == [by_mail, by_name]
    assert [str(reason) for reason in found[0].reasons] == ["zelfde e-mailadres"]
    assert "zelfde achternaam" in [str(reason) for reason in found[1].reasons]


def test_nobody_resembles_somebody_for_want_of_a_phone_number(planner: Any) -> None:
    factories.make_member(phone="", user=None)
    factories.make_application(phone="", last_name="Ander")
    application = factories.make_application(phone="")
    assert possible_doubles(application, planner) == []
    assert not other_applications(application).exists()
    (marks,) = with_doubles(Application.objects.filter(pk=application.pk))
    assert (marks.may_be_member, marks.may_be_twice) == (False, False)  # type: ignore[attr-defined]


def test_member_who_was_joined_meanwhile_is_chosen_anew(planner: Any) -> None:
    application = factories.make_application()
    double = factories.make_member(user=None)
    Member.objects.filter(pk=double.pk).delete()
    with pytest.raises(ChangedElsewhere, match="samengevoegd"):
        actions.accept_application(application, double=double, by=planner)
    application.refresh_from_db()
    assert application.state == "open"


def test_list_marks_members_and_twins() -> None:
    factories.make_member(email="bekend@voorbeeld.example", user=None)
    factories.make_application(email="bekend@voorbeeld.example", last_name="Een")
    factories.make_application(phone="+31 6 99999999", last_name="Twee")
    factories.make_application(phone="+31 6 99999999", last_name="Drie")
    factories.make_application(last_name="Vier")
    marks = {
        each.last_name: (each.may_be_member, each.may_be_twice)  # type: ignore[attr-defined]
        for each in with_doubles(Application.objects.all())
    }
    assert marks == {
        "Een": (True, False),
        "Twee": (False, True),
        "Drie": (False, True),
        "Vier": (False, False),
    }


def test_erasing_a_member_erases_the_application(planner: Any) -> None:
    application = factories.make_application()
    member = actions.accept_application(application, by=planner)
    mail_about(application)
    assert person_sections(member)["Uw aanmelding"]
    erase_member(member, by=planner, reason=EraseReason.REQUEST)
    assert not Application.objects.exists()
    assert not OutboxMail.objects.filter(to_email=application.email).exists()


def test_retention_removes_each_after_its_term_and_keeps_the_others() -> None:
    now = timezone.now()
    month, year = now - timedelta(days=29), now - timedelta(days=367)
    gone = [
        factories.make_application(state="refused", decided_at=month),
        factories.make_application(state="kept", confirmed_at=year, decided_at=year),
        factories.make_application(confirmed_at=year),
    ]
    kept = [
        factories.make_application(state="refused", decided_at=now - timedelta(days=27)),
        factories.make_application(state="kept", confirmed_at=year, decided_at=month),
        factories.make_application(confirmed_at=month),
    ]
    mail_about(gone[0], "application_refused")
    clean_up()
    assert set(Application.objects.all()) == set(kept)
    assert not OutboxMail.objects.exists()


def test_number_of_a_package_is_kept_as_long_as_the_package_works() -> None:
    now = timezone.now()
    values = {"source_code": "GM9009", "received_at": now - timedelta(days=60)}
    for number, expires_at in enumerate((now - timedelta(days=1), now + timedelta(days=1))):
        TransferReceipt.objects.create(
            package_id=f"00000000-0000-0000-0000-00000000000{number}", expires_at=expires_at, **values
        )
    clean_up()
    assert [receipt.package_id.int for receipt in TransferReceipt.objects.all()] == [1]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "nergens"},
        {"state": "open", "confirmed_at": None},
        {"state": "unconfirmed"},
        {"state": "refused"},
        {"state": "kept", "may_keep": False, "decided_at": "now"},
        {"state": "transferred", "decided_at": "now"},
        {"package_id": "00000000-0000-0000-0000-000000000001"},
        {"last_name": ""},
    ],
)
def test_database_refuses_what_cannot_be(values: dict[str, Any]) -> None:
    if values.get("decided_at") == "now":
        values = values | {"decided_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_application(**values)


def test_age_counts_on_the_birthday_itself() -> None:
    application = factories.make_application(birth_date=date(2009, 3, 18))
    with time_machine.travel("2027-03-17 12:00+00:00"):
        assert application.age == 17
    with time_machine.travel("2027-03-18 12:00+00:00"):
        assert application.age == 18
