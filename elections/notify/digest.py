"""One mail a day for who wants that: what is not urgent waits for 17.00 local time, and goes as one overview.

A mail that waits is an ordinary row of the outbox with 17.00 as its `due_at`. `bundle_due` runs before anything is
sent: it writes the overview and marks what it tells as BUNDLED in one transaction, so that a sender that is killed has
done all of it or nothing, and nobody gets a mail both by itself and in the overview.
"""

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import clock
from elections.enums import MailKind, MailRhythm, MailState
from elections.models import OutboxMail, User

GOES_AT: Final = time(17)
# A message to one member is talk, and never waits; of a message to a group the key begins with these words.
TO_A_GROUP: Final = "group-message:"
DIGESTIBLE: Final = frozenset(
    {
        MailKind.NEWS_PUBLISHED,
        MailKind.DOCUMENT_PUBLISHED,
        MailKind.MESSAGE_RECEIVED,
        MailKind.CONVERSATION_ASSIGNED,
    }
)
# After an outage of more days the mails go one by one.
DAYS_BACK: Final = 7
USERS_AT_ONCE: Final = 500


def due_for(kind: MailKind, user: User | None, *, key: str = "") -> datetime | None:
    """When a mail to `user` is due that may wait for the overview of the day; None when it goes at once.

    key: the key of the mail in the outbox, which tells a message to a group from one to this member.
    """
    if user is None or user.mail_rhythm != MailRhythm.DAILY or kind not in DIGESTIBLE:
        return None
    if kind == MailKind.MESSAGE_RECEIVED and not key.startswith(TO_A_GROUP):
        return None
    return next_overview()


def next_overview() -> datetime:
    """The first 17.00 from now in the active time zone, the municipality's; right at 17.00, that of tomorrow."""
    now = timezone.localtime()
    today = clock.moment(now.date(), GOES_AT)
    return today if now < today else clock.moment(now.date() + timedelta(days=1), GOES_AT)


def waiting_for_overview(user: User) -> QuerySet[OutboxMail]:
    """The mails to `user` that wait for the next overview."""
    return OutboxMail.objects.filter(user=user, state=MailState.WAITING, due_at=next_overview())


def bundle_due() -> int:
    """Put what waited for an overview that is due into one mail for each person. Returns how many overviews.

    Whoever had an overview today gets what came too late for it tomorrow. May be called at any time, by many at once.
    """
    made = 0
    while chunk := _bundle(_latest_overviews()):
        made += chunk
    return made


def _latest_overviews() -> list[datetime]:
    """When overviews were due lately, the newest first. Only what waited for one has such a `due_at`."""
    following = timezone.localtime(next_overview()).date()
    return [clock.moment(following - timedelta(days=days), GOES_AT) for days in range(1, DAYS_BACK + 1)]


@transaction.atomic
def _bundle(moments: list[datetime]) -> int:
    """The overviews of at most USERS_AT_ONCE people; 0 when nothing is left."""
    ready = OutboxMail.objects.filter(
        state=MailState.WAITING, kind__in=DIGESTIBLE, due_at__in=moments, attempts=0, user__isnull=False
    )
    users = list(ready.order_by("user").values_list("user", flat=True).distinct()[:USERS_AT_ONCE])
    # Whoever comes second waits here, and finds the rows bundled: the first may be killed and leave them to it.
    rows = list(ready.filter(user__in=users).select_for_update(of=("self",)).order_by("user", "pk"))
    if not rows:
        return 0
    people = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    day = timezone.localtime(moments[0]).date()
    digests = {f"digest:{user.uuid}:{day:%Y-%m-%d}": user for user in people.values()}
    told = set(OutboxMail.objects.filter(idempotency_key__in=digests).values_list("user", flat=True))
    OutboxMail.objects.bulk_create([_row(key, user) for key, user in digests.items()], ignore_conflicts=True)
    made: dict[int | None, int] = dict(
        OutboxMail.objects.filter(idempotency_key__in=digests)
        .exclude(user__in=told)
        .values_list("user", "pk")
    )
    late = [row.pk for row in rows if row.user_id in told]
    OutboxMail.objects.filter(pk__in=late).update(due_at=next_overview())
    bundled = [row for row in rows if row.user_id in made]
    for row in bundled:
        row.state, row.bundle_id = MailState.BUNDLED, made[row.user_id]
    OutboxMail.objects.bulk_update(bundled, ["state", "bundle"], batch_size=500)
    return len(people)


def _row(key: str, user: User) -> OutboxMail:
    row = OutboxMail(idempotency_key=key, kind=MailKind.DIGEST, user=user, to_email=user.email)
    if not user.email:
        row.state, row.error = MailState.FAILED, _("Er is geen e-mailadres bekend.")
    return row
