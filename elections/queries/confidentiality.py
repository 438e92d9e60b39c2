"""Who may read the contact data of a member who is marked as confidential, and what everybody else sees instead.

Somebody is hidden from the people whom they must fear: whoever was threatened, or has their address kept secret in the
BRP. Few may read where they live (AVG art. 5(1)(f), 25 and 32): the right `member.confidential`. For all others,
address, phone number and e-mail address are as if they were not there: on pages, in lists and files, on paper, in
letters to others, and in searches. The name stays where the team works with it, and goes from the pages of other
members.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.utils import timezone

from elections.models import Member, User
from elections.models.member import confidential_today
from elections.permissions import can

# Columns of Member by which somebody can be found or reached.
CONTACT_FIELDS: Final = ("email", "phone", "street", "house_number", "postcode", "city")
RIGHT: Final = "member.confidential"
ENDS_SOON: Final = timedelta(days=30)


@dataclass(frozen=True)
class Contact:
    """The contact data of one member as one colleague may read them; all empty when they are hidden."""

    email: str = ""
    phone: str = ""
    address_line: str = ""
    city_line: str = ""
    is_hidden: bool = False


def may_see_contact(member: Member, by: User) -> bool:
    """Whether `by` may read where this member lives and how to reach them."""
    return not member.is_confidential or can(by, RIGHT)


def contact_of(member: Member, by: User) -> Contact:
    """How to reach `member`, for the eyes of `by`."""
    if not may_see_contact(member, by):
        return Contact(is_hidden=True)
    return Contact(member.email, member.phone, member.address_line, member.city_line)


def with_contact(members: QuerySet[Member], by: User) -> QuerySet[Member]:
    """Add `shown_<name>` for each of CONTACT_FIELDS: the value, or an empty text where `by` may not read it.

    For lists and files: whoever shows, sorts or exports these instead of the columns tells nothing.
    """
    if can(by, RIGHT):
        return members.annotate(**{f"shown_{name}": F(name) for name in CONTACT_FIELDS})
    hidden = When(confidential_today(), then=Value(""))
    columns: dict[str, Any] = {
        f"shown_{name}": Case(hidden, default=F(name), output_field=CharField()) for name in CONTACT_FIELDS
    }
    return members.annotate(**columns)


def without_hidden(rows: QuerySet[Any], by: User, prefix: str = "member__") -> QuerySet[Any]:
    """Rows of others that hold contact data of a member, without those that `by` may not read.

    prefix: the way from a row to the member.
    """
    return rows if can(by, RIGHT) else rows.exclude(confidential_today(prefix))


def ending_soon(members: QuerySet[Member]) -> QuerySet[Member]:
    """Those whose contact data everybody will see within ENDS_SOON, unless somebody prolongs it."""
    last = timezone.localdate() + ENDS_SOON
    return members.filter(confidential_today(), confidential_until__lte=last)
