"""Which members a bulk action is about: those ticked in the list, or everybody its filter finds; checked twice."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from backoffice.access import chosen_event
from backoffice.selection import Selection, unsealed
from backoffice.tables.member import MemberFilter
from elections.models import ElectionEvent, Member
from elections.queries.member import with_access, with_answer


def everybody(request: HttpRequest) -> QuerySet[Member]:
    """The member file as the list shows it, by name, for the event that this colleague works in."""
    return with_answer(with_access(Member.objects.present().by_name()), _event(request))


def found(request: HttpRequest) -> Callable[[QueryDict], QuerySet[Member]]:
    """Gives the filtered list behind a query string, as this colleague sees it."""
    event, members = _event(request), everybody(request)
    return lambda query: MemberFilter(query, members, event, by=request.user).qs


def asked(request: HttpRequest, selection: Selection) -> tuple[Selection, QuerySet[Member]]:
    """What a list sent, to speak of on the page that asks: the selection that knows who they are, and the members.

    Raises:
        ActionError: as `Selection.look_up`.
    """
    return selection.look_up(everybody(request), found(request))


def confirmed(request: HttpRequest) -> tuple[Selection, QuerySet[Member]]:
    """The selection in the field `selection` of a page that asked, and its members, looked up again.

    Raises:
        ActionError: when it is no longer what the page spoke of, or was made for somebody else.
    """
    return asked(request, unsealed(request.POST.get("selection", ""), request.user))


def _event(request: HttpRequest) -> ElectionEvent | None:
    if not hasattr(request, "event"):
        request.event = chosen_event(request)
    return request.event  # type: ignore[no-any-return]
