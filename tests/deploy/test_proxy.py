"""The proxy of docker-compose.yml with its own Caddyfile, in front of a web server of the product."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.processes import HOST, free_port, stop_with_parent, wait_until
from tests.tools import tool

CADDYFILE = Path(settings.BASE_DIR) / "deploy" / "Caddyfile"
STARTS_WITHIN = 120
# Of the test alone: other ports, a certificate authority of its own, and nothing outside its folder.
FOR_THE_TEST = """{{
	http_port {http}
	https_port {https}
	local_certs
	skip_install_trust
	admin off
	storage file_system {folder}
"""


@dataclass(frozen=True)
class Proxy:
    http: int
    https: int

    def get(self, name: str, path: str = "/", **headers: str) -> http.client.HTTPResponse:
        """One request over TLS to this host name. Raises OSError when no certificate comes."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((HOST, self.https), timeout=60)
        client = http.client.HTTPConnection(HOST)
        client.sock = trusting.wrap_socket(plain, server_hostname=name)
        client.request("GET", path, headers={"Host": name, **headers})
        return client.getresponse()


def listens(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def lives(port: int) -> bool:
    """It listens before it has loaded the product."""
    client = http.client.HTTPConnection(HOST, port, timeout=STARTS_WITHIN)
    try:
        client.request("GET", "/health/live")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


@pytest.fixture(scope="module")
def web(municipalities, tmp_path_factory) -> Iterator[int]:
    """A web server of the product on the test database, in which only municipalities are."""
    port, database = free_port(), connection.settings_dict
    address = f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "ALLOWED_HOSTS": "*",
        "HTTPS": "1",
        "BEHIND_PROXY": "1",
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "WARNING",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"{HOST}:{port}",
        "--threads",
        "4",
        "--no-control-socket",
    ]
    log = tmp_path_factory.mktemp("web") / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=output,
            stderr=output,
            preexec_fn=stop_with_parent(signal.SIGTERM),
        )
    try:
        wait_until(lambda: lives(port), STARTS_WITHIN, f"the web server does not start: {log}", server)
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def caddy(folder: Path, text: str, *, web: int, answers_at: int) -> Iterator[None]:
    """A Caddy with this configuration, in front of a web server at the port `web`."""
    (folder / "Caddyfile").write_text(text)
    with (folder / "log").open("wb") as output:
        server = subprocess.Popen(
            [tool("caddy"), "run", "--config", f"{folder / 'Caddyfile'}", "--adapter", "caddyfile"],
            env={**os.environ, "ZITTING_WEB": f"{HOST}:{web}", "HOME": f"{folder}"},
            stdout=output,
            stderr=output,
            preexec_fn=stop_with_parent(signal.SIGKILL),
        )
    try:
        wait_until(
            lambda: listens(answers_at), STARTS_WITHIN, f"Caddy does not start: {folder / 'log'}", server
        )
        yield
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def proxy(web, tmp_path_factory) -> Iterator[Proxy]:
    folder, made = tmp_path_factory.mktemp("caddy"), Proxy(free_port(), free_port())
    own = FOR_THE_TEST.format(http=made.http, https=made.https, folder=folder / "storage")
    text = CADDYFILE.read_text().replace("{\n", own, 1)
    with caddy(folder, text, web=web, answers_at=made.https):
        yield made


def test_file_is_valid_and_written_as_caddy_writes_it():
    for command in (["validate", "--adapter", "caddyfile"], ["fmt", "--diff"]):
        arguments = ["--config", f"{CADDYFILE}"] if command[0] == "validate" else [f"{CADDYFILE}"]
        done = subprocess.run(
            [tool("caddy"), *command, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr or done.stdout


@pytest.mark.parametrize("name", ["juinen.localhost", "zonneiland.localhost"])
def test_municipality_gets_a_certificate_when_it_is_first_asked_for(proxy, name):
    answer = proxy.get(name, "/login/")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers
    assert "Via" not in answer.headers
    assert b"<html" in answer.read()


@pytest.mark.parametrize("name", ["nergens.localhost", "evil.example", "juinen.localhost.evil.example"])
def test_stranger_gets_no_certificate(proxy, name):
    with pytest.raises(OSError, match="alert"):
        proxy.get(name)


def test_http_is_sent_to_https(proxy):
    client = http.client.HTTPConnection(HOST, proxy.http, timeout=60)
    client.request("GET", "/login/", headers={"Host": "juinen.localhost"})
    answer = client.getresponse()
    assert answer.status in (301, 308)
    assert answer.headers["Location"].startswith("https://juinen.localhost")


@pytest.mark.parametrize(
    "path",
    [
        "/health/host?domain=juinen.localhost",
        "/health/ready",
        "/health/live",
        "/health/%72eady",
        "//health/ready",
        "/HEALTH/ready",
        "/x/../health/ready",
        "/metrics",
    ],
)
def test_what_is_for_the_inside_is_not_found_from_outside(proxy, path):
    assert proxy.get("juinen.localhost", path).status == 404


def test_host_name_of_another_is_not_served_with_this_certificate(proxy):
    """The header decides the municipality, whatever name the connection was made for: an unknown one is a 404."""
    assert proxy.get("juinen.localhost", "/", Host="nergens.localhost").status in (404, 421)


def test_token_in_an_address_is_not_in_the_log_when_no_web_server_answers(tmp_path):
    """Caddy keeps no access log, but by itself it writes the address of every request that went wrong."""
    port, nobody = free_port(), free_port()
    own = FOR_THE_TEST.format(http=port, https=free_port(), folder=tmp_path / "storage")
    text = CADDYFILE.read_text().replace("{\n", own, 1).replace("\ttls {\n\t\ton_demand\n\t}\n", "")
    text = text.replace("https:// {", f"http://:{port} {{")
    with caddy(tmp_path, text, web=nobody, answers_at=port):
        client = http.client.HTTPConnection(HOST, port, timeout=60)
        client.request("GET", "/invitation/c4n4ry-of-a-token/")
        assert client.getresponse().status == 502
    assert "c4n4ry" not in (tmp_path / "log").read_text()
