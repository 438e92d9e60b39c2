"""Handing one mail to the mail server, and knowing what became of it when something goes wrong.

SMTP leaves doubt in one place only: the server has the last line of the content (a dot) and its answer does not come.
Before that line it cannot have taken the mail, after its answer it has said so. `CarefulSMTP` draws that line exactly;
with a mail service behind an HTTP API (django-anymail) the doubt begins with the request.
"""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from typing import Any, Final

import requests
import urllib3.exceptions
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp
from django.utils.translation import gettext as _

HTTP_LATER: Final = frozenset({408, 425, 429, 503})
HTTP_LOGIN: Final = frozenset({401, 402, 403})


class Verdict(Enum):
    """Why a mail was not handed over. AWAY: nothing can be sent now, whoever it is for. LATER: this one cannot."""

    LATER = auto()
    AWAY = auto()
    REFUSED = auto()
    UNCERTAIN = auto()


class NotTaken(Exception):
    """The mail server did not say that it took the mail; `words` tell staff why, without names of machines."""

    def __init__(self, verdict: Verdict, words: str) -> None:
        super().__init__(words)
        self.verdict = verdict
        self.words = words


class AnswerLost(Exception):
    """The server has the whole content and gave no answer: it may have taken the mail."""


class CarefulSMTP(smtplib.SMTP):
    """SMTP that calls `before_content` between the server's "go on" (354) and the first byte of the content, and tells
    an answer that was lost (AnswerLost) from a connection that was lost before the content was whole.

    Of what `smtplib` sends during DATA the command is text and the content is bytes.
    """

    before_content: Callable[[], None] = staticmethod(lambda: None)
    _content_sent = False
    _in_data = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._in_data, self._content_sent = True, False
        try:
            return super().data(msg)
        except OSError as problem:  # smtplib's own exceptions are among them
            if self._content_sent:
                raise AnswerLost from problem
            raise
        finally:
            self._in_data = False
            self._wait_at_most(settings.EMAIL_TIMEOUT)

    def _wait_at_most(self, seconds: float) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def send(self, s: Any) -> None:
        if not (self._in_data and isinstance(s, bytes)):
            super().send(s)
            return
        self.before_content()
        super().send(s)
        self._content_sent = True
        # A server may look for viruses before it answers: RFC 5321 (4.5.3.2.6) asks for patience here.
        self._wait_at_most(settings.EMAIL_ANSWER_TIMEOUT)


