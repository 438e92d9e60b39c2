"""Mail through a service with an HTTP API (django-anymail), against a server on loopback that answers like Mailgun."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from elections.enums import MailKind, MailState
from elections.notify import delivery, outbox
from tests import factories


class Service(ThreadingHTTPServer):
    """Takes mails; `status` 0 hangs up without an answer once it has the mail."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.taken = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        server = self.server
        if server.status in (0, 200):
            server.taken.append(body)
        if server.status == 0:
            self.connection.close()
            return
        answer = json.dumps({"id": "<4711@mailgun.test>", "message": "Queued."}).encode()
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words):
        pass


@pytest.fixture
def service(settings):
    with Service() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        settings.MAIL_PROVIDER = "mailgun"
        settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": "key",
            "MAILGUN_SENDER_DOMAIN": "zitting.example",
            "MAILGUN_API_URL": f"http://127.0.0.1:{running.server_address[1]}/v3",
            "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
        }
        yield running
        running.shutdown()
        thread.join(10)


@pytest.fixture
def waiting():
    user = factories.make_user(email="anna@voorbeeld.example")
    return outbox.enqueue(MailKind.PLACEMENT_PUBLISHED, user=user, key="placement:1")


def test_service_gets_whose_mail_it_is_and_gives_it_a_name(waiting, service):
    assert delivery.deliver(waiting.pk) is True
    waiting.refresh_from_db()
    assert (waiting.state, waiting.provider_id) == (MailState.SENT, "<4711@mailgun.test>")
    form = parse_qs(service.taken[0])
    assert form["v:municipality"] == ["gm0001"]
    assert form["v:mail"] == [str(waiting.uuid)]
    assert form["h:Message-Id"] == [f"<{waiting.uuid}@juinen.localhost>"]
    assert (form["o:tracking-opens"], form["o:tracking-clicks"]) == (["no"], ["no"])


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        (400, MailState.FAILED, "antwoord 400"),
        (401, MailState.WAITING, "weigert onze inloggegevens"),
        (429, MailState.WAITING, "antwoord 429"),
        (503, MailState.WAITING, "antwoord 503"),
        (500, MailState.UNCERTAIN, "Misschien is de e-mail toch aangekomen"),
        (0, MailState.UNCERTAIN, "gaf geen antwoord"),
    ],
)
def test_answer_of_the_service_decides(waiting, service, status, state, words):
    service.status = status
    assert delivery.deliver(waiting.pk) is False
    waiting.refresh_from_db()
    assert waiting.state == state
    assert words in waiting.error


def test_service_that_is_not_there_leaves_no_doubt(waiting, service, settings):
    service.server_close()
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": "http://127.0.0.1:9/v3"}
    assert delivery.deliver(waiting.pk) is False
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (MailState.WAITING, "De maildienst is niet bereikbaar.")
