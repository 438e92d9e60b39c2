"""Saving the texts of an event's letters. What was saved is never changed: a change is a new edition."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.lock import lock_open_event
from elections.enums import LetterPay, LetterPlace, LetterStaff, PositionKind
from elections.errors import ActionError
from elections.letter_texts import (
    LONGEST_HEADING,
    LONGEST_TEXT,
    MOST_BLOCKS,
    LetterBlock,
    in_order,
    unknown_placeholders,
)
from elections.models import ElectionEvent, LetterEdition, User
from elections.queries.letter_edition import blocks_of, current_edition


@transaction.atomic
def save_letter_texts(
    event: ElectionEvent,
    *,
    blocks: Sequence[LetterBlock],
    decision_date: date | None,
    signatory: str,
    signatory_title: str,
    shares_chair_phone: bool = False,
    by: User | None,
) -> LetterEdition:
    """Change the texts of an event's letters, the date of the decision, who signs, and whether a chair's number is in.

    Other texts make a new edition; the same texts leave the edition as it is.
    shares_chair_phone: the team reads the phone number of its chair; the municipality asked the chairs.

    Raises:
        ActionError: without any text, with a text that is too long, when a text holds a name between braces that
            nothing can be filled in for, or in an archived event.
    """
    _check(blocks)
    event = lock_open_event(event.pk)
    edition = current_edition(event)
    if edition.pk is None or blocks_of(edition) != in_order(blocks):
        edition = _new_edition(event, [block.as_json() for block in in_order(blocks)], by=by)
    event.decision_date, event.signatory, event.signatory_title = decision_date, signatory, signatory_title
    event.shares_chair_phone = shares_chair_phone
    event.save(update_fields=["decision_date", "signatory", "signatory_title", "shares_chair_phone"])
    audit.record(
        "letter_edition.save", by=by, on=event, version=edition.version, chair_phone=shares_chair_phone
    )
    return edition


@transaction.atomic
def restore_letter_edition(edition: LetterEdition, *, by: User | None) -> LetterEdition:
    """Use the texts of an earlier edition again, as a new one.

    Raises:
        ActionError: when these texts are in use already, or in an archived event.
    """
    event = lock_open_event(edition.event_id)
    if blocks_of(current_edition(event)) == blocks_of(edition):
        raise ActionError(_("Deze tekst is al in gebruik."))
    made = _new_edition(event, edition.blocks, by=by, restored_from=edition.version)
    audit.record("letter_edition.restore", by=by, on=event, version=made.version, restored=edition.version)
    return made


def keep_edition(event: ElectionEvent) -> LetterEdition:
    """The newest edition, so that a letter can point to it: the proposed texts are saved when nobody saved any."""
    edition = current_edition(event)
    if edition.pk:
        return edition
    made, _is_new = LetterEdition.objects.get_or_create(
        event=event, version=1, defaults={"blocks": edition.blocks, "created_by": audit.SYSTEM}
    )
    return made


def _new_edition(
    event: ElectionEvent,
    blocks: list[dict[str, object]],
    *,
    by: User | None,
    restored_from: int | None = None,
) -> LetterEdition:
    """Under the lock of the event, so that the versions have no holes."""
    last = event.letter_editions.order_by("-version").values_list("version", flat=True).first() or 0
    return LetterEdition.objects.create(
        event=event,
        version=last + 1,
        blocks=blocks,
        restored_from=restored_from,
        created_by=by.display_name if by else audit.SYSTEM,
    )


def _check(blocks: Sequence[LetterBlock]) -> None:
    if not blocks:
        raise ActionError(_("Laat ten minste één tekst staan."))
    if len(blocks) > MOST_BLOCKS:
        raise ActionError(_("Een brief heeft hoogstens %(count)s teksten.") % {"count": MOST_BLOCKS})
    for block in blocks:
        if len(block.text) > LONGEST_TEXT or len(block.heading) > LONGEST_HEADING or not block.text.strip():
            raise ActionError(_("Een van de teksten is leeg of te lang."))
        if (
            block.place not in LetterPlace
            or block.staff not in LetterStaff
            or block.pay not in LetterPay
            or not set(block.kinds) <= set(PositionKind.values)
        ):
            raise ActionError(_("Een van de teksten is voor een groep die niet bestaat."))
    unknown = unknown_placeholders("\n".join(block.text for block in blocks))
    if unknown:
        raise ActionError(_("Dit kan niet worden ingevuld: %(names)s.") % {"names": ", ".join(unknown)})
