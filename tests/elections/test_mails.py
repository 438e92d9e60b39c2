"""What mails say, and what they never say."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from elections.enums import FactorChange, MailKind
from elections.models import AuditEvent
from elections.notify import account_mails, mails
from tests import factories

HOSTILE = 'Anna\r\nBcc: boef@example.com\n\nKlik hier <script>alert(1)</script>"'


def row(kind, user, **values):
    """A row of the outbox with what its kind refers to."""
    if kind in (MailKind.MESSAGE_RECEIVED, MailKind.TEAM_MESSAGE):
        values["reference"] = _unread_message(kind, user)
    if kind == MailKind.CONVERSATION_ASSIGNED:
        values["reference"] = factories.make_conversation(factories.make_member(), assignee=user).uuid
    if kind == MailKind.NEWS_PUBLISHED:
        values["reference"] = factories.make_news_item().uuid
    if kind == MailKind.DOCUMENT_PUBLISHED:
        values["reference"] = factories.make_document().uuid
    if kind == MailKind.STEP_REMINDER:
        values["reference"] = _reminder_for(user)
    if kind in (MailKind.SURVEY_PUBLISHED, MailKind.SURVEY_REMINDER):
        member = user.member_or_none or factories.make_member(user=user)
        factories.make_portal_step(factories.make_event(), "surveys")
        values["reference"] = factories.make_survey(member).uuid
    if kind == MailKind.DIGEST:
        mail = factories.make_mail(user, kind=kind, **values)
        news = factories.make_mail(user, kind="news_published", reference=factories.make_news_item().uuid)
        mail.bundled.add(news)
        return mail
    if kind == MailKind.LOGIN_CODE:
        values["reference"] = factories.make_challenge(user).uuid
    if kind in (MailKind.MEMBER_INVITATION, MailKind.STAFF_INVITATION, MailKind.PASSWORD_RESET):
        values["reference"] = factories.make_invitation(user).uuid
    if kind == MailKind.EMAIL_CONFIRMATION:
        values["reference"] = factories.make_email_confirmation(user).uuid
    if kind == MailKind.NEW_BROWSER:
        values["reference"] = factories.make_sign_in(user).uuid
    if kind in (MailKind.PLACE_OFFERED, MailKind.PLACE_FREE):
        values["reference"] = _waits_for_a_place(kind)
    if kind == MailKind.PLACEMENT_REMINDER:
        values["reference"] = _silent_place()
    if kind == MailKind.FACTOR_CHANGED:
        values["idempotency_key"] = account_mails.factor_change_key(FactorChange.SET_UP)
    if kind.startswith("application_"):
        values["reference"] = _application(kind)
    if kind == MailKind.AUDIT_HEAD:
        details = {"number": 7, "digest": "0" * 64, "damage": ""}
        values["reference"] = AuditEvent.objects.create(action="audit.check", details=details).uuid
    return factories.make_mail(user, kind=kind, **values)


def _application(kind):
    now = timezone.now()
    state = {
        MailKind.APPLICATION_CONFIRM: {"state": "unconfirmed", "confirmed_at": None},
        MailKind.APPLICATION_KEPT: {"state": "kept", "decided_at": now},
        MailKind.APPLICATION_REFUSED: {"state": "refused", "decided_at": now, "refusal": "other"},
        MailKind.APPLICATION_TRANSFER: {"target_code": "GM9009"},
    }
    return factories.make_application(**state.get(kind, {})).uuid


def _waits_for_a_place(kind):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    member = factories.make_member()
    if kind == MailKind.PLACE_OFFERED:
        return factories.make_assignment(member, shift, state="proposed").uuid
    return factories.make_waitlist_entry(member, shift, kind="alert", told_at=timezone.now()).uuid


def _unread_message(kind, user):
    assignee = user if user.role else None
    conversation = factories.make_conversation(factories.make_member(), assignee=assignee)
    of_team = kind == MailKind.MESSAGE_RECEIVED
    return factories.make_message(conversation, kind="from_team" if of_team else "from_member").uuid


def _reminder_for(user):
    """The user is a member too, who has not checked the own data."""
    factories.make_member(user=user)
    return factories.make_reminder(factories.make_portal_step(factories.make_event(), "personal_data")).uuid


def _silent_place():
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    return factories.make_assignment(factories.make_member(), shift, state="published").uuid


@pytest.mark.parametrize("kind", MailKind)
def test_every_kind_can_be_written(kind):
    user = factories.make_staff(name="Anna van den Berg", username="anna@voorbeeld.example")
    message = mails.compose(row(kind, user))
    html = message.alternatives[0].content
    assert message.subject
    assert "Anna van den Berg" in message.body
    assert "Gemeente Juinen" in message.body
    assert "{" not in message.body + html.replace("{font", "")
    assert not re.search(r"(src|background)\s*=|url\(|<link|<script|@import", html)
    assert "\n\n\n" not in message.body


@pytest.mark.parametrize("kind", MailKind)
def test_every_kind_exists_in_english(kind):
    user = factories.make_staff(language="en")
    assert 'lang="en"' in mails.compose(row(kind, user)).alternatives[0].content


@pytest.mark.parametrize("kind", MailKind)
def test_names_cannot_write_headers_or_html(kind, juinen):
    juinen.from_name = HOSTILE
    user = factories.make_staff(name=HOSTILE)
    message = mails.compose(row(kind, user))
    parsed = message.message()
    assert parsed["Bcc"] is None
    assert "\n" not in message.subject + message.from_email
    assert "<script>" not in message.alternatives[0].content
    assert not re.search(r"^Bcc:", message.body, re.MULTILINE)


def test_sender_is_the_municipality_at_our_address(settings):
    settings.DEFAULT_FROM_EMAIL = "Zitting <post@zitting.example>"
    message = mails.compose(row(MailKind.PLACEMENT_PUBLISHED, factories.make_user()))
    assert message.from_email == "Gemeente Juinen <post@zitting.example>"
    assert message.reply_to == ["verkiezingen@juinen.example"]
    assert message.message()["Auto-Submitted"] == "auto-generated"


def test_links_lead_to_the_primary_domain():
    message = mails.compose(row(MailKind.MEMBER_INVITATION, factories.make_user()))
    hosts = re.findall(r"https?://([^/\s\"<]+)", message.body + message.alternatives[0].content)
    assert set(hosts) == {"juinen.localhost"}


def test_login_code_shows_its_code_in_the_text_only():
    user = factories.make_user()
    challenge = factories.make_challenge(user)
    message = mails.compose(factories.make_mail(user, reference=challenge.uuid))
    code = f"{challenge.code[:3]} {challenge.code[3:]}"
    assert code in message.body
    assert code in message.alternatives[0].content
    assert code not in str(message.message().items())


def test_only_the_newest_code_is_still_sent():
    user = factories.make_user()
    older = factories.make_challenge(user)
    factories.make_challenge(user)
    with pytest.raises(mails.Obsolete):
        mails.compose(factories.make_mail(user, reference=older.uuid))


def test_times_are_those_of_the_municipality(zonneiland):
    at = timezone.now().replace(year=2027, month=3, day=1, hour=23, minute=30)
    message = mails.compose(row(MailKind.PASSWORD_CHANGED, factories.make_user(), created_at=at))
    assert "2 maart 2027 om 00.30 uur" in message.body


@pytest.mark.parametrize("kind", [MailKind.PLACEMENT_PUBLISHED, MailKind.LETTER_PUBLISHED])
def test_notification_tells_nothing_of_what_waits(kind, worlds):
    world = worlds["gm0001"]
    message = mails.compose(row(kind, world.member.user, reference=world.letter.uuid))
    text = message.subject + message.body + message.alternatives[0].content
    for secret in (world.polling_station.name, world.venue.name, world.event.name, world.position.name):
        assert secret not in text
    assert str(world.letter.uuid) not in text


def test_withdrawn_invitation_is_not_sent():
    user = factories.make_user()
    invitation = factories.make_invitation(user, withdrawn_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(mails.Obsolete):
        mails.compose(factories.make_mail(user, kind=MailKind.MEMBER_INVITATION, reference=invitation.uuid))


def test_username_reminder_names_everybody_at_the_address():
    first = factories.make_user(username="a.bakker", email="samen@voorbeeld.example")
    factories.make_user(username="b.bakker", email="Samen@voorbeeld.example")
    message = mails.compose(factories.make_mail(first, kind=MailKind.USERNAME_REMINDER))
    assert "a.bakker" in message.body
    assert "b.bakker" in message.body
