"""What is kept of each log-in, and ending the sessions of oneself or of somebody else.

A session ends by deleting its row: a click that is under way at that moment cannot write it back then. So that the
next click of that browser can be told why, a note stays behind under another key, worked out from the old one.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from elections import audit
from elections.actions.login_limits import address
from elections.enums import MailKind, SignInMethod
from elections.models import SignIn, User
from elections.notify import outbox
from elections.sessions import MEMBER_LONGEST, SESSION_END_KEY, SessionEnd, over_at

NOTE_FOR: Final = timedelta(hours=12)
OPEN_AT_MOST: Final = MEMBER_LONGEST


@transaction.atomic
def begin_sign_in(
    user: User,
    method: SignInMethod,
    *,
    session_key: str,
    origin: str = "",
    user_agent: str = "",
    browser_digest: str = "",
) -> SignIn:
    """Note that `user` is in, with this session. A browser that is new to them is told by mail (ASVS 6.3.5).

    browser_digest: the digest of the long-lived cookie of this browser (portal.browser).
    """
    earlier = SignIn.objects.filter(user=user).order_by()
    seen = set(earlier.values_list("browser_digest", flat=True).distinct())
    is_new = bool(seen) and (not browser_digest or browser_digest not in seen)
    sign_in = SignIn.objects.create(
        user=user,
        method=method,
        session_key=session_key,
        origin=address(origin),
        user_agent=user_agent[:200],
        browser_digest=browser_digest,
    )
    if is_new:
        outbox.enqueue(
            MailKind.NEW_BROWSER, user=user, key=f"new-browser:{sign_in.uuid}", reference=sign_in.uuid
        )
    audit.record("login.finish", by=user, on=user, method=str(method), new_browser=is_new)
    return sign_in


@transaction.atomic
def end_sign_in(sign_in: SignIn, *, by: User | None) -> None:
    """End one session at once, wherever its browser is. A session that is over already stays as it ended."""
    # The lock waits for a session that is getting another key at this moment.
    if end_sign_ins(SignIn.objects.select_for_update().filter(pk=sign_in.pk)):
        audit.record("login.end", by=by, on=sign_in.user)


def end_sign_ins(sign_ins: Iterable[SignIn]) -> int:
    """End the sessions of these log-ins; returns how many went on until now. Part of larger actions."""
    keys = [each.session_key for each in sign_ins if each.session_key]
    Session.objects.filter(session_key__in=keys).delete()
    note = SessionStore().encode({SESSION_END_KEY: SessionEnd.ENDED.value})
    expires = timezone.now() + NOTE_FOR
    Session.objects.bulk_create(
        [Session(session_key=_note_key(key), session_data=note, expire_date=expires) for key in keys],
        ignore_conflicts=True,
    )
    return SignIn.objects.filter(session_key__in=keys).update(session_key="", ended_at=timezone.now())


def take_end_note(session_key: str) -> str:
    """Why the session that a browser still names was ended from elsewhere, once; empty when nothing is known."""
    note = Session.objects.filter(session_key=_note_key(session_key)).first()
    if note is None:
        return ""
    note.delete()
    return str(note.get_decoded().get(SESSION_END_KEY, ""))


def move_sign_in(old_key: str, new_key: str) -> None:
    """The session of a log-in got another key."""
    if old_key:
        SignIn.objects.filter(session_key=old_key).update(session_key=new_key)


def close_sign_in(session_key: str, at: datetime | None = None) -> None:
    """Note that the session with this key is over; the session itself is ended by the caller.

    at: when it ended; None for now.
    """
    if session_key:
        SignIn.objects.filter(session_key=session_key).update(session_key="", ended_at=at or timezone.now())


def close_finished_sign_ins() -> None:
    """Close the log-ins whose session ended without a last click, at the moment it ended. The sweep calls this."""
    now = timezone.now()
    waiting = SignIn.objects.going_on().filter(at__lt=now - timedelta(minutes=30))
    open_now = list(waiting.select_related("user"))
    stored = {
        row.session_key: row.get_decoded()
        for row in Session.objects.filter(session_key__in=[each.session_key for each in open_now])
    }
    for sign_in in open_now:
        data = stored.get(sign_in.session_key)
        try:
            end = over_at(data, sign_in.user) if data else min(now, sign_in.at + OPEN_AT_MOST)
        except KeyError:
            end = now
        if data is None or end <= now:
            close_sign_in(sign_in.session_key, end)


def _note_key(session_key: str) -> str:
    return hashlib.sha256(f"ended:{session_key}".encode()).hexdigest()[:32]
