"""Members who have the same BSN or ID number: perhaps one person who is in the member file twice.

There is no index to look a number up by: the space of BSNs is so small that an index could be searched through. All
numbers are decrypted and compared instead, 10,000 in a fraction of a second. The answer is for staff only; told to a
member, or to whoever types numbers into the portal, it would say who is known here.
"""

from django.db.models import QuerySet

from elections.enums import SecretKind
from elections.models import Member, MemberSecret
from elections.secrets import members_with_number


def same_number(member: Member) -> QuerySet[Member]:
    """Other members with the BSN or ID number of this one, by name; also those who are not active."""
    if not MemberSecret.objects.filter(member=member, kind=SecretKind.BSN).exists():
        return Member.objects.none()
    found = {key: number for number, key in members_with_number(SecretKind.BSN)}
    own = found.get(member.pk)
    doubles = [key for key, number in found.items() if key != member.pk and number == own]
    return Member.objects.filter(pk__in=doubles).by_name()
