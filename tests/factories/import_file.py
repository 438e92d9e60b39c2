from typing import Any

from django.utils import timezone

from elections import models
from tests.factories.numbers import numbers


def make_import_file(**values: Any) -> Any:
    defaults = {
        "kind": "member_import",
        "original_name": f"leden{next(numbers)}.csv",
        "digest": "0" * 64,
        "uploaded_by": "Collega",
    }
    return models.ImportFile.objects.create(**defaults | values)


def make_read_file(member: Any, **values: Any) -> Any:
    """A file that was read in, and changed where `member` lives; it can be undone."""
    import_file = make_import_file(state="done", imported_at=timezone.now(), **values)
    models.ImportedMember.objects.create(
        import_file=import_file,
        member=member,
        row=2,
        is_new=False,
        version=member.version,
        before={"city": ""},
    )
    return import_file
