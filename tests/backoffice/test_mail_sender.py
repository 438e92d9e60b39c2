"""The page about SPF, DKIM and DMARC, against a real DNS server on loopback."""

import pytest

from elections.queries.sender_domain import PATIENCE, Published, _resolver, sender_report
from tests import factories
from tests.fake_dns import FakeDns

PAGE = "/backoffice/mail/sender/"
KEY = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ" + "C" * 300
GOOD = {
    "zitting.example": ["v=spf1 include:spf.mail.example -all", "google-site-verification=abc"],
    "zit._domainkey.zitting.example": [f"v=DKIM1; k=rsa; p={KEY}"],
    "_dmarc.zitting.example": ["v=DMARC1; p=reject; rua=mailto:dmarc@zitting.example"],
}


@pytest.fixture
def server(settings):
    settings.DEFAULT_FROM_EMAIL = "Zitting <post@zitting.example>"
    settings.MAIL_SPF = "include:spf.mail.example"
    settings.MAIL_DKIM_SELECTOR = "zit"
    settings.MAIL_DKIM_RECORD = f"v=DKIM1; k=rsa; p={KEY}"
    with FakeDns(GOOD) as running:
        settings.DNS_SERVERS = [running.address]
        yield running


@pytest.fixture
def desk(client_for, juinen):
    return client_for(juinen, factories.make_staff("communication"))


def _states():
    return [record.state for record in sender_report().records]


def test_domain_with_good_records_is_fine(server, desk):
    report = sender_report()
    assert (report.address, report.domain, report.is_fine) == (
        "post@zitting.example",
        "zitting.example",
        True,
    )
    assert "Alles is in orde" in desk.get(PAGE).content.decode()


def test_domain_without_records_is_told_what_to_publish(server, desk):
    server.texts = {}
    assert _states() == [Published.MISSING] * 3
    body = desk.get(PAGE).content.decode()
    for text in (
        "v=spf1 include:spf.mail.example -all",
        "zit._domainkey.zitting.example",
        "v=DMARC1; p=reject",
        KEY,
    ):
        assert text in body


@pytest.mark.parametrize(
    ("name", "texts", "state", "wanted"),
    [
        (
            "zitting.example",
            ["v=spf1 a ~all"],
            Published.WRONG,
            "v=spf1 a include:spf.mail.example ~all",
        ),
        ("zitting.example", ["v=spf1 -all", "v=spf1 mx -all"], Published.WRONG, None),
        (
            "zitting.example",
            ["v=spf1 include:spf.mail.example ?all"],
            Published.WEAK,
            "v=spf1 include:spf.mail.example -all",
        ),
        ("zit._domainkey.zitting.example", ["v=DKIM1; p="], Published.WRONG, None),
        ("zit._domainkey.zitting.example", ["v=DKIM1; p=QUJD"], Published.WRONG, None),
        (
            "_dmarc.zitting.example",
            ["v=DMARC1; p=none; rua=mailto:a@b.nl"],
            Published.WEAK,
            "v=DMARC1; p=reject; rua=mailto:a@b.nl",
        ),
        ("_dmarc.zitting.example", ["v=DMARC1; rua=mailto:a@b.nl"], Published.WRONG, None),
    ],
)
def test_record_that_is_not_right_is_told_apart(server, name, texts, state, wanted):
    server.texts[name] = texts
    record = next(record for record in sender_report().records if record.name == name)
    assert record.state == state
    assert record.advice
    assert wanted is None or record.wanted == wanted


def test_platform_without_a_selector_says_so(server, settings):
    settings.MAIL_DKIM_SELECTOR = ""
    assert _states() == [Published.OK, Published.MISSING, Published.OK]


def test_silent_dns_leaves_the_page_standing(server, desk):
    server.is_silent = True
    assert _states() == [Published.UNKNOWN] * 3
    assert "Probeer het straks opnieuw" in desk.get(PAGE).content.decode()


def test_questions_together_may_take_less_than_a_second(server):
    """Part of test 13: nothing outside makes a page wait. They go out at once, each with this bound."""
    assert _resolver().lifetime == PATIENCE < 1
