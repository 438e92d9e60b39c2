import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories.numbers import numbers


def stored_file(folder: str, content: bytes) -> dict[str, Any]:
    """The columns of a row with a text file, which is kept in this folder."""
    return {
        "file": default_storage.save(f"uploads/{folder}/file.txt", ContentFile(content)),
        "file_name": f"bestand{next(numbers)}.txt",
        "media_type": "text/plain",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
