"""The words and addresses of "Nieuw voor u" on the first page."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import ngettext

from elections.enums import StepKind
from elections.models import Member
from elections.queries.whats_new import NewKind, NewThings, whats_new

_PAGES = {
    NewKind.LETTER: ("letter-list", "letter"),
    NewKind.MESSAGE: ("conversation-list", "inbox"),
    NewKind.NEWS: ("news-item-list", "file"),
    NewKind.DOCUMENT: ("document-list", "file"),
}


def new_for(member: Member, closed: Collection[StepKind]) -> list[dict[str, object]]:
    """A line for each kind of thing that waits: its words, the newest titles, and the page where it stands.

    closed: parts of the menu, as in `whats_new`.
    """
    return [_line(things) for things in whats_new(member, closed)]


def _line(things: NewThings) -> dict[str, object]:
    page, icon = _PAGES[things.kind]
    return {
        "label": _words(things.kind, things.count),
        "titles": [title for _uuid, title in things.newest],
        "rest": things.count - len(things.newest),
        "url": _address(things, page),
        "icon": icon,
    }


def _address(things: NewThings, page: str) -> str:
    """One unread message or news item opens at once; a letter or document stands in its list, to be opened there."""
    if things.count == 1 and things.kind in (NewKind.MESSAGE, NewKind.NEWS):
        return reverse(f"portal:{page.replace('-list', '-detail')}", args=[things.newest[0][0]])
    return reverse(f"portal:{page}")


def _words(kind: NewKind, count: int) -> str:
    words = {
        NewKind.LETTER: ngettext("%(count)s nieuwe brief", "%(count)s nieuwe brieven", count),
        NewKind.MESSAGE: ngettext("%(count)s ongelezen bericht", "%(count)s ongelezen berichten", count),
        NewKind.NEWS: ngettext("%(count)s nieuwsbericht", "%(count)s nieuwsberichten", count),
        NewKind.DOCUMENT: ngettext("%(count)s nieuw document", "%(count)s nieuwe documenten", count),
    }
    return words[kind] % {"count": count}
