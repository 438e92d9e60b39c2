"""Changing what the pages of the municipality look like, and how members reach the team."""

from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.errors import ActionError
from elections.models import User
from tenants import house_style
from tenants.colours import validate_hex_colour
from tenants.house_style import Style
from tenants.models import Municipality
from tenants.pictures import PictureError
from tenants.provisioning import configure
from tenants.token_file import Reading, TokenFileError, read_tokens

CONTACT = ("email", "phone", "opening_hours", "from_name")


class UnreadableColour(ActionError):
    """No text can be read with this accent colour. `better` is the nearest colour with which it can."""

    def __init__(self, message: str, better: str) -> None:
        super().__init__(message)
        self.better = better


@transaction.atomic
def update_colours(municipality: Municipality, *, accent: str, head: str, corners: str, by: User) -> None:
    """Choose the accent colour, the colour of the head ("" is the accent) and the corners.

    The accent is text on white and on its own tint, and the ground of buttons with white letters: it must have a
    contrast of 4.5 : 1 there (WCAG 2.2, 1.4.3). The head may have any colour, its text is black or white.

    Raises:
        UnreadableColour: when the accent is too light.
        ActionError: when one of both is no colour, the corners are unknown, or a colour of the uploaded tokens cannot
            be read with these colours.
    """
    try:
        for colour in (accent, head or accent):
            validate_hex_colour(colour)
    except ValidationError as error:
        raise ActionError(" ".join(error.messages)) from error
    better = house_style.readable_accent(accent)
    if better != accent.lower():
        raise UnreadableColour(
            _("Deze kleur is te licht. Witte letters op een knop zijn dan niet goed te lezen."), better
        )
    style = Style(accent, head, corners, house_style.tokens_of(municipality))
    if problems := house_style.unreadable(style):
        text = _("Deze kleuren passen niet bij de kleuren uit uw bestand. %(problem)s")
        raise ActionError(text % {"problem": problems[0]})
    before = house_style.style_of(municipality)
    try:
        house_style.set_colours(municipality, accent=accent, head=head, corners=corners)
    except ValidationError as error:
        raise ActionError(" ".join(error.messages)) from error
    fields = [
        name for name in house_style.COLOUR_FIELDS if getattr(before, name) != getattr(municipality, name)
    ]
    audit.record("house_style.colours", by=by, label=str(municipality), fields=fields)


@transaction.atomic
def update_logo(municipality: Municipality, upload: BinaryIO | None, *, by: User) -> None:
    """Make a picture the logo; None takes the logo away.

    Raises:
        ActionError: when the file is no picture that can be a logo.
    """
    try:
        if upload:
            house_style.set_logo(municipality, upload)
        else:
            house_style.remove_logo(municipality)
    except PictureError as error:
        raise ActionError(str(error)) from error
    audit.record("house_style.logo", by=by, label=str(municipality), removed=upload is None)


@transaction.atomic
def update_background(municipality: Municipality, upload: BinaryIO | None, *, by: User) -> None:
    """Make a picture the one above the log-in and the start of the portal; None takes it away.

    Raises:
        ActionError: when the file is no picture that can stand there.
    """
    try:
        house_style.set_background(municipality, upload)
    except PictureError as error:
        raise ActionError(str(error)) from error
    audit.record("house_style.background", by=by, label=str(municipality), removed=upload is None)


@transaction.atomic
def update_tokens(municipality: Municipality, upload: BinaryIO, file_name: str, *, by: User) -> Reading:
    """Take over design tokens from a file, in place of those that were there; returns what became of each.

    Raises:
        ActionError: when the file holds nothing that can be taken over; nothing is changed then.
    """
    try:
        reading = read_tokens(upload, house_style.grounds_of(house_style.style_of(municipality)))
    except TokenFileError as error:
        raise ActionError(str(error)) from error
    if reading.taken:
        house_style.set_tokens(municipality, reading.taken, file_name)
        audit.record(
            "house_style.tokens",
            by=by,
            label=str(municipality),
            added=len(reading.taken),
            skipped=len(reading.left),
        )
    return reading


@transaction.atomic
def remove_tokens(municipality: Municipality, *, by: User) -> None:
    """Go back to the colours that were chosen on the screen."""
    house_style.set_tokens(municipality, {})
    audit.record("house_style.tokens", by=by, label=str(municipality), removed=True)


@transaction.atomic
def update_contact(municipality: Municipality, *, by: User, **values: str) -> None:
    """How members reach the team, and who sends the mails; `values` are fields of `CONTACT`.

    Raises:
        ActionError: when members would have no way left, or a value is wrong.
    """
    if unknown := values.keys() - set(CONTACT):
        raise ValueError(f"no fields of the contact: {sorted(unknown)}")
    if not (values["email"] or values["phone"]):
        raise ActionError(_("Vul een e-mailadres of een telefoonnummer in. Leden moeten u kunnen bereiken."))
    fields = [name for name, value in values.items() if getattr(municipality, name) != value]
    try:
        configure(municipality, **values)
    except ValidationError as error:
        raise ActionError(" ".join(error.messages)) from error
    audit.record("house_style.contact", by=by, label=str(municipality), fields=fields)


@transaction.atomic
def reset_house_style(municipality: Municipality, *, by: User) -> None:
    """Throw colours, tokens, logo and picture away; the contact stays."""
    house_style.reset(municipality)
    audit.record("house_style.reset", by=by, label=str(municipality))
