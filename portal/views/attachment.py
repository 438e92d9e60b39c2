"""Files in the member's conversations."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from elections.documents.serving import serve_file
from elections.enums import StepKind
from elections.models import Attachment
from elections.queries.menu_part import readable_attachments
from portal.access import member_required
from portal.parts import part_closed


@member_required
@require_safe
def attachment_download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """One file. Of somebody else, or with a message to a group that this member did not get: 404."""
    attachment = get_object_or_404(Attachment.objects.of_member(request.member), uuid=uuid)
    if not readable_attachments(request.member).filter(pk=attachment.pk).exists():
        return part_closed(request, str(StepKind.INBOX.label))
    return serve_file(attachment)
