"""The privacy page: open to everybody; a member downloads the own data and asks the team."""

import io
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import HttpResponse

from elections.actions.login_limits import count_attempt
from elections.actions.privacy_request import answer_privacy_request, ask_privacy_request
from elections.data_register import REGISTER
from elections.enums import MailKind, PrivacyRequestKind, PrivacyRequestState
from elections.errors import ActionError
from elections.models import OutboxMail, PrivacyRequest, RetentionTerm
from elections.notify import mails
from portal.browser import digest_of, new_browser_id, set_browser_cookie
from tests import factories


def test_page_is_open_before_and_after_log_in(client: Any, as_member: Any) -> None:
    for visitor in (client, as_member):
        content = visitor.get("/privacy/").content.decode()
        assert "0123 456 789" in content
        for datum in REGISTER:
            if datum.key != "person_number":
                assert str(datum.label) in content


def test_page_uses_the_words_of_a_public_body_and_asks_no_iban(zonneiland: Any, client_for: Any) -> None:
    page = client_for(zonneiland).get("/privacy/").content.decode()
    assert "BSN of ID-nummer" in page
    assert "Openbaar lichaam Zonneiland" in page
    assert "Rekeningnummer" not in page


def test_page_tells_the_term_that_the_municipality_chose(client: Any) -> None:
    RetentionTerm.objects.create(kind="mail", days=47)
    assert "47 dagen na het versturen" in client.get("/privacy/").content.decode()


def test_only_members_are_offered_a_download(client: Any, as_member: Any) -> None:
    assert "/privacy/download/" not in client.get("/privacy/").content.decode()
    assert "/privacy/download/" in as_member.get("/privacy/").content.decode()


def test_member_downloads_the_own_data_after_the_password(as_member: Any, member: Any) -> None:
    answer = as_member.post("/privacy/download/", {"password": factories.PASSWORD})
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    page = zipfile.ZipFile(io.BytesIO(answer.content)).read("gegevens.html").decode()
    assert member.last_name in page


def test_wrong_password_hands_over_nothing(as_member: Any, member: Any) -> None:
    answer = as_member.post("/privacy/download/", {"password": "iets anders"})
    assert "Dit wachtwoord klopt niet" in answer.content.decode()
    assert "iets anders" not in answer.content.decode()


def test_strangers_who_guess_do_not_keep_a_known_browser_from_the_own_data(
    as_member: Any, member: Any
) -> None:
    browser = new_browser_id()
    set_browser_cookie(cookie := HttpResponse(), browser)
    as_member.cookies.update(cookie.cookies)
    factories.make_sign_in(member.user, browser_digest=digest_of(browser))
    for number in range(40):
        with suppress(ActionError):
            count_attempt(member.user.username, f"198.51.100.{number}")
    answer = as_member.post("/privacy/download/", {"password": factories.PASSWORD})
    assert answer.headers["Content-Type"] == "application/zip"


def test_member_asks_once_and_sees_the_answer(as_member: Any, member: Any) -> None:
    as_member.post("/privacy/correct/", {"text": "Mijn functie klopt niet."})
    request = PrivacyRequest.objects.get(member=member)
    assert (request.kind, request.text) == ("correct", "Mijn functie klopt niet.")
    page = as_member.get("/privacy/").content.decode()
    assert "Mijn functie klopt niet." in page
    assert "/privacy/correct/" not in page
    answer_privacy_request(
        request, PrivacyRequestState.GRANTED, "Het is aangepast.", by=factories.make_staff()
    )
    assert "Het is aangepast." in as_member.get("/privacy/").content.decode()


def test_second_open_question_of_a_kind_is_refused(as_member: Any, member: Any) -> None:
    for _number in range(2):
        answer = as_member.post("/privacy/erase/", {"text": ""})
    assert "U hebt dit al gevraagd" in answer.content.decode()
    assert PrivacyRequest.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_privacy_request(member, kind="erase")


def test_correction_must_say_what_is_wrong(as_member: Any, member: Any) -> None:
    answer = as_member.post("/privacy/correct/", {"text": " "})
    assert "Schrijf op wat er niet klopt" in answer.content.decode()
    with pytest.raises(ActionError):
        ask_privacy_request(member, PrivacyRequestKind.CORRECT, " ", by=member.user)


def test_question_of_another_member_is_not_shown(as_member: Any) -> None:
    factories.make_privacy_request(factories.make_member(), text="van iemand anders")
    assert "van iemand anders" not in as_member.get("/privacy/").content.decode()


def test_answer_is_mailed_as_waiting_and_without_its_text(member: Any) -> None:
    request = ask_privacy_request(member, PrivacyRequestKind.ERASE, "", by=member.user)
    answer_privacy_request(
        request, PrivacyRequestState.REFUSED, "U bent nog ingedeeld.", by=factories.make_staff()
    )
    row = OutboxMail.objects.get(kind=MailKind.PRIVACY_ANSWERED)
    assert row.user == member.user
    mail.outbox.clear()
    message = mails.compose(row)
    assert "ingedeeld" not in message.body
    assert "/privacy/" in message.body


def test_answer_is_given_once(member: Any) -> None:
    request = ask_privacy_request(member, PrivacyRequestKind.CORRECT, "naam", by=member.user)
    staff = factories.make_staff()
    answer_privacy_request(request, PrivacyRequestState.GRANTED, "Gedaan.", by=staff)
    with pytest.raises(ActionError):
        answer_privacy_request(request, PrivacyRequestState.REFUSED, "Toch niet.", by=staff)


def test_erasing_is_not_granted_with_words_alone(member: Any) -> None:
    request = ask_privacy_request(member, PrivacyRequestKind.ERASE, "", by=member.user)
    with pytest.raises(ActionError):
        answer_privacy_request(request, PrivacyRequestState.GRANTED, "Gedaan.", by=factories.make_staff())


def test_every_personal_datum_says_why_it_is_asked(as_member: Any) -> None:
    page = as_member.get("/personal-data/").content.decode()
    assert page.count("Waarom vragen wij dit?") == 8
    assert "Kieswet artikel E 4" in page
