"""The list of mails."""

import pytest
from django.utils import timezone

from elections.actions.mail import again_of, why_not_again
from elections.enums import MailState
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


def test_figures_count_each_state_and_lead_to_its_list(desk, failed):
    factories.make_mail(factories.make_user(), kind="letter_published", state="delivered")
    body = desk.get(LIST).content.decode()
    assert 'href="?state=failed">Mislukt' in body
    assert 'href="?state=delivered">Bezorgd' in body
    assert 'href="?state=uncertain"' not in body


@pytest.mark.parametrize("state", MailState.values)
def test_mail_of_each_state_explains_itself(desk, failed, state):
    moment = timezone.now()
    OutboxMail.objects.update(state=state, handed_at=moment, sent_at=moment, outcome_at=moment)
    body = desk.get(f"{LIST}{failed.uuid}/").content.decode()
    for text in (
        "Plaats bekend",
        "Klaargezet",
        "Aan de mailserver gegeven",
        "De tekst van de e-mail bewaren we niet",
    ):
        assert text in body


def test_doubt_is_asked_about_before_the_mail_goes_again(desk, failed):
    OutboxMail.objects.update(state="uncertain")
    address = f"{LIST}{failed.uuid}/retry/"
    assert "misschien al aangekomen" in desk.get(address).content.decode()
    assert "Bevestig dat u" in desk.post(address, follow=True).content.decode()
    assert OutboxMail.objects.get().state == "uncertain"
    assert "gaat opnieuw naar" in desk.post(address, {"doubt": "yes"}, follow=True).content.decode()
    assert OutboxMail.objects.get().state == "waiting"


def test_bounced_mail_goes_again_only_to_another_address(desk, failed):
    OutboxMail.objects.update(state="bounced", provider_id="<1@x>", outcome_at=timezone.now())
    address = f"{LIST}{failed.uuid}/retry/"
    assert "Wijzig eerst het e-mailadres" in desk.post(address, follow=True).content.decode()
    failed.user.email = "nieuw@voorbeeld.example"
    failed.user.save()
    assert "nieuw@voorbeeld.example" in desk.post(address, follow=True).content.decode()
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.to_email, mail.provider_id, mail.outcome_at) == (
        "waiting",
        "nieuw@voorbeeld.example",
        "",
        None,
    )


def test_retry_many_counts_first_and_leaves_what_cannot(desk, failed):
    factories.make_mail(factories.make_user(), kind="letter_published", state="failed")
    factories.make_mail(factories.make_user(), kind="login_code", state="failed")
    sent = factories.make_mail(factories.make_user(), kind="letter_published", state="sent")
    assert "Deze e-mails opnieuw sturen" in desk.get(f"{LIST}?state=failed").content.decode()
    page = desk.get(f"{LIST}retry-many/?state=failed").content.decode()
    assert "<strong>2</strong> e-mails gaan opnieuw" in page
    assert "1 e-mail kan niet opnieuw" in page
    changed = desk.post(f"{LIST}retry-many/?state=failed", {"count": "1"}, follow=True).content.decode()
    assert "veranderde in de tussentijd" in changed
    done = desk.post(f"{LIST}retry-many/?state=failed", {"count": "2"}, follow=True).content.decode()
    assert "2 e-mails gaan opnieuw" in done
    assert OutboxMail.objects.filter(state="waiting").count() == 2
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_retry_many_respects_the_filter(desk, failed):
    other = factories.make_mail(factories.make_user(name="Bo"), kind="letter_published", state="failed")
    desk.post(f"{LIST}retry-many/?state=failed&q=Bo", {"count": "1"})
    assert list(OutboxMail.objects.filter(state="waiting")) == [other]


def test_retry_many_warns_of_mails_in_doubt(desk, failed):
    OutboxMail.objects.update(state="uncertain")
    assert (
        "1 e-mail is misschien al aangekomen"
        in desk.get(f"{LIST}retry-many/?state=uncertain").content.decode()
    )


def test_retry_many_of_nothing_says_so(desk):
    assert "Geen van deze e-mails kan opnieuw" in desk.get(f"{LIST}retry-many/", follow=True).content.decode()


def test_rule_for_one_and_for_many_agree(failed):
    """Every state, kind of address and kind of mail: again_of finds exactly what why_not_again lets through."""
    users = [factories.make_user(email=email) for email in ("een@voorbeeld.example", "")]
    for state in MailState.values:
        for kind in ("letter_published", "login_code", "email_changed"):
            for user in (*users, None):
                for to_email in ("een@voorbeeld.example", "twee@voorbeeld.example", ""):
                    OutboxMail.objects.create(
                        idempotency_key=f"{state}{kind}{user and user.pk}{to_email}",
                        user=user,
                        kind=kind,
                        state=state,
                        to_email=to_email,
                    )
    mails = OutboxMail.objects.select_related("user")
    found = set(again_of(OutboxMail.objects.all(), despite_doubt=True))
    assert found == {mail for mail in mails if not why_not_again(mail)}
    assert found


def test_member_is_marked_until_the_address_changes(client_for, juinen):
    desk = client_for(juinen, factories.make_staff("administrator"))
    member = _member_with_account()
    factories.make_mail(
        member.user,
        kind="letter_published",
        state="bounced",
        to_email=member.email,
        outcome_at=timezone.now(),
        error="Dit e-mailadres bestaat niet.",
    )
    page, marked = f"/backoffice/member/{member.uuid}/", "/backoffice/member/?address=wrong"
    assert "Klopt het e-mailadres niet meer?" in desk.get(page).content.decode()
    assert member.list_name in desk.get(marked).content.decode()
    factories.make_mail(
        member.user,
        kind="letter_published",
        state="delivered",
        to_email=member.email,
        outcome_at=timezone.now(),
    )
    assert "Klopt het e-mailadres niet meer?" not in desk.get(page).content.decode()
    OutboxMail.objects.filter(state="delivered").delete()
    member.email = "nieuw@voorbeeld.example"
    member.save()
    assert "Klopt het e-mailadres niet meer?" not in desk.get(page).content.decode()
    assert member.list_name not in desk.get(marked).content.decode()


def _member_with_account():
    return factories.make_member(
        user=factories.make_user(email="lid@voorbeeld.example"), email="lid@voorbeeld.example"
    )


def test_reader_may_not_see_mails(client_for, juinen):
    assert client_for(juinen, factories.make_staff("reader")).get(LIST).status_code == 403
