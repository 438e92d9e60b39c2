"""What waits for a member in the portal: news, documents, messages and letters that they did not open yet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final
from uuid import UUID

from elections.enums import StepKind
from elections.models import Document, Member, Message, NewsItem
from elections.queries.announcement import own_audiences, shown_within
from elections.queries.letter_reading import readable_letters

MOST: Final = 3


class NewKind(Enum):
    """Where the new thing stands in the portal."""

    LETTER = "letter"
    MESSAGE = "message"
    NEWS = "news_item"
    DOCUMENT = "document"


@dataclass(frozen=True)
class NewThings:
    """The unread things of one kind: how many, and the newest few as (uuid, title)."""

    kind: NewKind
    count: int
    newest: list[tuple[UUID, str]]


def whats_new(member: Member, closed: Collection[StepKind]) -> list[NewThings]:
    """What the member did not open yet, the most personal first; kinds without anything are left out.

    closed: the parts of the menu that are closed for them (`menu_part.closed_parts`): no documents then. The number of
    queries does not depend on how much there is.
    """
    shown: dict[NewKind, Any] = {NewKind.NEWS: NewsItem}
    if StepKind.DOCUMENTS not in closed:
        shown[NewKind.DOCUMENT] = Document
    audiences = own_audiences(member, *shown.values())
    letters = readable_letters(member).filter(first_read_at=None)
    messages = (
        Message.objects.unread_by_member()
        .filter(conversation__member=member)
        .select_related("conversation")
        .order_by("-created_at", "-pk")
    )
    talks = {message.conversation.uuid: message.conversation.subject for message in messages}
    found = [
        _things(NewKind.LETTER, ((letter.uuid, str(letter.event)) for letter in letters)),
        _things(NewKind.MESSAGE, talks.items()),
        *(_things(kind, _unread(model, member, audiences)) for kind, model in shown.items()),
    ]
    return [things for things in found if things.count]


def _unread(model: Any, member: Member, audiences: Any) -> list[tuple[UUID, str]]:
    rows = shown_within(model, member, audiences).filter(is_new=True).order_by("-publishes_at", "-pk")
    return [(row.uuid, row.title) for row in rows.only("uuid", "title")]


def _things(kind: NewKind, rows: Iterable[tuple[UUID, str]]) -> NewThings:
    listed = list(rows)
    return NewThings(kind, len(listed), listed[:MOST])
