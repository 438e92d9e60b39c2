"""What is kept of each log-in, and how a session ends."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.login import end_sessions
from elections.actions.sign_in import (
    begin_sign_in,
    close_finished_sign_ins,
    end_sign_in,
    move_sign_in,
    take_end_note,
)
from elections.actions.staff import disable_staff
from elections.devices import device_name
from elections.enums import SignInMethod
from elections.models import AuditEvent, OutboxMail, SignIn
from elections.notify import mails
from elections.queries.sign_in import open_sessions, recent_sign_ins
from elections.sessions import BEGAN_KEY, SCHEMA_KEY, SEEN_KEY
from tests import factories

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36"
)


@pytest.fixture
def user():
    return factories.make_member().user


def begin(user, digest, **values):
    return begin_sign_in(
        user,
        SignInMethod.EMAIL_CODE,
        session_key=values.pop("session_key", ""),
        browser_digest=digest,
        **values,
    )


def open_session(juinen, user, *, began=timedelta(), seen=timedelta()):
    """A session as after a log-in, that began and was last used so long ago; returns its log-in."""
    now = timezone.now()
    session = SessionStore()
    session.update(
        {
            SCHEMA_KEY: juinen.schema_name,
            BEGAN_KEY: (now - began).timestamp(),
            SEEN_KEY: (now - seen).timestamp(),
        }
    )
    session.create()
    session.save()
    return factories.make_sign_in(user, session_key=session.session_key, at=now - began)


def test_new_browser_is_told_but_not_the_first_one(user):
    begin(user, "a" * 64)
    begin(user, "a" * 64)
    assert not OutboxMail.objects.exists()
    begin(user, "b" * 64, user_agent=CHROME)
    mail = OutboxMail.objects.get(kind="new_browser")
    text = mails.compose(mail).body
    assert "Chrome op Windows" in text
    assert "Gemeente Juinen" in text
    begin(user, "b" * 64)
    assert OutboxMail.objects.count() == 1
    told = AuditEvent.objects.filter(action="login.finish", details__new_browser=True)
    assert told.count() == 1


def test_browser_of_somebody_else_is_new_to_this_user(user):
    begin(factories.make_member().user, "b" * 64)
    begin(user, "a" * 64)
    begin(user, "b" * 64)
    assert OutboxMail.objects.get().user == user


def test_browser_without_cookie_is_never_known(user):
    for _log_in in range(3):
        begin(user, "")
    assert OutboxMail.objects.filter(kind="new_browser").count() == 2


def test_mail_of_a_log_in_that_was_forgotten_is_not_sent(user):
    begin(user, "a" * 64)
    begin(user, "b" * 64).delete()
    with pytest.raises(mails.Obsolete):
        mails.compose(OutboxMail.objects.get())


def test_history_marks_new_browsers(user):
    for digest in ("a" * 64, "a" * 64, "b" * 64, "a" * 64):
        begin(user, digest)
    begin(factories.make_member().user, "c" * 64)
    assert [each.is_new_browser for each in recent_sign_ins(user)] == [False, True, False, False]


def test_long_and_strange_user_agents_fit(user):
    made = begin(
        user, "a" * 64, user_agent="Mozilla/5.0 (\r\nBcc: x <b>boef.example</b>" * 200, origin="1.2.3.4:80"
    )
    assert (len(made.user_agent), made.origin) == (200, None)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome op Windows"),
        (f"{CHROME} Edg/141.0.0.0", "Edge op Windows"),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox op Ubuntu",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "CriOS/120.0 Mobile/15E148 Safari/604.1",
            "Chrome op iPad",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.4 Safari/605.1.15",
            "Safari op Mac",
        ),
        ("", "onbekend apparaat"),
        ("boef.example/1.0 <b>", "onbekend apparaat"),
    ],
)
def test_device_has_a_name_in_plain_words(user_agent, name):
    assert device_name(user_agent) == name


def test_device_name_is_no_link_and_no_line():
    for sign in ("\r\n", ".", "/", "<", "@", ":"):
        assert sign not in device_name(f"Mozilla/5.0 boef{sign}nlBot/1.0 (Windows NT 10.0)")


def test_ended_session_is_gone_and_its_browser_is_told_once(juinen, user):
    sign_in = open_session(juinen, user)
    key = sign_in.session_key
    end_sign_in(sign_in, by=user)
    end_sign_in(sign_in, by=user)
    assert not Session.objects.filter(session_key=key).exists()
    assert [take_end_note(key), take_end_note(key)] == ["ended", ""]
    assert AuditEvent.objects.filter(action="login.end").count() == 1
    sign_in.refresh_from_db()
    assert (sign_in.session_key, bool(sign_in.ended_at)) == ("", True)


def test_note_of_one_municipality_says_nothing_in_another(juinen, zonneiland, user):
    sign_in = open_session(juinen, user)
    key = sign_in.session_key
    end_sign_in(sign_in, by=user)
    with tenant_context(zonneiland):
        assert take_end_note(key) == ""


def test_session_that_got_another_key_is_still_found(juinen, user):
    sign_in = open_session(juinen, user)
    other = open_session(juinen, user)
    Session.objects.filter(session_key=sign_in.session_key).delete()
    move_sign_in(sign_in.session_key, "k" * 32)
    sign_in.refresh_from_db()
    other.refresh_from_db()
    assert sign_in.session_key == "k" * 32 != other.session_key


@pytest.mark.parametrize(
    ("began", "seen", "goes_on"),
    [
        (timedelta(hours=1), timedelta(minutes=29), True),
        (timedelta(hours=1), timedelta(minutes=31), False),
        (timedelta(hours=12, minutes=1), timedelta(minutes=1), False),
    ],
)
def test_only_sessions_that_are_still_accepted_are_shown(juinen, user, began, seen, goes_on):
    open_session(juinen, user, began=began, seen=seen)
    assert bool(open_sessions(user)) == goes_on


def test_sweep_closes_sessions_that_nobody_clicked_in_any_more(juinen, user):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        idle = open_session(juinen, user, began=timedelta(hours=2), seen=timedelta(minutes=40))
        busy = open_session(juinen, user, began=timedelta(hours=2), seen=timedelta(minutes=10))
        lost = factories.make_sign_in(user, session_key="weg", at=now - timedelta(hours=13))
        close_finished_sign_ins()
    ended = {each.pk: each.ended_at for each in SignIn.objects.all()}
    assert abs(ended[idle.pk] - (now - timedelta(minutes=10))) < timedelta(seconds=1)
    assert ended[busy.pk] is None
    assert ended[lost.pk] == now - timedelta(hours=1)


def test_idle_session_is_closed_at_the_moment_it_ended(juinen, client_for, user):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = client_for(juinen, user)
        sign_in = factories.make_sign_in(user, session_key=client.session.session_key)
    with time_machine.travel(start + timedelta(hours=3), tick=False):
        assert client.get("/").status_code == 302
    sign_in.refresh_from_db()
    assert abs(sign_in.ended_at - (start + timedelta(minutes=30))) < timedelta(seconds=1)


def test_taking_access_away_closes_the_history(juinen, client_for):
    colleague = factories.make_staff("reader")
    sign_in = open_session(juinen, colleague)
    disable_staff(colleague, by=factories.make_staff())
    sign_in.refresh_from_db()
    assert sign_in.ended_at


def test_ending_all_sessions_asks_the_same_for_one_and_for_many(juinen, user, django_assert_num_queries):
    open_session(juinen, user)
    with django_assert_num_queries(6):
        end_sessions(user)
    for _log_in in range(3):
        open_session(juinen, user)
    with django_assert_num_queries(6):
        end_sessions(user)
