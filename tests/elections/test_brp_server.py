"""Whoever says to be the BRP: no redirect is followed, no odd answer believed, and no number sent without proof."""

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from elections import brp
from elections.brp import BrpUnavailable, PersonFacts, Trouble
from elections.demo.brp_stand_in import StandIn
from tests.brp_register import NUMBERS, connect, running
from tests.elections.test_brp import HOME, ask, knows


@pytest.fixture
def register():
    return StandIn()


def test_server_that_is_gone_is_away():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        connect(f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(BrpUnavailable) as problem:
            ask(NUMBERS[0])
    assert problem.value.trouble is Trouble.AWAY


class Liar:
    """A server that answers what a test tells it to."""

    def __init__(self, status=200, body=b"", headers=None, slow=False):
        self.status, self.body, self.headers, self.slow = status, body, headers or {}, slow
        self.asked = []
        self.released = threading.Event()

    def __enter__(self):
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer()

            def do_GET(self):
                self.answer()

            def answer(self):
                liar.asked.append(self.path)
                self.send_response(liar.status)
                for name, value in liar.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if liar.slow:
                    liar.released.wait(30)
                self.wfile.write(liar.body)

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        return self

    def __exit__(self, *_problem):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(status):
    with Liar() as elsewhere, Liar(status=status) as liar:
        liar.headers = {"Location": f"{elsewhere.url}/personen"}
        connect(liar.url)
        with pytest.raises(BrpUnavailable, match="a redirect"):
            ask(NUMBERS[0])
        assert elsewhere.asked == []
        assert liar.asked == ["/personen"]


def test_proxy_of_the_machine_has_no_say(register, monkeypatch):
    with Liar() as proxy, running(register) as url:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        connect(url)
        ask(NUMBERS[0])
        assert proxy.asked == []
    assert len(register.asked) == 1


def test_answer_that_is_too_long_is_not_read():
    with Liar(body=b"[" + b" " * 400_000 + b"]") as liar:
        connect(liar.url)
        with pytest.raises(BrpUnavailable, match="too long"):
            ask(NUMBERS[0])


def test_answer_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(brp, "TIMEOUT", 0.3)
    with Liar(slow=True) as liar:
        connect(liar.url)
        began = time.monotonic()
        with pytest.raises(BrpUnavailable) as problem:
            ask(NUMBERS[0])
        assert problem.value.trouble is Trouble.AWAY
        assert time.monotonic() - began < 20


def answer_with(*people: object) -> bytes:
    return json.dumps({"type": "RaadpleegMetBurgerservicenummer", "personen": list(people)}).encode()


def person(**more: object) -> dict[str, object]:
    return {"burgerservicenummer": NUMBERS[0], **more}


def living(**place: object) -> dict[str, object]:
    return person(verblijfplaats={"type": "Adres", "verblijfadres": {"huisnummer": 1} | place})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"null",
        b'{"type": "ZoekMetPostcodeEnHuisnummer", "personen": []}',
        b'{"type": "RaadpleegMetBurgerservicenummer", "personen": {}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        answer_with("iemand"),
        answer_with({}),
        answer_with({"burgerservicenummer": 999993653}),
        answer_with(*[person()] * 21),
        answer_with(person(verblijfplaats="Dorpsstraat")),
        answer_with(person(verblijfplaats={"type": "Adres"})),
        answer_with(person(overlijden=["gisteren"])),
        answer_with(person(opschortingBijhouding={"reden": "O"})),
        answer_with(living(huisnummer="1")),
        answer_with(living(huisnummer=True)),
        answer_with(living(huisnummer=100_000)),
        answer_with(living(officieleStraatnaam="x" * 81)),
        answer_with(living(officieleStraatnaam="Laan\r\nBcc: een@ander.example")),
        answer_with(living(woonplaats=["Juinen"])),
        answer_with(living(huisletter="aa")),
    ],
)
def test_answer_that_is_not_as_described_is_refused(body):
    with Liar(body=body) as liar:
        connect(liar.url)
        with pytest.raises(BrpUnavailable) as problem:
            ask(NUMBERS[0])
    assert problem.value.trouble is Trouble.WRONG
    assert NUMBERS[0] not in str(problem.value)


def test_answer_about_somebody_else_tells_nothing():
    with Liar(
        body=answer_with({"burgerservicenummer": NUMBERS[1], "geheimhoudingPersoonsgegevens": True})
    ) as liar:
        connect(liar.url)
        assert ask(NUMBERS[0]) == {}


@pytest.mark.parametrize("words", ["<b>gisteren</b>", 12, "x" * 18, {"een": "object"}])
def test_odd_date_is_left_out(words):
    dead = person(overlijden={"datum": {"langFormaat": words}})
    with Liar(body=answer_with(dead)) as liar:
        connect(liar.url)
        assert ask(NUMBERS[0])[0] == PersonFacts(is_deceased=True)


def certificate(path, name):
    """A PEM file with a new key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(text + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_is_checked_with_the_root_that_was_set(register, tmp_path):
    root = certificate(tmp_path / "root.pem", "127.0.0.1")
    knows(register, NUMBERS[0], verblijfplaats=HOME)
    with running(register, certificate=root) as url:
        connect(url, ca_file=str(root))
        assert ask(NUMBERS[0])[0].address


@pytest.mark.parametrize("what", ["no root", "another root", "another name"])
def test_server_that_cannot_prove_itself_gets_no_number(register, tmp_path, what):
    root = certificate(tmp_path / "root.pem", "127.0.0.2" if what == "another name" else "127.0.0.1")
    given = {
        "no root": "",
        "another root": str(certificate(tmp_path / "other.pem", "127.0.0.1")),
        "another name": str(root),
    }[what]
    with running(register, certificate=root) as url:
        connect(url, ca_file=given)
        with pytest.raises(BrpUnavailable, match="TLS") as problem:
            ask(NUMBERS[0])
    assert problem.value.trouble is Trouble.REFUSED
    assert register.asked == []
