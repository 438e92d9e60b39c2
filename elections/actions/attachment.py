"""Files with a message: kept when the message is, gone when it goes."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from elections.documents.upload import StoredFile, delete_stored, most_megabytes, store_upload
from elections.errors import ActionError, FileRefused
from elections.models import Attachment, GroupMessage, Member, Message

MOST_ATTACHMENTS: Final = 3
# Looking into a file costs up to 20 seconds of a processor, also when it is refused.
FILES_PER_HOUR: Final = 30
HOUR: Final = timedelta(hours=1)
FOLDER: Final = "messages"


def store_files(uploads: Sequence[UploadedFile]) -> list[StoredFile]:
    """Look into `uploads` and store them, for `attach_files`. Inside an `upload_transaction`, before any lock: a file
    may cost half a minute, and whoever places members would wait for that.

    Raises:
        ActionError: for too many files, more than UPLOAD_MAX_BYTES together (a proxy lets no larger form through), or
            one that is refused (elections.documents.upload).
    """
    if len(uploads) > MOST_ATTACHMENTS:
        raise FileRefused(_("U kunt hoogstens %(n)s bestanden meesturen.") % {"n": MOST_ATTACHMENTS})
    if sum(upload.size or 0 for upload in uploads) > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("Deze bestanden zijn samen te groot. Samen mogen ze %(limit)s MB zijn.")
            % {"limit": most_megabytes()}
        )
    return [store_upload(upload, folder=FOLDER) for upload in uploads]


def attach_files(
    files: Iterable[StoredFile], *, message: Message | None = None, group: GroupMessage | None = None
) -> None:
    """Keep stored files with one message, or with a message to a group."""
    for file in files:
        Attachment.objects.create(message=message, group=group, **file.fields)


def drop_files(files: Iterable[StoredFile]) -> None:
    """Delete stored files that no message wants after all, when the transaction commits."""
    for file in files:
        delete_stored(file.file)


def count_files(member: Member, number: int) -> None:
    """Count files that a member wants looked into. Without Redis nothing is counted: sick notes must come in.

    Raises:
        ActionError: after FILES_PER_HOUR, the refused ones included.
    """
    if not number:
        return
    key = f"member-files:{member.uuid.hex}"
    try:
        cache.add(key, 0, timeout=HOUR.total_seconds())
        tried = int(cache.incr(key, number))
    except (redis.RedisError, ValueError):  # ValueError: the hour ended between the two
        return
    if tried > FILES_PER_HOUR:
        raise ActionError(
            _("U stuurde het laatste uur heel veel bestanden. Probeer het over een uur weer, of bel ons.")
        )


def remove_attachments(attachments: Iterable[Attachment]) -> None:
    """Delete these rows; their files go when the transaction commits."""
    for attachment in attachments:
        delete_stored(attachment.file)
        attachment.delete()
