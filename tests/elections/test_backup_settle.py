"""After a restore nothing happens twice: mails are held, codes and sessions end, work that was going on stops."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.utils import timezone

from elections import master_keys, secrets
from elections.actions import backup_settle
from elections.actions.backup_settle import look_through, settle
from elections.actions.backup_since import Since
from elections.actions.mail import retry_mail
from elections.enums import JobKind, JobState, MailKind, MailState, PublishState, SecretKind
from elections.errors import ActionError
from elections.models import AuditEvent, DataKey, MemberSecret, OutboxMail
from elections.notify.delivery import deliver_due
from elections.tasks import sweep
from tests import factories


@pytest.fixture
def made_at():
    return timezone.now() - timedelta(hours=3)


@pytest.fixture
def before(made_at):
    """What waited when the backup was made."""
    user = factories.make_member().user
    rows = {
        "waiting": factories.make_mail(user, kind=MailKind.PASSWORD_CHANGED, state=MailState.WAITING),
        "sending": factories.make_mail(
            user, kind=MailKind.NEWS_PUBLISHED, state=MailState.SENDING, attempts=1
        ),
        "code": factories.make_mail(user, kind=MailKind.LOGIN_CODE, state=MailState.WAITING),
        "sent": factories.make_mail(user, kind=MailKind.NEWS_PUBLISHED, state=MailState.SENT),
    }
    # Fell due between the backup and the restore, and was mailed then.
    factories.make_news_item(
        factories.make_member(),
        state=PublishState.PUBLISHED,
        publishes_at=made_at + timedelta(hours=1),
        announced_at=None,
    )
    return rows


def states() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mail in OutboxMail.objects.order_by("pk"):
        found.setdefault(mail.state, []).append(mail.kind)
    return found


def test_no_mail_goes_twice_and_the_team_decides(before, made_at):
    settled = settle(made_at, Since(), key_share=None)
    assert settled.mails == 3
    assert states() == {
        MailState.UNCERTAIN: [MailKind.PASSWORD_CHANGED, MailKind.NEWS_PUBLISHED, MailKind.NEWS_PUBLISHED],
        MailState.FAILED: [MailKind.LOGIN_CODE],
        MailState.SENT: [MailKind.NEWS_PUBLISHED],
    }
    django_mail.outbox.clear()
    sweep()
    assert deliver_due() == 0
    assert django_mail.outbox == []
    with pytest.raises(ActionError):
        retry_mail(before["waiting"], by=factories.make_staff())
    retry_mail(before["waiting"], by=factories.make_staff(), despite_doubt=True)
    deliver_due()
    assert len(django_mail.outbox) == 1


def test_work_stops_and_sessions_and_codes_end(made_at):
    user = factories.make_member().user
    job = factories.make_job(kind=JobKind.GROUP_MESSAGE, state=JobState.RUNNING)
    done = factories.make_job(kind=JobKind.GROUP_MESSAGE, state=JobState.DONE)
    challenge = factories.make_challenge(user)
    confirmation = factories.make_email_confirmation(user)
    Session.objects.create(session_key="k", session_data="", expire_date=timezone.now() + timedelta(hours=1))
    settled = settle(made_at, Since(), key_share=None)
    assert (settled.jobs, settled.sessions) == (1, 1)
    assert not Session.objects.exists()
    job.refresh_from_db()
    done.refresh_from_db()
    assert (job.state, done.state) == (JobState.FAILED, JobState.DONE)
    assert "reservekopie" in job.errors[0]
    for row in (challenge, confirmation):
        row.refresh_from_db()
        assert row.expires_at <= timezone.now()


def test_log_tells_of_the_restore(before, made_at):
    settle(made_at, Since(erased=["5c0f"], recovery_codes=2), key_share=None)
    event = AuditEvent.objects.get(action="municipality.restore")
    assert event.details == {
        "made_at": made_at.isoformat(timespec="seconds"),
        "mails": 3,
        "jobs": 0,
        "erased": ["5c0f"],
        "colleagues": [],
        "recovery_codes": 2,
    }
    warnings: list[str] = []
    assert look_through(None, warnings.append)[0] == AuditEvent.objects.count()
    assert warnings == []


def test_what_cannot_be_read_is_told():
    member = factories.make_member()
    secrets.set_secret(member, SecretKind.BSN, "123456782", by=None)
    MemberSecret.objects.update(ciphertext=b"\x01\x00\x01" + b"x" * 40)
    warnings: list[str] = []
    look_through({"seal": 7, "digest": "0" * 64}, warnings.append)
    assert len(warnings) == 2
    assert "seal 7" in warnings[0]
    assert "1 encrypted value " in warnings[1]


def test_without_the_key_of_its_data_key_nothing_is_settled(made_at):
    secrets.set_secret(factories.make_member(), SecretKind.BSN, "123456782", by=None)
    DataKey.objects.update(master_key_id="2001-01-01")
    with pytest.raises(master_keys.MasterKeyUnusable, match="2001-01-01"):
        settle(made_at, Since(), key_share=1)
    assert not AuditEvent.objects.filter(action="municipality.restore").exists()


def test_every_step_that_mails_by_the_clock_is_done_and_held():
    """A step of the sweep that makes mails because a moment came must be known here."""
    known = {step.__name__ for step in backup_settle.FELL_DUE}
    # These only pass on, alarm, take up, or forget.
    others = {
        "raise_login_alarm",
        "deliver_due",
        "resume_stale_jobs",
        "close_finished_sign_ins",
        "forget_old_logins",
        "forget_old_confirmations",
        "forget_unconfirmed",
        "forget_old_attempts",
        "throw_away_old_files",
        "forget_old_imports",
        "throw_away_job_files",
        "seal_events",
    }
    named = set(sweep.run.__code__.co_names) - {"delivery", "Exception", "logger", "exception", "__name__"}
    assert named == known | others, "does the new step mail by the clock? Then it belongs in FELL_DUE"
