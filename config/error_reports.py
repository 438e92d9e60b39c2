"""What an error report may tell."""

from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class ReportFilter(SafeExceptionReporterFilter):
    """Where it went wrong, never with which data: a report leaves the municipality and stays in mailboxes.

    Django hides only what a view names (`sensitive_variables`), in that view's own frame; a number that somebody
    typed is also in the frames of forms, of the database and of libraries (OWASP ASVS 5.0 row 16.2.5).
    """

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> list[tuple[str, Any]]:
        """Names without values; with DEBUG what Django shows."""
        if not self.is_active(request):
            return list(super().get_traceback_frame_variables(request, tb_frame))
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        """The names of the fields of a form."""
        sent = super().get_post_parameters(request)
        if request is None or not self.is_active(request):
            return sent
        return dict.fromkeys(sent, self.cleansed_substitute)

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, str]:
        """The names of the cookies: with a value somebody could go on in the session of another."""
        return dict.fromkeys(super().get_safe_cookies(request), self.cleansed_substitute)
