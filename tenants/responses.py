"""Answers that are files."""

from typing import Any

from django.http import FileResponse, HttpResponse

# A PDF shown in the browser may do nothing at all, not even as a page of its own.
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def pdf_response(content: Any, name: str) -> HttpResponse | FileResponse:
    """A PDF that the browser shows, in a sandbox.

    content: its bytes, or an open file, which the answer closes.
    name: the file name under which a reader keeps it.
    """
    if isinstance(content, bytes):
        response: HttpResponse | FileResponse = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    else:
        response = FileResponse(content, filename=name, content_type="application/pdf")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def file_response(file: Any, name: str, media_type: str, *, inline: bool = False) -> FileResponse:
    """A file that came from outside: kept by the browser, or (`inline`) shown in a sandbox, never run as a page.

    file: open for reading; the answer closes it.
    media_type: what its content is, as was checked when it came in.
    """
    if media_type == "text/plain":
        media_type = "text/plain; charset=utf-8"
    response = FileResponse(file, filename=name, as_attachment=not inline, content_type=media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def zip_response(content: bytes, name: str) -> HttpResponse:
    """A ZIP file that the browser keeps under `name`."""
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def calendar_response(content: bytes, name: str) -> HttpResponse:
    """A calendar (RFC 5545) that the device opens in its own calendar."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
