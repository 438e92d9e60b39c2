"""Locks, and the order in which the planning takes them: event, shifts, members, assignments, each by primary key.

Whoever changes the shift or state of an assignment locks its shift first. The trigger that guards the places locks the
shift when the transaction ends; who holds only the assignment by then could wait for somebody who waits for them.

The event is locked as a row whose key stays: whoever holds shifts still has to write rows that point to it, such as a
PlanChange.
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model

from elections.models import Assignment, ElectionEvent, Member, Shift
from elections.queries.event import require_open_event


def hold_key(row: Model) -> None:
    """Keep `row` from being removed, or locked as a whole, until the transaction ends; who holds its key too need not
    wait. FOR KEY SHARE, which Django has no word for: a row that points to it takes it only at the end."""
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR KEY SHARE", [row.pk])  # noqa: S608


def lock_event(pk: int) -> ElectionEvent:
    """The event with this primary key as it is now; whoever else prepares or publishes it waits until this transaction
    ends. Only before shifts are locked."""
    return ElectionEvent.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def lock_open_event(pk: int) -> ElectionEvent:
    """As `lock_event`.

    Raises:
        ActionError: when the event is in the archive.
    """
    event = lock_event(pk)
    require_open_event(event)
    return event


def hold_shifts(ids: Iterable[int]) -> None:
    """As `lock_shifts`, without loading anything: for who reads less, or must read it after the wait."""
    shifts = Shift.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk")
    list(shifts.values_list("pk", flat=True))


def lock_shifts(ids: Iterable[int]) -> dict[int, Shift]:
    """The shifts with these primary keys as they are now, loaded as far as the rules look; whoever else wants a place
    in one of them waits until this transaction ends."""
    shifts = Shift.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    loaded = shifts.select_related(
        "polling_station__event", "polling_station__venue", "day_part__polling_day", "position"
    )
    return {shift.pk: shift for shift in loaded}


def lock_members(ids: Iterable[int]) -> dict[int, Member]:
    """The members with these primary keys as they are now: nobody else gives them a place meanwhile."""
    members = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids))
    return {member.pk: member for member in members.select_related("user").order_by("pk")}


def lock_member(pk: int) -> Member:
    """The member with this primary key as they are now, without their account; otherwise as `lock_members`."""
    return Member.objects.select_for_update(no_key=True).get(pk=pk)


def lock_assignment(assignment: Assignment) -> Assignment | None:
    """The assignment as it is now, after its shift and its member; None when the row is gone or moved meanwhile."""
    known = Assignment.objects.filter(pk=assignment.pk).values_list("shift", "member").first()
    if known is None:
        return None
    shift = lock_shifts([known[0]])[known[0]]
    lock_members([known[1]])
    found = lock_rows([assignment.pk]).get(assignment.pk)
    if found is None or found.shift_id != shift.pk:
        return None
    found.shift = shift
    return found


def lock_rows(ids: Iterable[int]) -> dict[int, Assignment]:
    """The assignments with these primary keys as they are now. Their shifts and members are locked already."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=set(ids)).order_by("pk")
    return {row.pk: row for row in rows.select_related("member__user", "shift", "assigned_by", "replaces")}
