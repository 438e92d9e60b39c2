from typing import Any

from elections import models
from tests.factories.publication import publication
from tests.factories.stored_file import stored_file


def make_document(*members: Any, content: bytes = b"tekst", **values: Any) -> Any:
    """A text file that shows now, for everybody or for these members."""
    file = stored_file("documents", content)
    return models.Document.objects.create(**publication(members, file | values))
