"""What must not happen twice after a restore, and whether what came back can be read.

Between the backup and the restore the world went on: mails left, links were used, somebody logged out. The rows know
nothing of that. So what would be done again by itself is held, and the team decides.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit, data_keys, master_keys
from elections.actions.account_question import answer_open_questions
from elections.actions.announcement import announce_due
from elections.actions.audit import seal_events
from elections.actions.backup_since import Since
from elections.actions.data_key import damaged_values, key_uses
from elections.actions.job import UNFINISHED, fail_job
from elections.actions.mail import CODES
from elections.actions.place_offer import expire_offers, serve_lines
from elections.actions.reminder import send_due_reminders
from elections.actions.sign_in import close_finished_sign_ins
from elections.enums import MailState
from elections.models import DataKey, EmailConfirmation, Job, LoginChallenge, OutboxMail
from elections.queries.audit_chain import verify
from elections.queries.erase_again import RESTORED
from tenants.context import current_municipality
from tenants.key_shares import give_key_share
from tenants.numbers import counted

logger = logging.getLogger(__name__)

# What fell due since the backup was done then, by the municipality that is gone: its mails are made, and held.
FELL_DUE: Final = (answer_open_questions, announce_due, send_due_reminders, expire_offers, serve_lines)


@dataclass
class Settled:
    """How many mails are held, jobs stopped and sessions ended."""

    mails: int = 0
    jobs: int = 0
    sessions: int = 0


@transaction.atomic
def settle(made_at: datetime, since: Since, *, key_share: int | None) -> Settled:
    """End what was going on in the municipality at work when its backup was made.

    Mails that waited are held as *onzeker*, as are those that fell due since; codes fail. Jobs stop, sessions end,
    codes expire. The log tells of it.

    Parameters:
        made_at: when the backup was made.
        since: what the restore undid; the log keeps who has to be erased again.
        key_share: the number of its share of the master key file; None when another municipality has it now.

    Raises MasterKeyUnusable when the data keys cannot be opened.
    """
    _open_data_keys(key_share)
    settled = Settled(mails=_hold_mails(), jobs=_stop_jobs(), sessions=Session.objects.count())
    Session.objects.all().delete()
    close_finished_sign_ins()
    now = timezone.now()
    LoginChallenge.objects.filter(expires_at__gt=now).update(expires_at=now)
    EmailConfirmation.objects.filter(expires_at__gt=now).update(expires_at=now)
    for step in FELL_DUE:
        step()
    settled.mails += _hold_mails()
    audit.record(
        RESTORED,
        by=None,
        label=current_municipality().display_name,
        made_at=made_at.isoformat(timespec="seconds"),
        mails=settled.mails,
        jobs=settled.jobs,
        erased=since.erased,
        colleagues=since.colleagues,
        recovery_codes=since.recovery_codes,
    )
    seal_events()
    return settled


def look_through(log: dict[str, Any] | None, warn: Callable[[str], None]) -> tuple[int, int]:
    """Check the log against its seals and open every encrypted value, without showing one.

    log: number and digest of the newest seal when the backup was made.
    Returns how many events and values there are. Raises MasterKeyUnusable.
    """
    report = verify(log["digest"] if log else "")
    if log and not report.head_found:
        warn(f"The seal {log['seal']} of the backup is not in the log.")
    if report.damaged:
        warn(
            f"The log has {counted(report.damaged, 'fault')}, as it had when the backup was made: see `audit verify`."
        )
    if damaged := damaged_values():
        warn(f"{counted(len(damaged), 'encrypted value')} cannot be opened: see `data_key status`.")
    return report.events, sum(use.values for use in key_uses())


def _open_data_keys(key_share: int | None) -> None:
    for key in DataKey.objects.all():
        data_keys.cipher_of(key)
    shares = master_keys.share_numbers()
    if shares and key_share not in shares:
        # It was destroyed when the municipality was deleted, and no data key needed it; or another one has it.
        give_key_share(current_municipality(), shares)
        data_keys.rewrap()


def _hold_mails() -> int:
    now = timezone.now()
    waiting = OutboxMail.objects.filter(state__in=(MailState.WAITING, MailState.SENDING))
    codes = Q(kind__in=CODES)
    words = _("Deze code is verlopen: er is een reservekopie teruggezet.")
    waiting.filter(codes).update(state=MailState.FAILED, locked_until=None, error=words)
    words = _("Er is een reservekopie teruggezet. Misschien is deze e-mail daarvoor al verstuurd.")
    return waiting.update(state=MailState.UNCERTAIN, locked_until=None, due_at=now, error=words)


def _stop_jobs() -> int:
    jobs = list(Job.objects.filter(state__in=UNFINISHED))
    for job in jobs:
        fail_job(
            job,
            _(
                "Er is een reservekopie teruggezet terwijl deze taak bezig was. Kijk eerst wat er al gedaan is."
            ),
        )
    return len(jobs)
