"""The editions of the letter texts of an event."""

from django.db.models import Count, QuerySet

from elections.letter_texts import CHAIR_PLACEHOLDERS, LetterBlock, in_order, placeholders_in, proposed_blocks
from elections.models import ElectionEvent, LetterEdition
from tenants.context import current_municipality


def current_edition(event: ElectionEvent) -> LetterEdition:
    """The newest texts of the event; the proposed ones, unsaved, as long as nobody saved any."""
    return LetterEdition.objects.filter(event=event).order_by("-version").first() or proposed_edition(event)


def proposed_edition(event: ElectionEvent) -> LetterEdition:
    """What Zitting proposes for this municipality, as version 1, unsaved."""
    blocks = proposed_blocks(is_public_body=current_municipality().is_public_body)
    return draft_edition(event, blocks)


def draft_edition(event: ElectionEvent, blocks: list[LetterBlock]) -> LetterEdition:
    """An unsaved edition of these blocks, to try out."""
    return LetterEdition(event=event, version=1, blocks=[block.as_json() for block in in_order(blocks)])


def editions_of(event: ElectionEvent) -> QuerySet[LetterEdition]:
    """All saved editions, newest first, each with `letter_count`: how many letters were made with it."""
    counted = LetterEdition.objects.filter(event=event).annotate(letter_count=Count("letters"))
    return counted.order_by("-version")


def blocks_of(edition: LetterEdition) -> list[LetterBlock]:
    """The blocks of an edition in the order of the letter."""
    return in_order(LetterBlock.from_json(row) for row in edition.blocks)


def names_chair(blocks: list[LetterBlock]) -> bool:
    """Whether any of these texts names the chair of the station."""
    return any(placeholders_in(block.text) & CHAIR_PLACEHOLDERS for block in blocks)
