"""Who of a selection gets a printed letter with a code."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from elections.models import Invitation, Member

_NO_PASSWORD = Q(user=None) | Q(user__password__startswith="!") | Q(user__password="")  # noqa: S106 - none at all
_NO_EMAIL = Q(is_active=True, email="", erased_at=None) & (Q(user=None) | Q(user__role=""))


@dataclass(frozen=True)
class LetterRecipients:
    """What making letters for a selection comes down to. `count` people get one."""

    count: int
    with_email: int
    with_account: int
    without_address: int
    had_letter: int


def letter_recipients(members: QuerySet[Member]) -> QuerySet[Member]:
    """Those of `members` who cannot be invited by e-mail: active, without an address and without an account."""
    return members.filter(_NO_EMAIL & _NO_PASSWORD)


def letter_recipients_among(members: QuerySet[Member]) -> LetterRecipients:
    """Count a selection before letters are made, in one statement."""
    letter = Invitation.objects.open().letters().filter(user=OuterRef("user"))
    gets_one = _NO_EMAIL & _NO_PASSWORD
    counts = (
        members.order_by()
        .annotate(has_letter=Exists(letter))
        .aggregate(
            count=Count("pk", filter=gets_one),
            with_email=Count("pk", filter=Q(is_active=True) & ~Q(email="")),
            with_account=Count("pk", filter=_NO_EMAIL & ~_NO_PASSWORD),
            without_address=Count("pk", filter=gets_one & (Q(street="") | Q(city=""))),
            had_letter=Count("pk", filter=gets_one & Q(has_letter=True)),
        )
    )
    return LetterRecipients(**counts)
