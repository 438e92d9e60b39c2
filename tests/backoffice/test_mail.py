"""The list of mails."""

import pytest

from elections.models import OutboxMail
from tests import factories

LIST = "/backoffice/mail/"


@pytest.fixture
def desk(client_for, juinen):
    return client_for(juinen, factories.make_staff("communication"))


@pytest.fixture
def failed():
    user = factories.make_user(name="Anna van den Berg", email="anna@voorbeeld.example")
    error = "De mailserver weigert dit e-mailadres."
    return factories.make_mail(user, kind="placement_published", state="failed", error=error)


def test_empty_list_says_what_will_be_here(desk):
    assert "Er is nog geen e-mail verstuurd" in desk.get(LIST).content.decode()


def test_list_shows_receiver_state_and_error(desk, failed):
    body = desk.get(LIST).content.decode()
    for text in (
        "Anna van den Berg",
        failed.to_email,
        "plaats bekend",
        "Mislukt",
        failed.error,
        "1 e-mail is niet",
    ):
        assert text in body


def test_filter_by_state_and_name(desk, failed):
    factories.make_mail(factories.make_user(name="Bo"), kind="letter_published", state="sent")
    only_failed = desk.get(LIST, {"state": "failed"}).content.decode()
    assert "Anna van den Berg" in only_failed
    assert "brief klaar</td>" not in only_failed
    assert "Anna van den Berg" not in desk.get(LIST, {"q": "Bo"}).content.decode()
    assert "Geen e-mail gevonden" in desk.get(LIST, {"q": "niemand"}).content.decode()


@pytest.mark.parametrize("query", [{"state": "onzin"}, {"page": "x"}, {"sort": "onzin"}, {"page": "999"}])
def test_nonsense_in_the_address_is_harmless(desk, failed, query):
    assert desk.get(LIST, query).status_code == 200


def test_list_asks_the_same_number_of_queries_for_one_and_three(desk, failed, django_assert_num_queries):
    desk.get(LIST)
    with django_assert_num_queries(8):
        desk.get(LIST)
    for _number in range(2):
        factories.make_mail(factories.make_user(), state="failed", kind="letter_published")
    with django_assert_num_queries(8):
        desk.get(LIST)


def test_retry_puts_the_mail_in_line_again(desk, failed):
    response = desk.post(f"{LIST}{failed.uuid}/retry/", follow=True)
    assert "De e-mail gaat opnieuw naar anna@voorbeeld.example" in response.content.decode()
    assert OutboxMail.objects.get().state == "waiting"
    assert (
        "al verzonden of wordt nog" in desk.post(f"{LIST}{failed.uuid}/retry/", follow=True).content.decode()
    )


def test_reader_may_not_see_mails(client_for, juinen):
    assert client_for(juinen, factories.make_staff("reader")).get(LIST).status_code == 403
