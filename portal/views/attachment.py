"""Files in the member's conversations."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from elections.documents.serving import serve_file
from elections.models import Attachment
from portal.access import member_required


@member_required
@require_safe
def attachment_download(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One file. Of somebody else, or with a message to a group that this member did not get: 404."""
    return serve_file(get_object_or_404(Attachment.objects.of_member(request.member), uuid=uuid))
