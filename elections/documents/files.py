"""Documents in the municipality's private storage, under names that the product itself decides."""

import os
import tempfile
from pathlib import Path

from django.core.files.storage import default_storage

UNFINISHED = ".part"


def write_private(name: str, content: bytes) -> None:
    """Put `content` under `name`, whole or not at all; a file of that name is replaced.

    Storage's own save() would give a free random name. Here a task that is run twice must end with one file. The
    folder must belong to one document only: what a killed writer left unfinished in it is removed.
    Raises SuspiciousFileOperation when `name` leaves the municipality's folder.
    """
    path = Path(default_storage.path(name))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        for unfinished in path.parent.glob(f"*{UNFINISHED}"):
            unfinished.unlink(missing_ok=True)
