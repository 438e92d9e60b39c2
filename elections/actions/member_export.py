"""Taking members out of Zitting as a file: logged before a row is written."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import QuerySet

from elections import audit
from elections.exports.member import MemberColumn
from elections.models import Member, User


@transaction.atomic
def export_members(
    members: QuerySet[Member],
    columns: Iterable[MemberColumn],
    *,
    file_format: str,
    filters: Mapping[str, str],
    by: User,
) -> QuerySet[Member]:
    """Log that `by` takes these members along; gives them back to be written.

    members: from elections.exports.member.listed, which leaves out what `by` may not read.
    columns: what is in the file besides the name. filters: how the list was narrowed, without numbers of people.
    """
    audit.record(
        "member.export",
        by=by,
        members=members.count(),
        format=file_format,
        columns=[column.key for column in columns],
        filter=[f"{name}: {value}" for name, value in sorted(filters.items())],
    )
    return members
