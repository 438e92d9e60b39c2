"""A real S3 server (SeaweedFS) with one private bucket, which encrypts what it keeps."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from config.processes import HOST, free_port, stop_with_parent, wait_until
from tests.tools import tool

STARTS_WITHIN = 60
BUCKET = "zitting"
ACCESS_KEY = "zitting"


@dataclass(frozen=True)
class S3Server:
    endpoint: str
    secret_key: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def client(self) -> Any:
        """As whoever holds the keys, past the product."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=self.secret_key,
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
        )

    def keys(self) -> list[str]:
        """What is in the bucket."""
        return sorted(each["Key"] for each in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", []))

    def empty(self) -> None:
        """Remove all that is in the bucket."""
        for key in self.keys():
            self.client.delete_object(Bucket=BUCKET, Key=key)

    def environment(self) -> dict[str, str]:
        """For another process of the product that keeps its files here."""
        return {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT": self.endpoint,
            "S3_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def _makes_bucket(self) -> bool:
        """Whether the bucket is there, and a file can be kept in it."""
        try:
            with suppress(ClientError):  # made by an earlier try
                self.client.create_bucket(Bucket=BUCKET)
            self.client.put_object(Bucket=BUCKET, Key="begin", Body=b"x", ServerSideEncryption="AES256")
        except (ClientError, BotoCoreError):
            return False
        return True


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Start one that keeps its files in `folder`, on ports that are free."""
    weed, secret_key = tool("weed"), secrets.token_hex(20)
    identity = {
        "name": "zitting",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    data = folder / "data"
    data.mkdir()
    ports = {
        f"-{part}.port{kind}": free_port()
        for part in ("master", "volume", "filer", "s3")
        for kind in ("", ".grpc")
    }
    command = [
        weed,
        "-logtostderr",
        "server",
        f"-dir={data}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        "-filer",
        "-s3",
    ]
    command += [f"{name}={port}" for name, port in ports.items()]
    command += [f"-s3.config={folder / 's3.json'}", "-master.telemetry=false"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    command += ["-volume.max=50", "-master.volumeSizeLimitMB=32"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, "WEED_S3_SSE_KEK": secrets.token_hex(32)},
            preexec_fn=stop_with_parent(signal.SIGKILL),
        )
    server = S3Server(f"http://{HOST}:{ports['-s3.port']}", secret_key, data, process)
    try:
        wait_until(
            server._makes_bucket, STARTS_WITHIN, f"SeaweedFS does not start: {folder / 'log'}", process
        )
        server.empty()
        yield server
    finally:
        process.kill()
        process.wait()
