"""The end of waiting: whoever got the place."""

from collections.abc import Iterable

from elections.models import WaitlistEntry


def leave_lines(pairs: Iterable[tuple[int, int]]) -> None:
    """Who has a place does not wait for it any more. Part of larger actions.

    pairs: primary keys of member and shift.
    """
    wanted = set(pairs)
    entries = WaitlistEntry.objects.filter(shift__in={shift for _member, shift in wanted})
    gone = [pk for pk, *pair in entries.values_list("pk", "member", "shift") if tuple(pair) in wanted]
    if gone:
        WaitlistEntry.objects.filter(pk__in=gone).delete()
