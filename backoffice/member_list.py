"""What the page of the member list shows: the table, its filters with counts, the columns and the saved filters."""

from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from backoffice.access import chosen_event
from backoffice.forms.saved_filter import COLUMNS, ORDER, kept_query
from backoffice.member_choice import everybody
from backoffice.paging import show_page
from backoffice.tables.member import MemberFilter, MemberTable
from elections.exports.member import chosen_columns, columns_for
from elections.models import Member, SavedFilter, User
from elections.permissions import can
from elections.queries.confidentiality import RIGHT
from elections.queries.member import sharing_an_address

FILTERS_SHOWN: Final = 6
# Value, right and icon of what can be done with a selection; the first ones have a button, the others a menu.
BULK_RIGHTS: Final = {
    "invite": ("member.invite", "send"),
    "message": ("inbox.edit", "mail"),
    "label": ("member.edit", "tag"),
    "export": ("member.export", "download"),
    "letter": ("member.invite", "letter"),
    "audience": ("audience.edit", "filter"),
    "address_label": ("member.export", "letter"),
    "deactivate": ("member.edit", "close"),
}
BUTTONS: Final = 4


def member_list_context(request: HttpRequest) -> dict[str, Any]:
    """The page for this colleague. Filters, columns, order and page come from the address."""
    request.event = event = chosen_event(request)
    user = request.user
    members = MemberFilter(request.GET, everybody(request), event, by=user)
    available = columns_for(event, by=user)
    columns = chosen_columns(request.GET, available)
    actions = bulk_actions(user)
    table = MemberTable(members.qs, columns=columns, may_select=bool(actions), by=user)
    show_page(table, request)
    members.show_counts()
    saved = list(SavedFilter.objects.for_user(user))
    kept = kept_query(request.GET, members.form, available)
    shown = {column.key for column in columns}
    return {
        "table": table,
        "filter": members,
        "is_wrong": bool(members.form.errors),
        "bulk_actions": actions[:BUTTONS],
        "more_actions": actions[BUTTONS:],
        "sharing": _sharing(user),
        "columns": [(column.key, column.label, column.key in shown) for column in available],
        "own_columns": bool(request.GET.getlist(COLUMNS)),
        "keep": _pairs(request.GET, COLUMNS, ORDER),
        "keep_for_columns": _pairs(request.GET, ORDER, *members.form.fields),
        "clear_url": f"?{_only(request.GET, COLUMNS, ORDER)}",
        "usual_columns_url": f"?{_without(request.GET, COLUMNS, 'page')}",
        "saved_filters": saved[:FILTERS_SHOWN],
        "more_filters": max(0, len(saved) - FILTERS_SHOWN),
        "has_filters": bool(saved),
        "kept": kept,
        "may_keep": bool(kept) and kept not in {each.query for each in saved},
        "query": request.GET.urlencode(),
        "may_edit": can(user, "member.edit"),
        "may_import": can(user, "member.import"),
        "may_invite": can(user, "member.invite"),
        "may_export": can(user, "member.export"),
    }


def bulk_actions(user: User) -> list[dict[str, str]]:
    """What this colleague may do with a selection of members, as components/bulk_bar.html wants it."""
    words = {
        "invite": _("Uitnodigen"),
        "message": _("Bericht sturen"),
        "label": _("Kenmerk geven of weghalen"),
        "export": _("Downloaden"),
        "letter": _("Activatiebrief maken"),
        "audience": _("Maak doelgroep"),
        "address_label": _("Adresetiketten maken"),
        "deactivate": _("Op niet actief zetten"),
    }
    return [
        {"value": value, "label": words[value], "icon": icon}
        for value, (right, icon) in BULK_RIGHTS.items()
        if can(user, right)
    ]


def _sharing(user: User) -> int:
    return sharing_an_address(Member.objects.all(), by_hidden=can(user, RIGHT)).count()


def _pairs(query: QueryDict, *names: str) -> list[tuple[str, str]]:
    return [(name, value) for name in names for value in query.getlist(name) if value]


def _only(query: QueryDict, *names: str) -> str:
    kept = QueryDict(mutable=True)
    for name, value in _pairs(query, *names):
        kept.appendlist(name, value)
    return kept.urlencode()


def _without(query: QueryDict, *names: str) -> str:
    rest = query.copy()
    for name in names:
        rest.pop(name, None)
    return rest.urlencode()