class CarefulSMTPOverTLS(CarefulSMTP, smtplib.SMTP_SSL):
    """The same over implicit TLS."""


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend on CarefulSMTP."""

    before_content: Callable[[], None] = staticmethod(lambda: None)

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return CarefulSMTPOverTLS if self.use_ssl else CarefulSMTP

    def _send(self, email_message: EmailMessage) -> bool:
        connection: Any = self.connection
        connection.before_content = self.before_content
        return bool(super()._send(email_message))  # type: ignore[misc] # django-stubs leaves it out

    def drop(self) -> None:
        """Cut the connection without a goodbye: in the middle of a mail, QUIT would be read as part of its content."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Handover:
    """One connection to the mail server, opened at the first mail and used again for the next ones."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._used = False

    def __enter__(self) -> "Handover":
        return self

    def __exit__(self, *_problem: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._backend.close()

    def give(self, message: EmailMessage, before_content: Callable[[], None]) -> str:
        """Hand over one message. Returns the name that the mail service gave it; empty with plain SMTP.

        before_content: called once, right before the server gets the content. What it raises stops the hand-over.

        Raises NotTaken; ValueError for a message that cannot be written.
        """
        try:
            return self._give(message, before_content)
        except NotTaken as problem:
            if problem.verdict not in (Verdict.LATER, Verdict.REFUSED):
                self._drop()
            raise
        except BaseException:
            self._drop()
            raise

    def _give(self, message: EmailMessage, before_content: Callable[[], None]) -> str:
        told: list[bool] = []

        def tell() -> None:
            before_content()
            told.append(True)

        try:
            return self._send(message, tell)
        except (
            OSError,
            smtplib.SMTPException,
            AnswerLost,
            AnymailAPIError,
            AnymailRecipientsRefused,
        ) as problem:
            if self._used and not told and _is_gone(problem):
                # A server may close a connection that it finds long enough in use; a new one begins with a clean slate.
                self._drop()
                return self._once_more(message, tell)
            raise judged(problem) from problem

    def _once_more(self, message: EmailMessage, before_content: Callable[[], None]) -> str:
        try:
            return self._send(message, before_content)
        except (OSError, smtplib.SMTPException, AnswerLost) as problem:
            raise judged(problem) from problem

    def _send(self, message: EmailMessage, before_content: Callable[[], None]) -> str:
        if isinstance(self._backend, EmailBackend):
            self._backend.before_content = before_content
            self._backend.open()
        else:
            self._backend.open()
            before_content()
        self._backend.send_messages([message])
        self._used = True
        status = getattr(message, "anymail_status", None)
        return str(status.message_id or "") if status else ""

    def _drop(self) -> None:
        self._used = False
        with suppress(OSError, smtplib.SMTPException):
            (getattr(self._backend, "drop", None) or self._backend.close)()


def judged(problem: Exception) -> NotTaken:
    """What a problem of the mail server means for the mail. The server's own words stay in the log."""
    if isinstance(problem, AnswerLost):
        words = _(
            "De mailserver kreeg de e-mail, maar gaf geen antwoord. Misschien is de e-mail toch aangekomen."
        )
        return NotTaken(Verdict.UNCERTAIN, words)
    if isinstance(problem, AnymailRecipientsRefused):
        return NotTaken(Verdict.REFUSED, _("De maildienst weigert dit e-mailadres."))
    if isinstance(problem, AnymailAPIError):
        return _judged_service(problem)
    if isinstance(problem, smtplib.SMTPAuthenticationError):
        return NotTaken(Verdict.AWAY, _("De mailserver weigert onze inloggegevens."))
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        final = all(500 <= code < 600 for code, _text in problem.recipients.values())
        if final:
            return NotTaken(Verdict.REFUSED, _("De mailserver weigert dit e-mailadres."))
        return NotTaken(Verdict.LATER, _("De mailserver neemt nu geen e-mail aan voor dit adres."))
    if isinstance(problem, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return _judged_answer(problem.smtp_code)
    if isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError):
        return NotTaken(Verdict.AWAY, _("De mailserver geeft geen antwoord."))
    return NotTaken(Verdict.AWAY, _("De mailserver is niet bereikbaar."))


def _judged_answer(code: int) -> NotTaken:
    words = _("De mailserver nam de e-mail niet aan (antwoord %(code)s).") % {"code": code}
    if 500 <= code < 600:
        return NotTaken(Verdict.REFUSED, words)
    if 400 <= code < 500:
        return NotTaken(Verdict.AWAY if code == 421 else Verdict.LATER, words)
    return NotTaken(Verdict.UNCERTAIN, _("De mailserver gaf een antwoord dat we niet begrijpen."))


def _judged_service(problem: AnymailAPIError) -> NotTaken:
    code = problem.status_code
    if code is None:
        if _never_left(problem):
            return NotTaken(Verdict.AWAY, _("De maildienst is niet bereikbaar."))
        words = _("De maildienst gaf geen antwoord. Misschien is de e-mail toch aangekomen.")
        return NotTaken(Verdict.UNCERTAIN, words)
    words = _("De maildienst nam de e-mail niet aan (antwoord %(code)s).") % {"code": code}
    if code in HTTP_LOGIN:
        return NotTaken(Verdict.AWAY, _("De maildienst weigert onze inloggegevens."))
    if code in HTTP_LATER:
        return NotTaken(Verdict.AWAY, words)
    if 400 <= code < 500:
        return NotTaken(Verdict.REFUSED, words)
    return NotTaken(
        Verdict.UNCERTAIN, _("Bij de maildienst ging iets mis. Misschien is de e-mail toch aangekomen.")
    )


def _never_left(problem: AnymailAPIError) -> bool:
    """Whether no connection was made, so that the service cannot know of the mail."""
    if isinstance(problem, requests.ConnectTimeout):
        return True
    if not isinstance(problem, requests.ConnectionError) or problem.__cause__ is None:
        return False
    reason = getattr(problem.__cause__.args[0] if problem.__cause__.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)


def _is_gone(problem: Exception) -> bool:
    """Whether the server had ended a connection that was still in use."""
    code = getattr(problem, "smtp_code", None)
    return code == 421 or (code is None and isinstance(problem, smtplib.SMTPServerDisconnected))
