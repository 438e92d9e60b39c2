"""Choosing another password while logged in. A forgotten one is in actions/invitation.py."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.invitation import withdraw_open
from elections.actions.login import check_own_password, end_sessions
from elections.enums import MailKind
from elections.errors import ActionError
from elections.models import User
from elections.notify import outbox


def change_password(user: User, old: str, new: str, *, session_key: str, browser: str = "") -> User:
    """Give `user` the password `new`; all other sessions, half log-ins and open links stop working.

    The old one is asked first, and the owner is told by mail (OWASP ASVS 5.0 rows 6.2.3, 6.3.7 and 7.4.3).

    session_key: of the session that goes on; the caller gives it a new key and calls elections.sessions.keep_session.
    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.

    Raises:
        ActionError: when the old password is wrong or was tried too often, or when the new one is the same.
        ValidationError: when the new one is too easy.
    """
    check_own_password(user, old, browser=browser)
    validate_password(new, user)
    if new == old:
        raise ActionError(_("Kies een ander wachtwoord dan u nu hebt."))
    now = timezone.now()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        user.set_password(new)
        user.save(update_fields=["password"])
        withdraw_open(user)
        end_sessions(user, but=session_key)
        audit.record("password.change", by=user, on=user)
        outbox.enqueue(
            MailKind.PASSWORD_CHANGED, user=user, key=f"password-changed:{user.uuid}:{now.isoformat()}"
        )
    return user
