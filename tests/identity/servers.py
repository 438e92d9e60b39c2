"""Two providers for the tests: a certified one as a process of its own, and one that lies.

The first is `oidc-provider` (tests/identity/provider.mjs). The second is an attacker: it signs with a key of its own
whatever a test asks for, and can be slow, huge or elsewhere.
"""

import hmac
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry

REDIRECT = "https://{host}/work-account/callback/"
SECRET = "geheim + ~{client_id}"


@contextmanager
def certified_provider() -> Iterator[str]:
    """A provider for the clients "juinen" and "zonneiland"; gives its issuer."""
    folders = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    node = shutil.which("node", path=folders) or "node"
    uris = [REDIRECT.format(host=f"{name}.localhost") for name in ("juinen", "zonneiland")]
    script = Path(__file__).with_name("provider.mjs")
    process = subprocess.Popen([node, script, *uris], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        # It warns before it is up; the address is the first line that is one.
        yield next(line.strip() for line in process.stdout if line.startswith("http://"))
    finally:
        process.terminate()
        process.wait()


class Browser:
    """A browser at the provider: follows its own redirects and its cookies, until it is sent back to us."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False

    def log_in(self, address: str, **typed: str) -> str:
        """Go to `address`, fill in the log-in page when there is one, and return where the provider sends us."""
        issuer = "{0.scheme}://{0.netloc}".format(urlsplit(address))
        answer = self.session.get(address, allow_redirects=False)
        for _step in range(10):
            if answer.status_code == 200:
                answer = self.session.post(answer.url, data=typed, allow_redirects=False)
            else:
                assert 300 <= answer.status_code < 400, answer.text
                there = urljoin(answer.url, answer.headers["Location"])
                if not there.startswith(issuer):
                    return there
                answer = self.session.get(there, allow_redirects=False)
        raise AssertionError("the provider never sent the browser back")


@cache
def new_key(kid: str) -> RSAKey:
    """A key of that name, the same one in all tests of this process."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class Liar:
    """A provider that answers what a test tells it to. `claims` and `header` change the token that it signs."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("een"))
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signing_key: Any = None
    unsigned: bool = False
    hmac_key: bytes = b""
    on_token: Callable[[], None] = lambda: None
    # What happens to a request for a path, in place of the ordinary answer: "slow", "huge", "redirect" or "gone".
    trouble: dict[str, str] = field(default_factory=dict)
    nonce: str = ""
    # In place of the ordinary answers.
    keys: dict[str, Any] = field(default_factory=dict)
    token_answer: dict[str, Any] = field(default_factory=dict)
    fetched: Counter[str] = field(default_factory=Counter)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str) -> dict[str, Any]:
        """What the ordinary path answers."""
        self.fetched[path] += 1
        if path.endswith("/.well-known/openid-configuration"):
            endpoints = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
            addresses = {name: f"{self.issuer}/{path}" for name, path in endpoints.items()}
            return {"issuer": self.issuer, **addresses} | self.metadata
        if path == "/jwks":
            return self.keys or KeySet([self.key]).as_dict(private=False)
        return self.token_answer or {
            "access_token": "toegang",
            "token_type": "Bearer",
            "id_token": self.id_token(),
        }

    def id_token(self) -> str:
        """A token in which everything is right but for what the test changed; None leaves a claim out.

        A timedelta is a moment, counted from now.
        """
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": "onderwerp",
            "aud": "juinen",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": self.nonce,
            "amr": ["pwd", "mfa"],
        } | self.claims
        header = {"alg": "RS256", "kid": "een"} | self.header
        registry = JWSRegistry(algorithms=[header["alg"]])
        told = {
            name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
            for name, value in claims.items()
            if value is not None
        }
        if header["alg"] in ("none", "HS256"):
            # By hand: joserfc refuses to sign this way.
            text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, told))
            return f"{text}.{_encoded(hmac.digest(self.hmac_key, text.encode(), 'sha256')) if self.hmac_key else ''}"
        token = jwt.encode(header, told, self.signing_key or self.key, registry=registry)
        return f"{token.rpartition('.')[0]}." if self.unsigned else token


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def lying_provider() -> Iterator[Liar]:
    """A `Liar` that listens."""
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            liar.asked.append((self.path, {name: values[0] for name, values in parse_qs(body).items()}))
            self._answer()

        def _answer(self) -> None:
            trouble = next((what for part, what in liar.trouble.items() if part in self.path), "")
            if self.path.startswith("/elders/"):
                trouble = ""  # where the redirect leads all is well: it is the redirect that must be refused
            if trouble == "redirect":
                self.send_response(302)
                self.send_header("Location", f"{liar.issuer}/elders{self.path}")
                self.end_headers()
                return
            body = json.dumps(liar.answer(self.path.removeprefix("/elders"))).encode()
            self.send_response(503 if trouble == "gone" else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            if trouble == "slow":
                liar.released.wait(30)
            self.wfile.write(b" " * 1_000_000 if trouble == "huge" else b"")
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
