"""The temporary file of a large upload goes at once when it cannot be written: Django would leave it for a while."""

from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TemporaryFileHandler(TemporaryFileUploadHandler):
    """Gives the room back that the part of the file took which still fitted."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        """Write a chunk. Raises OSError as the disk does."""
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError:
            self._remove()
            raise

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The whole file. Raises OSError when its last bytes cannot be written."""
        try:
            return super().file_complete(file_size)
        except OSError:
            self._remove()
            raise

    def _remove(self) -> None:
        with suppress(OSError):  # closing tries to write once more; the file goes all the same
            self.file.close()
