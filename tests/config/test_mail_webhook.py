"""News of the mail service at the platform's own host, signed as Mailgun signs it."""

import hashlib
import hmac
import json

import pytest
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context

from config.urls_public import urlpatterns
from elections.actions.municipality import suspend_municipality
from elections.enums import MailState
from elections.models import AuditEvent, OutboxMail
from tests import factories
from tests.isolation.header_table import CLOSED, CLOSED_POLICY, cookie_faults, header_faults, vary_faults

HOST = "platform.localhost"
KEY = "signing-key-of-the-tests"
ADDRESS = "/mail-webhook/mailgun/"


@pytest.fixture(autouse=True)
def mailgun(settings):
    settings.PLATFORM_HOST = HOST
    settings.MAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


@pytest.fixture
def mails(juinen, zonneiland):
    """A mail in each municipality with the same primary key and the same name at the service, as the worst case."""
    made = {}
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            made[municipality.schema_name] = factories.make_mail(
                factories.make_user(),
                pk=4711,
                kind="letter_published",
                state="sent",
                provider_id="<1@mailgun>",
            )
    return made


def _news(mail, schema, *, event="delivered", provider_id="<1@mailgun>", **more):
    return {
        "event": event,
        "timestamp": 1795363200.5,
        "recipient": mail.to_email,
        "message": {"headers": {"message-id": provider_id.strip("<>")}},
        "user-variables": {"municipality": schema, "mail": str(mail.uuid)},
        **more,
    }


def _post(news, *, key=KEY, address=ADDRESS, host=HOST, **headers):
    token, timestamp = "t" * 50, "1795363200"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"token": token, "timestamp": timestamp, "signature": signature},
        "event-data": news,
    }
    client = Client(headers={"host": host, **headers})
    return client.post(address, json.dumps(body), content_type="application/json", secure=True)


def _states(juinen, zonneiland):
    states = []
    for municipality in (juinen, zonneiland):
        with tenant_context(municipality):
            states.append(OutboxMail.objects.get(pk=4711).state)
    return states


def test_delivery_is_noted_in_its_own_municipality_only(mails, juinen, zonneiland):
    assert _post(_news(mails["gm0001"], "gm0001")).status_code == 200
    assert _states(juinen, zonneiland) == [MailState.DELIVERED, MailState.SENT]


def test_bounce_is_noted_once_however_often_it_is_told(mails, juinen):
    news = _news(mails["gm0001"], "gm0001", event="failed", severity="permanent", reason="bounce")
    for _time in range(2):
        assert _post(news).status_code == 200
    with tenant_context(juinen):
        mail = OutboxMail.objects.get(pk=4711)
        assert mail.state == MailState.BOUNCED
        assert mail.error == "Dit e-mailadres bestaat niet, of neemt geen e-mail aan."
        assert AuditEvent.objects.filter(action="mail.bounced").count() == 1


def test_complaint_is_noted_beside_the_delivery(mails, juinen):
    for _time in range(2):
        _post(_news(mails["gm0001"], "gm0001", event="complained"))
    with tenant_context(juinen):
        mail = OutboxMail.objects.get(pk=4711)
        assert (mail.state, mail.error) == ("delivered", "De ontvanger meldde deze e-mail als ongewenst.")
        assert AuditEvent.objects.filter(action="mail.complained").count() == 1


def test_delivery_that_is_told_after_a_bounce_changes_nothing(mails, juinen, zonneiland):
    _post(_news(mails["gm0001"], "gm0001", event="failed", severity="permanent"))
    _post(_news(mails["gm0001"], "gm0001"))
    assert _states(juinen, zonneiland) == [MailState.BOUNCED, MailState.SENT]


def test_news_is_taken_while_its_municipality_is_suspended(mails, juinen, zonneiland):
    """The service tells it only once, and it is about mail from before."""
    suspend_municipality(juinen)
    assert _post(_news(mails["gm0001"], "gm0001")).status_code == 200
    assert _states(juinen, zonneiland) == [MailState.DELIVERED, MailState.SENT]


