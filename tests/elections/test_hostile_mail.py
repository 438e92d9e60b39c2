"""Mails under hostile names, and mail scanners that open every link."""

import email
import email.policy
import re
from email.utils import getaddresses

import pytest
from django.apps import apps
from django.core import mail as mailbox
from django.db import connection

from elections.enums import MailKind
from elections.notify import mails
from tests import factories
from tests.elections.test_mails import row

EVIL = "boef@evil.example"
TRICKS = [
    "Anna\r\nBcc: {evil}",
    "Anna\nBcc: {evil}",
    "Anna\rTo: {evil}",
    "Anna\r\n\r\nZeg uw code aan {evil}",
    "Anna%0d%0aBcc: {evil}",
    "Anna\x0bBcc: {evil}",
    "Anna\x0cBcc: {evil}",
    "Anna\x1cBcc: {evil}",
    "Anna\x85Bcc: {evil}",
    "Anna\u2028Bcc: {evil}",
    "Anna\u2029Bcc: {evil}",
    "Anna\x00Bcc: {evil}",
    "Anna\tBcc: {evil}",
    "Anna\r\n Bcc: {evil}",
    "<{evil}>",
    "Anna <{evil}>",
    'Anna" <{evil}>',
    'Anna\\" <{evil}>',
    'Anna\\\\" <{evil}>, "',
    '"Anna" <{evil}>, "B"',
    "Anna, {evil}",
    "Anna; {evil}",
    "{evil}, Anna",
    "{evil}",
    "Anna (",
    "Anna )<{evil}>(",
    "(Anna) {evil}",
    "Anna: {evil};",
    "Groep: {evil};",
    "@evil.example:{evil}",
    "<a@b> <{evil}>",
    "'; Bcc: {evil}",
    '"',
    "\\",
    '\\"',
    "''",
    "\u202e{evil}\u202c",
    "\u200f{evil}",
    "Anna\u2066{evil}\u2069",
    "\ufeffAnna {evil}",
    "=?utf-8?q?Anna=0d=0aBcc:_{evil}?=",
    "=?utf-8?b?PGJvZWZAZXZpbC5leGFtcGxlPg==?=",
    "=?iso-8859-1?q?=3C{evil}=3E?=",
    "=?utf-8?q?=22?= <{evil}>",
    "A" * 500,
    "é" * 300,
    "😀" * 100,
    "Anna\r\nContent-Type: text/html\r\n\r\n<script>",
    "{{{{ user.password }}}} {{% debug %}}",
    "%(password)s %s %n",
    "＜boef＠evil.example＞",
]
NAMES = [trick.format(evil=EVIL) for trick in TRICKS]
KINDS = (
    MailKind.MEMBER_INVITATION,
    MailKind.STAFF_INVITATION,
    MailKind.LOGIN_CODE,
    MailKind.USERNAME_REMINDER,
)


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_hostile_name_changes_no_address_of_a_mail(juinen, settings, name):
    """As name of the receiver and as name of the municipality; read back as a mail program would."""
    settings.DEFAULT_FROM_EMAIL = "Zitting <post@zitting.example>"
    juinen.from_name = name
    for kind in KINDS:
        user = factories.make_staff(name=name.replace("\x00", "")[:150])
        mails.compose(row(kind, user)).send()
        (sent,) = mailbox.outbox
        assert sent.recipients() == [user.email]
        parsed = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        assert len(parsed.get_all("From")) == len(parsed.get_all("To")) == 1
        assert [address.addr_spec for address in parsed["From"].addresses] == ["post@zitting.example"]
        assert [address.addr_spec for address in parsed["To"].addresses] == [user.email]
        assert parsed["Bcc"] is None
        assert parsed["Cc"] is None
        assert parsed.get_content_type() == "multipart/alternative"
        old_program = email.message_from_bytes(sent.message().as_bytes())
        assert [found for _name, found in getaddresses(old_program.get_all("From"))] == [
            "post@zitting.example"
        ]
        mailbox.outbox.clear()


def everything() -> dict[str, list[str]]:
    """Every row of every table of the municipality, as text."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables & set(connection.introspection.table_names(cursor))):
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608 - our own table names
            found[table] = [text for (text,) in cursor.fetchall()]
    return found


@pytest.mark.parametrize("kind", MailKind)
def test_mail_scanner_that_opens_every_link_changes_no_row(client, kind):
    """Safe Links and the like fetch every address in a mail by GET and HEAD, before its reader does."""
    message = mails.compose(row(kind, factories.make_staff()))
    text = message.body + message.alternatives[0].content
    links = set(re.findall(r"https?://juinen\.localhost[^\s\"<>]*", text))
    before = everything()
    for link in links:
        for method in (client.head, client.get):
            client.cookies.clear()
            assert method(link.removeprefix("https://juinen.localhost") or "/").status_code < 500
    after = everything()
    changed = {
        table: set(after[table]) ^ set(before[table]) for table in after if after[table] != before[table]
    }
    assert changed == {}
    assert links or kind not in (MailKind.MEMBER_INVITATION, MailKind.PASSWORD_RESET)
