"""`check --deploy` tries the bucket, on a real S3 server: one that is closed, one that is open, one that is away."""

import json

import pytest

from config.storage_checks import bucket_is_private
from tests.s3_server import BUCKET

OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}


def found():
    return [message.id for message in bucket_is_private()]


@pytest.fixture
def open_bucket(bucket):
    bucket.client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(OPEN))
    yield bucket
    bucket.client.delete_bucket_policy(Bucket=BUCKET)


def test_files_in_a_folder_need_no_bucket(settings):
    assert settings.S3_BUCKET == ""
    assert found() == []


def test_closed_bucket_is_fine_and_left_empty(bucket):
    """But for the address of the test's server, which has no certificate."""
    assert found() == ["zitting.E030"]
    assert bucket.keys() == []


def test_bucket_that_anybody_can_read_is_refused(open_bucket):
    assert found() == ["zitting.E030", "zitting.E032"]


def test_wrong_key_is_told(bucket, settings, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    settings.STORAGES = dict(settings.STORAGES)  # a new storage object reads the new key
    assert found() == ["zitting.E030", "zitting.E031"]


def test_bucket_without_encryption_is_warned_of(bucket, settings):
    settings.S3_ENCRYPTION = ""
    settings.STORAGES = dict(settings.STORAGES)
    assert "zitting.W030" in found()
