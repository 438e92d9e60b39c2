"""What is kept of each log-in, and ending the sessions of oneself or of somebody else."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from elections import audit
from elections.actions.login_limits import address
from elections.enums import SignInMethod
from elections.models import SignIn, User


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
    """Note that `user` is in, with this session.

    browser_digest: the digest of the long-lived cookie of this browser (portal.sign_in).
    """
    sign_in = SignIn.objects.create(
        user=user,
        method=method,
        session_key=session_key,
        origin=address(origin),
        user_agent=user_agent[:200],
        browser_digest=browser_digest,
    )
    audit.record("login.finish", by=user, on=user, method=str(method))
    return sign_in


@transaction.atomic
def end_sign_in(sign_in: SignIn, *, by: User | None) -> None:
    """End one session at once, wherever its browser is."""
    Session.objects.filter(session_key=sign_in.session_key).delete()
    sign_in.session_key, sign_in.ended_at = "", timezone.now()
    sign_in.save(update_fields=["session_key", "ended_at"])
    audit.record("login.end", by=by, on=sign_in.user)


def move_sign_in(old_key: str, new_key: str) -> None:
    """The session of a log-in got another key."""
    if old_key:
        SignIn.objects.filter(session_key=old_key).update(session_key=new_key)


def close_sign_in(session_key: str) -> None:
    """Note that the session with this key is over; the session itself is ended by the caller."""
    if session_key:
        SignIn.objects.filter(session_key=session_key).update(session_key="", ended_at=timezone.now())
