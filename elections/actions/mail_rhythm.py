"""How somebody wants to hear of what is not urgent."""

from django.db import transaction
from django.utils import timezone

from elections import audit
from elections.enums import MailRhythm
from elections.models import User
from elections.notify import outbox
from elections.notify.digest import waiting_for_overview


@transaction.atomic
def choose_mail_rhythm(user: User, rhythm: MailRhythm, *, by: User | None) -> bool:
    """Mail this person at once, or once a day. What waited for the overview goes at once with the first choice.

    Returns whether anything changed.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.mail_rhythm == rhythm:
        return False
    user.mail_rhythm = rhythm
    user.save(update_fields=["mail_rhythm"])
    if rhythm == MailRhythm.AT_ONCE and waiting_for_overview(user).update(due_at=timezone.now()):
        outbox.ring_turn()
    audit.record("mail_rhythm.choose", by=by, on=user, rhythm=rhythm.value)
    return True