@pytest.mark.parametrize("schema", ["gm9009", "public", "gm4040", "", "zitting_template", "'; --"])
def test_news_that_lies_about_the_municipality_touches_nobody(mails, juinen, zonneiland, schema):
    """The primary keys and the names at the service are equal, so that only the mail's own number tells them apart."""
    news = _news(mails["gm0001"], schema, event="failed", severity="permanent")
    assert _post(news).status_code == 200
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


def test_news_of_an_earlier_try_changes_nothing(mails, juinen, zonneiland):
    """The mail was sent again since, and has another name at the service."""
    _post(_news(mails["gm0001"], "gm0001", event="failed", severity="permanent", provider_id="<0@mailgun>"))
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


def test_mail_without_a_name_at_the_service_is_never_matched(mails, juinen, zonneiland):
    with tenant_context(juinen):
        OutboxMail.objects.update(provider_id="")
    _post(_news(mails["gm0001"], "gm0001", event="failed", severity="permanent", provider_id=""))
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


def test_news_that_is_quicker_than_our_own_note_is_asked_for_again(mails, juinen):
    with tenant_context(juinen):
        OutboxMail.objects.update(state="sending", provider_id="", handed_at="2026-11-22T12:00Z")
    assert _post(_news(mails["gm0001"], "gm0001")).status_code == 503


@pytest.mark.parametrize(
    "body", [{"event-data": {"event": "opened"}}, {"event-data": {}}, {"event-data": "x"}]
)
def test_signed_nonsense_is_refused_or_ignored(mails, body, juinen, zonneiland):
    assert _post(body["event-data"]).status_code in (200, 400)
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


def test_forged_news_is_refused(mails, juinen, zonneiland):
    news = _news(mails["gm0001"], "gm0001", event="failed", severity="permanent")
    assert _post(news, key="another key").status_code == 400
    client = Client(headers={"host": HOST})
    for body in ({"event-data": news}, {}):
        answer = client.post(ADDRESS, json.dumps(body), content_type="application/json", secure=True)
        assert answer.status_code == 400
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


def test_service_without_signature_needs_the_secret(mails, settings, juinen, zonneiland):
    settings.MAIL_PROVIDER, settings.ANYMAIL = "brevo", {}
    assert _post({}, address="/mail-webhook/brevo/").status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": "name:secret"}
    assert _post({}, address="/mail-webhook/brevo/").status_code == 400
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


@pytest.mark.parametrize(
    "address", ["/mail-webhook/brevo/", "/mail-webhook/onzin/", "/", "/backoffice/", "/login/"]
)
def test_nothing_else_answers_at_the_host_of_the_platform(address):
    assert _post({}, address=address).status_code == 404


def test_municipality_has_no_webhook(mails, juinen, zonneiland):
    news = _news(mails["gm0001"], "gm0001")
    assert _post(news, host="juinen.localhost").status_code == 404
    assert _states(juinen, zonneiland) == [MailState.SENT, MailState.SENT]


@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "head"])
def test_other_methods_tell_nothing(method):
    answer = getattr(Client(headers={"host": HOST}), method)(ADDRESS, secure=True)
    assert answer.status_code in (200, 405)
    assert answer.content == b""


def test_answers_have_the_headers_of_the_table(mails):
    answers = [
        _post(_news(mails["gm0001"], "gm0001")),
        _post(_news(mails["gm0001"], "gm0001"), key="another key"),
        Client(headers={"host": HOST}).get(ADDRESS, secure=True),
    ]
    for answer in answers:
        faults = header_faults(answer, CLOSED, CLOSED_POLICY) + vary_faults(answer) + cookie_faults(answer)
        assert faults == []


def test_every_address_of_the_platform_is_in_this_file():
    assert [address.name for address in urlpatterns] == ["mail-webhook"]
    assert reverse("mail-webhook", "config.urls_public", ["mailgun"]) == ADDRESS
