"""The member's letters."""

import logging
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify

from elections.actions.letter_reading import read_letter
from elections.enums import LetterState
from elections.letter_changes import change_words
from elections.queries.letter_reading import known_letters, readable_letters
from portal.access import look_going_on, member_required
from tenants.responses import pdf_response

logger = logging.getLogger(__name__)


@member_required
def letter_list(request: HttpRequest) -> HttpResponse:
    """Published letters, newest first; those not opened yet stand out. Each says what it tells anew."""
    known = list(known_letters(request.member))
    letters = [
        {"letter": letter, "changes": [change_words(change) for change in letter.changes]} for letter in known
    ]
    has_file = any(letter.state == LetterState.PUBLISHED for letter in known)
    return render(request, "portal/letter/list.html", {"letters": letters, "has_file": has_file})


@member_required
def letter_download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The PDF itself, shown in the browser. Somebody else's, or not published (any more): 404.

    A colleague who looks as the member does not make it read.
    """
    letter = get_object_or_404(readable_letters(request.member), uuid=uuid)
    try:
        file = default_storage.open(letter.file)
    except OSError:
        logger.exception("the file of letter %s cannot be read", letter.uuid)
        raise Http404 from None
    if not look_going_on(request):
        read_letter(letter, by=request.user)
    name = f"{slugify(f'benoemingsbrief-{letter.event.name}')}.pdf"
    return pdf_response(file, name)
