"""Under which numbers a person is, or was, known: rows of the member file that were joined keep their old ones."""

from uuid import UUID

from elections.models import Member, MergedMember


def known_as(member: Member) -> list[str]:
    """The uuids under which the log speaks of this person: the rows of the member file, and the log-ins."""
    account = [str(member.user.uuid)] if member.user else []
    return [str(member.uuid), *account, *old_ids(member)]


def old_ids(member: Member) -> list[str]:
    """As `known_as`, only of the rows and log-ins that went up in this member."""
    found = MergedMember.objects.filter(member=member).values_list("uuid", "account")
    return [str(each) for pair in found for each in pair if each]


def went_up_in(uuid: UUID) -> Member | None:
    """The member that a row with this public id was joined with; None for a row that never was."""
    merged = MergedMember.objects.select_related("member").filter(uuid=uuid).first()
    return merged.member if merged else None
