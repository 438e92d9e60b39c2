"""Reads about log-ins, for the page on which people see and end their own sessions."""

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from elections.models import SignIn, User
from elections.sessions import session_end


def recent_sign_ins(user: User, *, limit: int = 20) -> list[SignIn]:
    """The last log-ins of `user`, newest first, each with `is_new_browser`: not the first, but from a new browser."""
    earlier = SignIn.objects.filter(user=OuterRef("user"), pk__lt=OuterRef("pk"))
    same = earlier.filter(browser_digest=OuterRef("browser_digest")).exclude(browser_digest="")
    marked = SignIn.objects.annotate(is_new_browser=Exists(earlier) & ~Exists(same))
    return list(marked.filter(user=user)[:limit])


def open_sessions(user: User) -> list[SignIn]:
    """The log-ins of `user` whose session is still accepted at this moment, newest first."""
    going_on = list(SignIn.objects.filter(user=user).going_on())
    rows = Session.objects.filter(session_key__in=[each.session_key for each in going_on])
    stored = {row.session_key: row.get_decoded() for row in rows}
    return [
        each
        for each in going_on
        if each.session_key in stored and session_end(stored[each.session_key], user) is None
    ]
