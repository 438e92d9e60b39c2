"""Printed letters with a code, for members without e-mail. The answer to the button is the document itself.

The document holds codes, so it is kept nowhere. Who loses it makes new letters, which makes the old ones worthless.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from backoffice.access import staff_required
from backoffice.forms.member import SealedForm
from backoffice.member_choice import asked
from backoffice.selection import unsealed
from elections.actions.activation import LETTERS_AT_ONCE, make_activation_letters
from elections.documents.activation_letter import render_activation_letters
from elections.errors import ActionError
from elections.models import Invitation, Member
from elections.queries.activation_letter import letter_recipients, letter_recipients_among
from elections.queries.confidentiality import may_see_contact
from elections.queries.member import same_address
from tenants.responses import pdf_response


@staff_required("member.invite", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_letter_make(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask, and then make the letter of one member."""
    member = get_object_or_404(Member.objects.select_related("user"), uuid=uuid)
    if request.method != "POST":
        letters = Invitation.objects.open().letters().filter(user=member.user)
        context = {
            "member": member,
            "had_letter": bool(member.user) and letters.exists(),
            "same_address": same_address(member) if may_see_contact(member, request.user) else [],
        }
        return render(request, "backoffice/activation_letter/make.html", context)
    try:
        return _document(make_activation_letters([member], by=request.user))
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-detail", member.uuid)


@staff_required("member.invite", confirmed=True)
@require_http_methods(["GET", "HEAD", "POST"])
def activation_letter_selection(request: HttpRequest) -> HttpResponse:
    """Ask, and then make the letters of everybody without e-mail in a sealed selection, as one document."""
    sealed = request.POST.get("selection") or request.GET.get("selection", "")
    try:
        _selection, members = asked(request, unsealed(sealed, request.user))
        if request.method == "POST":
            chosen = letter_recipients(members).select_related("user")
            return _document(make_activation_letters(chosen, by=request.user))
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("backoffice:member-list")
    context = {
        "form": SealedForm(initial={"selection": sealed}),
        "recipients": letter_recipients_among(members),
        "most": LETTERS_AT_ONCE,
    }
    return render(request, "backoffice/activation_letter/selection.html", context)


def _document(letters: list[Invitation]) -> HttpResponse:
    return pdf_response(render_activation_letters(letters), f"activatiebrieven-{timezone.localdate()}.pdf")
