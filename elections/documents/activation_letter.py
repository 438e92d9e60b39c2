"""The printed letter that lets somebody without e-mail in: one page for each, all in one document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from elections.documents.pdf import render_pdf
from elections.models import Invitation
from elections.models.codes import letter_code
from elections.one_time_codes import grouped
from tenants.context import current_municipality
from tenants.links import absolute_url


@dataclass(frozen=True)
class ActivationLetter:
    """What one letter says, next to what all of them say."""

    name: str
    address: tuple[str, ...]
    username: str
    code: str
    expires_at: datetime


@sensitive_variables("letters")
def render_activation_letters(invitations: Iterable[Invitation], *, dated: date | None = None) -> bytes:
    """The PDF of these letters, in the order given. It holds codes: show it, and keep it nowhere.

    invitations: of the kind MEMBER_LETTER, of users who are members.
    dated: the date at the top; today in the active time zone when left out.
    """
    letters = [_letter(invitation) for invitation in invitations]
    web = absolute_url(current_municipality(), reverse("portal:activation")).removeprefix("https://")
    context = {"letters": letters, "web_address": web, "dated": dated or timezone.localdate()}
    return render_pdf(
        "pdf/activation_letter.html",
        context,
        title="Brief om uw account te activeren",
        sheets=("activation",),
    )


@sensitive_variables()
def _letter(invitation: Invitation) -> ActivationLetter:
    member = invitation.user.member
    # On paper, an address is read by everybody through whose hands it goes.
    lines = () if member.is_confidential else (member.address_line, member.city_line)
    return ActivationLetter(
        name=member.full_name,
        address=tuple(filter(None, lines)),
        username=invitation.user.username,
        code=grouped(letter_code(invitation.uuid)),
        expires_at=invitation.expires_at,
    )
