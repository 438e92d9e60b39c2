"""Private files in a bucket of S3-compatible storage, for web servers and workers on several machines.

The twin of `tenants.storage.TenantStorage`: the same names, under `<schema name>/` in one bucket. Settings: S3_BUCKET
and what stands beside it in config.settings.
"""

import errno
import os
import posixpath
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation, SuspiciousOperation
from django.core.files import File
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage
from storages.utils import clean_name, safe_join

from tenants.context import current_schema
from tenants.storage import PrivateStorage, StoredEntry

IN_MEMORY: Final = 1024 * 1024
"""Bytes of a file that is read that stay in memory; the rest goes to the temporary folder."""
DELETED_AT_ONCE: Final = 1000  # as many as S3 takes in one request


@contextmanager
def _as_os_error(name: str) -> Iterator[None]:
    """What goes wrong at the other end, as the product knows it from a disk."""
    try:
        yield
    except ClientError as error:
        raise OSError(_number(error), f"the S3 storage refused: {_code(error)}", name) from error
    except (BotoCoreError, Boto3Error) as error:
        cause = error.__context__
        if isinstance(cause, ClientError):
            raise OSError(_number(cause), f"the S3 storage refused: {_code(cause)}", name) from error
        raise OSError(errno.EIO, f"the S3 storage cannot be reached: {type(error).__name__}", name) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _number(error: ClientError) -> int:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return {404: errno.ENOENT, 403: errno.EACCES, 507: errno.ENOSPC}.get(status, errno.EIO)


@deconstructible(path="tenants.s3_storage.TenantS3Storage")
class TenantS3Storage(PrivateStorage, S3Storage):
    """Objects under `<schema name>/` in settings.S3_BUCKET, encrypted by the server, each with a name nobody can guess.

    The keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from where boto3 looks otherwise (the role of a
    machine or of a Kubernetes service account). Nobody but the holder of the keys can read an object, as long as
    the bucket is private; `manage.py check --deploy` tries.
    """

    def __init__(self) -> None:
        encryption = settings.S3_ENCRYPTION
        super().__init__(
            bucket_name=settings.S3_BUCKET,
            endpoint_url=settings.S3_ENDPOINT or None,
            region_name=settings.S3_REGION or None,
            object_parameters={"ServerSideEncryption": encryption} if encryption else {},
            default_acl=None,
            location="",  # the municipality's, at each call: _normalize_name
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": settings.S3_ADDRESSING},
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 4},
                # Servers of other makers do not know the newer checksums of Amazon's.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _normalize_name(self, name: str) -> str:
        # Before the try: it is the public schema that must be heard of, and not a suspicious name.
        schema = current_schema()
        if name.startswith("/"):
            raise SuspiciousFileOperation(f"Attempted access to '{name}' denied.")
        try:
            return str(safe_join(schema, name))
        except (ValueError, SuspiciousOperation):
            raise SuspiciousFileOperation(f"Attempted access to '{name}' denied.") from None

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        return self._normalize_name(clean_name(name) if name else "")

    def _prefix(self, folder: str) -> str:
        return f"{self._key(folder).rstrip('/')}/"

    def _open(self, name: str, mode: str = "rb") -> File:
        """The whole content, here: what goes wrong then goes wrong at `open`, as with a file on a disk."""
        if mode != "rb":
            raise ValueError("Files are read here with open(), and written with save() and writing().")
        key = self._key(name)
        spool = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - the caller closes it
            max_size=IN_MEMORY, dir=settings.FILE_UPLOAD_TEMP_DIR
        )
        try:
            with _as_os_error(name):
                shutil.copyfileobj(self._client.get_object(Bucket=self.bucket_name, Key=key)["Body"], spool)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return File(spool, name)

    def _save(self, name: str, content: Any) -> str:
        with _as_os_error(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is fine."""
        with suppress(FileNotFoundError), _as_os_error(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        with _as_os_error(name):
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        """Bytes of a file."""
        with _as_os_error(name):
            return int(
                self._client.head_object(Bucket=self.bucket_name, Key=self._key(name))["ContentLength"]
            )

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """The folders and the files directly in a folder."""
        prefix, folders, files = self._prefix(path), [], []
        for page in self._pages(path, Prefix=prefix, Delimiter="/"):
            folders += [
                posixpath.basename(each["Prefix"].rstrip("/")) for each in page.get("CommonPrefixes", [])
            ]
            files += [each["Key"].removeprefix(prefix) for each in page.get("Contents", [])]
        return folders, files

    def _pages(self, folder: str, **options: str) -> Iterator[dict[str, Any]]:
        with _as_os_error(folder):
            yield from self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket_name, **options
            )

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        """As PrivateStorage. Written in the temporary folder; S3 itself shows an object whole or not at all."""
        key = self._key(name)
        with _temporary(Path(name).suffix) as path:
            yield path
            with _as_os_error(name):
                self._client.upload_file(
                    str(path), self.bucket_name, key, ExtraArgs=self._get_write_parameters(key)
                )

    @contextmanager
    def local_copy(self, name: str) -> Iterator[Path]:
        """As PrivateStorage: a temporary copy, which goes at the end of the block."""
        with self.open(name) as source, _temporary(Path(name).suffix) as path:
            with path.open("wb") as target:
                shutil.copyfileobj(source, target)
            yield path

    def entries(self, folder: str = "") -> Iterator[StoredEntry]:
        """As PrivateStorage, in the order of their names."""
        schema = self._prefix("")
        for page in self._pages(folder, Prefix=self._prefix(folder)):
            for each in page.get("Contents", []):
                yield StoredEntry(each["Key"].removeprefix(schema), each["Size"], each["LastModified"])

    def folders(self, folder: str) -> list[str]:
        """As PrivateStorage. Those with a file: some servers go on listing folders that are empty by now."""
        prefix = f"{folder.rstrip('/')}/"
        below = (entry.name.removeprefix(prefix) for entry in self.entries(folder))
        return sorted({name.partition("/")[0] for name in below if "/" in name})

    def delete_folder(self, folder: str) -> None:
        """As PrivateStorage, a thousand objects at a time."""
        schema = self._prefix("")
        keys = [schema + entry.name for entry in self.entries(folder)]
        for begin in range(0, len(keys), DELETED_AT_ONCE):
            objects = [{"Key": key} for key in keys[begin : begin + DELETED_AT_ONCE]]
            with _as_os_error(folder):
                self._client.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": objects, "Quiet": True}
                )

    def shred(self, name: str) -> None:
        """Delete it. What the server does with the blocks is the server's; they are encrypted with its key."""
        self.delete(name)


@contextmanager
def _temporary(suffix: str) -> Iterator[Path]:
    """An empty file of this user alone, which is gone afterwards."""
    handle, name = tempfile.mkstemp(suffix=suffix, dir=settings.FILE_UPLOAD_TEMP_DIR)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
