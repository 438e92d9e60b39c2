"""What somebody ticked in a list, carried over to the page that asks "are you sure?".

"Everything in this list" is kept as the filter with the number that was on the screen, not as thousands of ids; both
are looked up again at the end. The page that asks adds a print of exactly who they were, so that nobody is reached
whom it did not speak of, not even when one left the list and another came.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from backoffice.access import sent_uuid
from elections.errors import ActionError
from elections.models import User
from tenants import signing

MAX_AGE: Final = 3600
MAX_PICKED: Final = 1000


@dataclass(frozen=True)
class Selection:
    """Rows by uuid, else everything that `query` finds; `count` is how many there were on the screen.

    `print_of` tells whether they are the very same rows; a list does not know it, the page that asks does.
    """

    uuids: tuple[str, ...] = ()
    query: str = ""
    count: int = 0
    print_of: str = ""

    def look_up(
        self, everything: QuerySet[Any], found: Callable[[QueryDict], QuerySet[Any]]
    ) -> tuple[Self, QuerySet[Any]]:
        """This selection with a print of who they are now, and the selected rows of `everything`.

        `found` gives the filtered list that belongs to a query string.

        Raises:
            ActionError: when they are not as many as were on the screen, other ones than the page that asked spoke
                of, or none.
        """
        if not self.count:
            raise ActionError(_("Kies eerst één of meer regels in de lijst."))
        rows = everything.filter(uuid__in=self.uuids) if self.uuids else found(QueryDict(self.query))
        seen = self.seen(rows)
        if seen.count != self.count:
            raise ActionError(
                _("De lijst is intussen veranderd: van %(before)s naar %(now)s. Kies opnieuw.")
                % {"before": self.count, "now": seen.count}
            )
        if self.print_of and self.print_of != seen.print_of:
            raise ActionError(_("De lijst is intussen veranderd: er staan anderen in. Kies opnieuw."))
        return seen, rows

    def seen(self, rows: QuerySet[Any]) -> Self:
        """This selection of exactly these rows, which the page that asks speaks of."""
        keys = sorted(rows.order_by().values_list("pk", flat=True))
        print_of = hashlib.sha256(",".join(map(str, keys)).encode()).hexdigest()
        return replace(self, count=len(keys), print_of=print_of)

    def sealed(self, user: User) -> str:
        """The selection as a text for a hidden field, of use to this colleague only."""
        return signing.dumps([self.uuids, self.query, self.count, self.print_of], purpose=_purpose(user))


def ticked(request: HttpRequest) -> Selection:
    """The selection that a list with components/bulk_bar.html sent; its field `query` holds the filter."""
    everything, query = request.POST.get("all", ""), request.POST.get("query", "")
    if everything.isascii() and everything.isdecimal():
        return Selection(query=query, count=int(everything[:9]))
    uuids = {
        str(uuid) for text in request.POST.getlist("selection")[:MAX_PICKED] if (uuid := sent_uuid(text))
    }
    return Selection(tuple(sorted(uuids)), query, len(uuids))


def unsealed(text: str, user: User) -> Selection:
    """The selection in a text made by `Selection.sealed` within the last hour.

    Raises:
        ActionError: when it was changed, is too old, or was made for somebody else.
    """
    try:
        uuids, query, count, print_of = signing.loads(text, purpose=_purpose(user), max_age=MAX_AGE)
    except signing.BadSignature:
        raise ActionError(_("Deze keuze geldt niet meer. Kies opnieuw in de lijst.")) from None
    return Selection(tuple(uuids), query, count, print_of)


def _purpose(user: User) -> str:
    return f"selection:{user.uuid}"
