"""Files with messages, for the team."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from backoffice.access import staff_required
from elections import audit
from elections.documents.serving import serve_file
from elections.models import Attachment


@staff_required("inbox.view")
@require_safe
def attachment_download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One file; that a colleague opened what a member sent is logged."""
    rows = Attachment.objects.select_related("message__conversation__member")
    attachment = get_object_or_404(rows, uuid=uuid)
    if attachment.message:
        conversation = attachment.message.conversation
        audit.record(
            "conversation.attachment", by=request.user, on=conversation, label=conversation.member.full_name
        )
    return serve_file(attachment)
