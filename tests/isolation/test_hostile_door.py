"""Hostile input at the front door: forged hosts, names that write mail headers, and programs that open every link."""

import re
from email.utils import getaddresses

import pytest
from django.core import mail as django_mail

from elections.actions.account_question import answer_open_questions
from elections.actions.activation import make_activation_letters
from elections.enums import MailKind
from elections.models import Invitation, OutboxMail
from elections.notify import mails
from tests import factories
from tests.tenants.test_middleware import HOSTILE_HOSTS

KINDS = (MailKind.MEMBER_INVITATION, MailKind.PASSWORD_RESET, MailKind.USERNAME_REMINDER, MailKind.LOGIN_CODE)
ENDS = (
    "\r\nBcc: boef@evil.example",
    "\nTo: boef@evil.example",
    "\r\n\r\nKlik hier",
    "\x0bBcc: boef@evil.example",
    "\u2028Bcc: boef@evil.example",
    "\x85Cc: boef@evil.example",
    " <boef@evil.example>",
    '" <boef@evil.example>, "',
    ", boef@evil.example",
    "; boef@evil.example",
)
STARTS = ("Anna", '"Anna', "=?utf-8?q?Anna?=", "Anna\\", "<anna@evil.example>")
HOSTILE_NAMES = [start + end for start in STARTS for end in ENDS]


def make_mail(kind, user):
    reference = None
    if kind in (MailKind.MEMBER_INVITATION, MailKind.PASSWORD_RESET):
        reference = factories.make_invitation(user).uuid
    if kind == MailKind.LOGIN_CODE:
        reference = factories.make_challenge(user).uuid
    return factories.make_mail(user, kind=kind, reference=reference)


def links_in(message):
    text = message.body + "".join(part.content for part in message.alternatives)
    return set(re.findall(r"https?://([^/\"'\s<>]+)", text))


def test_there_are_enough_of_them():
    assert len(set(HOSTILE_HOSTS)) >= 30
    assert len(set(HOSTILE_NAMES)) == 50


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded"])
def test_no_mail_holds_a_link_to_a_host_of_the_request(client, header):
    factories.make_user(username="anna", email="anna@voorbeeld.example")
    for number, host in enumerate(HOSTILE_HOSTS):
        value = f"host={host}" if header == "Forwarded" else host
        where = {"REMOTE_ADDR": f"192.0.2.{number}"}
        client.post("/password/forgotten/", {"username": "anna"}, headers={header: value}, **where)
        client.post(
            "/username/forgotten/", {"email": "anna@voorbeeld.example"}, headers={header: value}, **where
        )
    client.post("/password/forgotten/", {"username": "anna"})
    answer_open_questions()
    newest = {mail.kind: mail for mail in OutboxMail.objects.order_by("pk")}
    assert MailKind.PASSWORD_RESET in newest
    for mail in newest.values():
        assert links_in(mails.compose(mail)) == {"juinen.localhost"}


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded"])
def test_no_page_of_the_door_holds_a_link_to_a_host_of_the_request(client, header):
    for host in HOSTILE_HOSTS:
        for path in ("/login/", "/activation/", "/password/forgotten/", "/username/forgotten/"):
            body = client.get(path, headers={header: host}).content.decode(errors="replace")
            assert "evil.example" not in body


@pytest.mark.parametrize("kind", KINDS)
def test_mail_to_a_hostile_name_has_exactly_one_receiver(kind, juinen):
    for name in HOSTILE_NAMES:
        juinen.from_name = name[:80]
        user = factories.make_user(name=name, email="anna@voorbeeld.example")
        django_mail.outbox.clear()
        mails.compose(make_mail(kind, user)).send()
        (sent,) = django_mail.outbox
        assert sent.recipients() == ["anna@voorbeeld.example"]
        headers = sent.message()
        receivers = getaddresses(
            headers.get_all("To", []) + headers.get_all("Cc", []) + headers.get_all("Bcc", [])
        )
        assert [address for _name, address in receivers] == ["anna@voorbeeld.example"]
        senders = getaddresses(headers.get_all("From", []))
        assert len(senders) == 1
        assert not senders[0][1].endswith("evil.example")


def test_programs_that_open_every_link_use_none_up(client):
    member = factories.make_member(with_user=False, email="")
    letter = make_activation_letters([member], by=factories.make_staff())[0]
    invitation = factories.make_invitation(factories.make_user())
    reset = factories.make_invitation(factories.make_user(), kind="password_reset")
    paths = [
        f"/invitation/{invitation.token}/",
        f"/password/reset/{reset.token}/",
        "/activation/",
        "/password/choose/",
    ]
    for path in paths:
        for method in (client.head, client.get, client.options, client.get):
            assert method(path, headers={"User-Agent": "SafeLinks/1.0"}).status_code in (200, 405, 410)
    assert Invitation.objects.open().count() == 3
    assert {row.pk for row in Invitation.objects.open()} == {letter.pk, invitation.pk, reset.pk}
