"""Making files ready for members: adding, replacing, publishing and taking back."""

from dataclasses import dataclass

from django.core.files import File
from django.db import transaction

from elections import audit
from elections.actions import announcement
from elections.actions.announcement import ChooseAudience, Posting
from elections.documents.upload import StoredFile, delete_stored, store_upload, upload_transaction
from elections.models import Document, User

FOLDER = "documents"


@dataclass(frozen=True)
class About:
    """What stands beside the title of a document: the group that it stands in, and one line about it."""

    category: str = ""
    description: str = ""


@upload_transaction()
def create_document(
    posting: Posting, about: About, upload: File, *, choose_audience: ChooseAudience, by: User
) -> Document:
    """Keep a file as a draft that no member sees yet. Call it outside a transaction.

    Raises ActionError as announcement.save and documents.upload.store_upload; nothing is kept then.
    """
    document = Document()
    fields = _columns(about, store_upload(upload, folder=FOLDER))
    announcement.save(document, posting, fields, choose_audience=choose_audience, version=None, by=by)
    return document


@upload_transaction()
def update_document(
    document: Document,
    posting: Posting,
    about: About,
    upload: File | None,
    *,
    choose_audience: ChooseAudience,
    version: int,
    by: User,
) -> None:
    """Change what is said of a document; with `upload` also the file itself. Call it outside a transaction.

    A new file is new for everybody: it counts as unread again, and members are told of it as the first time. The old
    file goes when the transaction commits.

    Raises ActionError and ChangedElsewhere as announcement.save, ActionError as store_upload.
    """
    stored = store_upload(upload, folder=FOLDER) if upload else None
    old_file = announcement.lock(document, version).file
    announcement.save(
        document, posting, _columns(about, stored), choose_audience=choose_audience, version=version, by=by
    )
    if stored is None:
        return
    again = document.readings.all().delete()[0]
    Document.objects.filter(pk=document.pk).update(announced_at=None)
    delete_stored(old_file)
    audit.record("document.replace", by=by, on=document, readings=again)
    announcement.announce_now(document)


@transaction.atomic
def delete_document(document: Document, *, version: int, by: User) -> None:
    """Remove a draft and its file. Raises ActionError and ChangedElsewhere as announcement.delete_draft."""
    announcement.delete_draft(document, version=version, by=by)
    delete_stored(document.file)


def _columns(about: About, stored: StoredFile | None) -> dict[str, object]:
    columns: dict[str, object] = {"category": about.category, "description": about.description}
    return columns | (stored.fields if stored else {})
