"""System checks of the bucket in which private files lie (S3_BUCKET): nobody but the product may read it."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.files.storage import default_storage


@register(Tags.security, deploy=True)
def bucket_is_private(**_options: Any) -> list[CheckMessage]:
    """E030 to E032, W030: files hold names, addresses and BSNs on their way in."""
    if not settings.S3_BUCKET:
        return []
    messages: list[CheckMessage] = []
    if settings.S3_ENDPOINT and urlsplit(settings.S3_ENDPOINT).scheme != "https":
        messages.append(
            Error(
                "S3_ENDPOINT is not an https:// address, so that files cross the network for all to read.",
                hint="Give the storage a certificate.",
                id="zitting.E030",
            )
        )
    if not settings.S3_ENCRYPTION:
        messages.append(
            Warning(
                "S3_ENCRYPTION is empty: the storage is not asked to encrypt files.",
                hint="AES256 or aws:kms; leave it empty only where all disks of the storage are encrypted.",
                id="zitting.W030",
            )
        )
    return [*messages, *_tried()]


def _tried() -> list[CheckMessage]:
    """Write, read and delete an empty object outside every municipality, and look at it as a stranger would."""
    from botocore.exceptions import (  # noqa: PLC0415  # slow import: only a platform with a bucket needs it
        BotoCoreError,
        ClientError,
    )

    storage: Any = default_storage
    key = f"check/{uuid.uuid4()}"
    options = {"Bucket": settings.S3_BUCKET, "Key": key}
    ours, strangers = storage.connection.meta.client, storage.unsigned_connection.meta.client
    try:
        ours.put_object(Body=b"", **options, **storage.object_parameters)
        try:
            ours.list_objects_v2(Bucket=settings.S3_BUCKET, Prefix=key, MaxKeys=1)
            ours.get_object(**options)
            open_to_all = _answers(strangers.get_object, options) or _answers(
                strangers.list_objects_v2, {"Bucket": settings.S3_BUCKET, "Prefix": key}
            )
        finally:
            ours.delete_object(**options)
    except (BotoCoreError, ClientError) as error:
        return [
            Error(
                f"Files cannot be kept in the bucket {settings.S3_BUCKET}: {error}",
                hint="Look at S3_ENDPOINT, S3_REGION, S3_ENCRYPTION and the keys, which must allow to read, write, list"
                " and delete.",
                id="zitting.E031",
            )
        ]
    if not open_to_all:
        return []
    return [
        Error(
            f"Anybody can read the bucket {settings.S3_BUCKET}, without a key.",
            hint="Block public access to it.",
            id="zitting.E032",
        )
    ]


def _answers(ask: Any, options: dict[str, str]) -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415  # slow import: as above

    try:
        ask(**options)
    except ClientError:
        return False
    return True
