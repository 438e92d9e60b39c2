"""Private files, kept per municipality."""

import secrets
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

from tenants.context import current_schema

MAX_SUFFIX_LENGTH = 10


@deconstructible(path="tenants.storage.TenantStorage")
class TenantStorage(FileSystemStorage):
    """Files under MEDIA_ROOT/<schema name>, each with a name that nobody can guess.

    The place is worked out at every call, because one storage object serves all municipalities. In the public
    schema every call raises `NoMunicipality`; a path that leaves the folder raises `SuspiciousFileOperation`.
    There are no public addresses: views that check access serve the files.
    """

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        """The folder of the municipality at work."""
        return str(Path(settings.MEDIA_ROOT) / current_schema())

    @property
    def location(self) -> str:
        """The same folder as an absolute path."""
        return str(Path(self.base_location).absolute())

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A random name in the same folder and with the same suffix; what the sender called it is not kept."""
        wanted = PurePosixPath(name.replace("\\", "/"))
        suffix = wanted.suffix.lower()[:MAX_SUFFIX_LENGTH]
        folder = "" if str(wanted.parent) == "." else f"{wanted.parent}/"
        return super().get_available_name(f"{folder}{secrets.token_hex(16)}{suffix}", max_length)

    def url(self, name: str | None) -> str:
        """Files have no address of their own.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Files are served by a view that checks access.")
