"""The front door under bad input: no mistake of ours, no link to elsewhere, and nobody let in."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from elections.actions.account_question import answer_open_questions
from elections.models import AccountQuestion, Invitation, OutboxMail
from elections.notify import mails
from tests import factories
from tests.tenants.test_middleware import HOSTILE_HOSTS

DOORS = ("portal:login", "portal:password-forgotten", "portal:username-forgotten", "portal:login-code")
EVIL = "evil.example"
PROXY_HEADERS = (
    "x-forwarded-host",
    "x-forwarded-server",
    "x-host",
    "x-original-host",
    "x-http-host-override",
)
ODD_TEXTS = {
    "nul": "lid\x00@wereld",
    "only nul": "\x00",
    "long": "a" * 1_000_000,
    "long with spaces": " " * 100_000 + "a",
    "lines": "lid\r\nBcc: boef@evil.example",
    "right to left": "\u202elid\u202c\u200b",
    "surrogate": "\ufffe\uffff",
    "sql": "' OR 1=1; --",
    "template": "{{ settings.SECRET_KEY }}{% debug %}",
    "format": "%s%n%(x)s{0.__class__}",
    "combining": "a" + "\u0301" * 5_000,
    "number": "1" * 5_000,
}
CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "application/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=nergens",
    "\u00e9",
    "",
)


@pytest.fixture
def door(client):
    """A browser that gets the error page, as a visitor would."""
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_hostile_host_sends_no_mail_and_shows_no_link(client, host):
    """Thirty-two names over every page of the front door, by GET and POST."""
    member = factories.make_member()
    invitation = factories.make_invitation(member.user)
    pages = [reverse(name) for name in DOORS] + [reverse("portal:invitation", args=[invitation.token])]
    for page in pages:
        for method in (client.get, client.post):
            answer = method(
                page, {"email": member.email, "username": member.user.username}, headers={"host": host}
            )
            assert answer.status_code in (400, 404)
            assert not re.search(r"""(href|src|action)=["']?\s*(https?:|//)""", answer.content.decode())
            assert "Location" not in answer.headers
    assert not OutboxMail.objects.exists()
    assert not AccountQuestion.objects.exists()


@pytest.mark.parametrize("header", PROXY_HEADERS)
def test_host_in_a_header_of_a_proxy_gets_into_no_page_and_no_mail(door, header):
    member = factories.make_member()
    answers = [door.get(reverse(name), headers={header: EVIL}) for name in DOORS]
    form = {"email": member.email, "username": member.user.username}
    answers += [door.post(reverse(name), form, headers={header: EVIL}) for name in DOORS]
    answer_open_questions()
    for answer in answers:
        assert EVIL not in answer.content.decode() + str(answer.headers)
    sent = [mails.compose(mail) for mail in OutboxMail.objects.all()]
    assert len(sent) >= 2
    for message in sent:
        text = message.body + message.alternatives[0].content
        assert set(re.findall(r"https?://([^/\s\"<]+)", text)) == {"juinen.localhost"}


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_texts_at_the_door_are_no_mistake_of_ours(door, text):
    for name in DOORS:
        for form in (
            {"username": text, "password": text, "email": text, "code": text, "next": text},
            {"username": [text[:1000]] * 20, "password": [text[:1000], ""], "email": ["", text[:1000]]},
            {"username[]": text, "password[0]": text, text[:1000]: text[:1000]},
        ):
            answer = door.post(reverse(name), form)
            assert answer.status_code < 500, (name, answer.status_code)
            assert settings.SECRET_KEY not in answer.content.decode()
        assert door.get(reverse(name), {"next": text[:2000]}).status_code < 500


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@pytest.mark.parametrize("body", [b"", b'{"username": "a"}', b"\xff\xfe=%ZZ&=&&", b"--\r\n\r\n"])
def test_body_of_another_kind_is_no_mistake_of_ours(door, content_type, body):
    for name in DOORS:
        answer = door.generic("POST", reverse(name), body, content_type=content_type)
        assert answer.status_code < 500, name


@pytest.mark.parametrize(
    "token", ["x", "a:b:c", "%00", "%E2%80%AE", "a" * 2000, "..", "{{7*7}}", "%0d%0aSet-Cookie:a=b"]
)
def test_token_that_we_never_gave_out_is_a_link_that_is_over(door, token):
    factories.make_invitation(factories.make_user())
    for page in (f"/invitation/{token}/", f"/password/reset/{token}/"):
        for answer in (door.get(page), door.post(page)):
            assert answer.status_code in (301, 404, 410)
            assert "Set-Cookie:a" not in str(answer.headers)
    assert not Invitation.objects.exclude(used_at=None).exists()


@pytest.mark.parametrize("cookie", ["", "x" * 5000, "\x00", "é", "../../etc/passwd", "null", "[]"])
def test_cookies_that_we_never_gave_out_are_no_mistake_of_ours(door, cookie):
    for name in ("__Host-session", "__Host-csrf", "__Host-language", "__Host-browser"):
        for page in ("portal:login", "portal:home"):
            answer = door.get(reverse(page), headers={"cookie": f"{name}={cookie}"})
            assert answer.status_code in (200, 302)
