"""Files with a message: kept when the message is, gone when it goes."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from elections.documents.upload import delete_stored, store_upload
from elections.errors import ActionError
from elections.models import Attachment, GroupMessage, Message

MOST_ATTACHMENTS: Final = 3
FOLDER: Final = "messages"


def attach_files(
    uploads: Sequence[UploadedFile], *, message: Message | None = None, group: GroupMessage | None = None
) -> None:
    """Keep `uploads` with one message, or with a message to a group. Inside an `upload_transaction`.

    Raises:
        ActionError: for too many files, or one that is refused (elections.documents.upload).
    """
    if len(uploads) > MOST_ATTACHMENTS:
        raise ActionError(_("U kunt hoogstens %(n)s bestanden meesturen.") % {"n": MOST_ATTACHMENTS})
    for upload in uploads:
        stored = store_upload(upload, folder=FOLDER)
        Attachment.objects.create(message=message, group=group, **stored.fields)


def remove_attachments(attachments: Iterable[Attachment]) -> None:
    """Delete these rows; their files go when the transaction commits."""
    for attachment in attachments:
        delete_stored(attachment.file)
        attachment.delete()
