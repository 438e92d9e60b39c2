"""A member asks to erase or to correct data; the team answers (AVG art. 12, 16 and 17)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.enums import MailKind, PrivacyRequestKind, PrivacyRequestState
from elections.errors import ActionError
from elections.models import Member, PrivacyRequest, User
from elections.notify import outbox


@transaction.atomic
def ask_privacy_request(member: Member, kind: PrivacyRequestKind, text: str, *, by: User) -> PrivacyRequest:
    """Put a question to the team. While a question of this kind is open, there is no second one.

    Raises:
        ActionError: when a question of this kind waits already, or a correction does not say what is wrong.
    """
    member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.privacy_requests.filter(kind=kind, state=PrivacyRequestState.OPEN).exists():
        raise ActionError(_("U hebt dit al gevraagd. Wij laten u weten wanneer er een antwoord is."))
    if kind == PrivacyRequestKind.CORRECT and not text.strip():
        raise ActionError(_("Schrijf op wat er niet klopt."))
    request = PrivacyRequest.objects.create(member=member, kind=kind, text=text.strip())
    audit.record("privacy_request.ask", by=by, on=request, label=str(kind.label), kind=str(kind))
    return request


@transaction.atomic
def answer_privacy_request(
    request: PrivacyRequest, state: PrivacyRequestState, answer: str, *, by: User
) -> PrivacyRequest:
    """Tell the member what was done, or why not. The mail says only that an answer waits in the portal.

    Erasing is granted by erasing (actions.privacy.erase_member), which leaves nobody to mail.

    Raises:
        ActionError: when the question was answered already, without an answer, or to grant what is not done yet.
    """
    request = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != PrivacyRequestState.OPEN:
        raise ActionError(_("Deze vraag is al beantwoord."))
    if not answer.strip():
        raise ActionError(_("Schrijf een antwoord."))
    if state == PrivacyRequestState.GRANTED and request.kind == PrivacyRequestKind.ERASE:
        raise ActionError(_("Wis de gegevens van dit lid. De vraag is dan vanzelf beantwoord."))
    if state not in (PrivacyRequestState.GRANTED, PrivacyRequestState.REFUSED):
        raise ActionError(_("Kies of u doet wat het lid vraagt."))
    request.state, request.answer = state, answer.strip()
    request.answered_by, request.answered_at = by.display_name, timezone.now()
    request.save()
    user = request.member.user
    if user:
        key = f"privacy-request:{request.uuid}"
        outbox.enqueue(MailKind.PRIVACY_ANSWERED, user=user, key=key, reference=request.uuid)
    audit.record("privacy_request.answer", by=by, on=request, label=str(state.label), state=str(state))
    return request
