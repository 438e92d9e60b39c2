"""How long a session lasts, and what makes it worthless.

Members: half an hour without doing anything, twelve hours in all. Colleagues, who type in long forms: an hour, and
ten hours in all (OWASP ASVS 5.0 rows 7.1.1, 7.3.1 and 7.3.2; NIST 800-63B AAL2).
"""

import math
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.signals import user_logged_in
from django.db.models import TextChoices
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from elections.models import Authenticator, User, WorkAccount
from tenants.context import current_schema

SCHEMA_KEY: Final = "schema"
BEGAN_KEY: Final = "began_at"
SEEN_KEY: Final = "seen_at"
# When this person ended all other sessions: this one began before that moment and goes on.
KEPT_KEY: Final = "kept_at"
# When whoever sits here last proved who they are; dangerous acts ask for it again after CONFIRMED_FOR.
CONFIRMED_KEY: Final = "confirmed_at"
# In the anonymous session that follows, so that the log-in page can tell what happened.
SESSION_END_KEY: Final = "session_end"

MEMBER_IDLE: Final = timedelta(minutes=30)
MEMBER_LONGEST: Final = timedelta(hours=12)
STAFF_IDLE: Final = timedelta(minutes=60)
STAFF_LONGEST: Final = timedelta(hours=10)
CONFIRMED_FOR: Final = timedelta(minutes=10)
# So long before its end a session asks whether to go on (WCAG 2.2.1: at least 20 seconds).
WARNING: Final = timedelta(minutes=5)
# A sign of life is written down once a minute, not at every page.
SEEN_STEP: Final = timedelta(minutes=1)

SessionData = MutableMapping[str, Any]
View = Callable[..., HttpResponse]


class SessionEnd(TextChoices):
    """Why a session is no longer accepted."""

    FOREIGN = "foreign"
    IDLE = "idle"
    LONGEST = "longest"
    ENDED = "ended"


@receiver(user_logged_in, dispatch_uid="elections.begin_session")
def begin_session(request: HttpRequest, **_kwargs: object) -> None:
    """Bind a session to this municipality and start its clock, at every way of logging in."""
    now = timezone.now().timestamp()
    request.session.update({SCHEMA_KEY: current_schema(), BEGAN_KEY: now, SEEN_KEY: now, CONFIRMED_KEY: now})


def session_end(session: SessionData, user: User) -> SessionEnd | None:
    """Why the session of a logged-in user is over; None when it goes on."""
    began, seen = session.get(BEGAN_KEY), session.get(SEEN_KEY)
    if session.get(SCHEMA_KEY) != current_schema() or began is None or seen is None:
        return SessionEnd.FOREIGN
    ended = user.sessions_ended_at.timestamp() if user.sessions_ended_at else 0
    if began <= ended and session.get(KEPT_KEY, 0) < ended:
        return SessionEnd.ENDED
    idle, longest = limits(user)
    now = timezone.now().timestamp()
    if now - began > longest.total_seconds():
        return SessionEnd.LONGEST
    if now - seen > idle.total_seconds():
        return SessionEnd.IDLE
    return None


def limits(user: User) -> tuple[timedelta, timedelta]:
    """How long the sessions of `user` last without doing anything, and in all."""
    return (STAFF_IDLE, STAFF_LONGEST) if user.is_staff_member else (MEMBER_IDLE, MEMBER_LONGEST)


def over_at(session: SessionData, user: User) -> datetime:
    """When this session is over if nothing more is done in it; the session must be bound (`begin_session`)."""
    idle, longest = limits(user)
    last = min(session[SEEN_KEY] + idle.total_seconds(), session[BEGAN_KEY] + longest.total_seconds())
    return datetime.fromtimestamp(last, UTC)


def seconds_left(session: SessionData, user: User) -> int:
    """Whole seconds until then, rounded down; 0 when it is over."""
    return max(0, math.floor((over_at(session, user) - timezone.now()).total_seconds()))


def may_go_on(session: SessionData, user: User) -> bool:
    """Whether doing something gives this session more time: not when its longest time is what ends it."""
    _idle, longest = limits(user)
    return over_at(session, user).timestamp() < session[BEGAN_KEY] + longest.total_seconds()


def watch(session: SessionData, user: Any) -> dict[str, object]:
    """What a page must know to warn in time.

    left: seconds until the end, 0 without a session; extendable: whether doing something gives more time;
    who: tells one account from another, without naming it.
    """
    if not (user.is_authenticated and user.is_verified() and BEGAN_KEY in session):
        return {"left": 0, "extendable": False, "who": ""}
    who = salted_hmac(f"zitting.session:{current_schema()}", str(user.uuid), algorithm="sha256").hexdigest()[
        :16
    ]
    return {"left": seconds_left(session, user), "extendable": may_go_on(session, user), "who": who}


def extend(session: SessionData) -> None:
    """Restart the clock of doing nothing now, on the word of whoever sits there."""
    session[SEEN_KEY] = timezone.now().timestamp()


def keep_session(session: SessionData, user: User) -> None:
    """Let this session go on although all sessions of `user` were ended just now."""
    if user.sessions_ended_at:
        session[KEPT_KEY] = user.sessions_ended_at.timestamp()


def confirm(session: SessionData) -> None:
    """Note that whoever sits here proved again who they are. The caller gives the session a new key."""
    session[CONFIRMED_KEY] = timezone.now().timestamp()


def is_confirmed(session: SessionData) -> bool:
    """Whether that was at most ten minutes ago (OWASP ASVS 5.0 row 7.5.3)."""
    confirmed = session.get(CONFIRMED_KEY)
    age = timezone.now().timestamp() - confirmed if confirmed else None
    return age is not None and age <= CONFIRMED_FOR.total_seconds()


def has_strong_factor(user: User) -> bool:
    """Whether this log-in rests on an authenticator app or a work account, and not on a mailbox alone."""
    return isinstance(getattr(user, "otp_device", None), Authenticator | WorkAccount)


def note_activity(session: SessionData) -> None:
    """Restart the clock of doing nothing."""
    now = timezone.now().timestamp()
    if now - session[SEEN_KEY] >= SEEN_STEP.total_seconds():
        session[SEEN_KEY] = now


def no_activity(view: View) -> View:
    """Mark a view that a page asks by itself: answering it is no sign that somebody sits there."""
    view.no_activity = True  # type: ignore[attr-defined]
    return view
