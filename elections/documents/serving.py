"""Giving a stored file to somebody of whom the view knows that they may have it."""

import logging

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from elections.models.stored_file import StoredFileModel
from tenants.responses import file_response

logger = logging.getLogger(__name__)

SHOWN_IN_BROWSER = ("application/pdf",)


def serve_file(row: StoredFileModel, *, inline: bool = False) -> FileResponse:
    """The file of a row, for the browser to keep, under the name that its sender gave it.

    inline: let the browser show it, in a sandbox, when it is a PDF.

    Raises Http404 when the file is lost, and logs that. The view has checked who asks.
    """
    try:
        file = default_storage.open(row.file)
    except OSError:
        logger.exception("the file of %s %s cannot be read", row._meta.label, row.pk)
        raise Http404 from None
    return file_response(
        file, row.file_name, row.media_type, inline=inline and row.media_type in SHOWN_IN_BROWSER
    )
