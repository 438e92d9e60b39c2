"""Every file that somebody uploads to keep: looked into, given a name that says nothing, and stored privately.

    with upload_transaction():
        stored = store_upload(form.cleaned_data["file"], folder="documents")
        Document.objects.create(**stored.fields, ...)

What the sender says about a file (name, type) is never believed: `upload_child.py` looks at the content, in a process
with little memory and time. OWASP ASVS 5.0 rows 5.2.1-5.2.6, 5.3.1, 5.3.2 and 5.4.3.
"""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.documents.antivirus import check_for_viruses
from elections.documents.child import run_child
from elections.documents.files import delete_orphans
from elections.errors import FileRefused
from elections.models.stored_file import FILE_NAME_LENGTH, StoredFileModel
from tenants.context import on_commit_here
from tenants.storage import private_files

logger = logging.getLogger(__name__)

ROOT: Final = "uploads"
CHILD: Final = Path(__file__).with_name("upload_child.py")
SECONDS: Final = 30
ORPHAN_AFTER: Final = timedelta(days=1)
MEBIBYTE: Final = 1024 * 1024

# Suffix -> what it is called in a list; also what a file field accepts.
KINDS: Final[dict[str, str | Promise]] = {
    ".pdf": _("PDF"),
    ".docx": _("Word"),
    ".xlsx": _("Excel"),
    ".odt": _("LibreOffice-tekst"),
    ".ods": _("LibreOffice-rekenblad"),
    ".png": _("afbeelding"),
    ".jpg": _("afbeelding"),
    ".jpeg": _("afbeelding"),
    ".txt": _("tekst"),
}
ACCEPT: Final = ",".join(KINDS)

REFUSALS: Final[dict[str, str | Promise]] = {
    "type": _(
        "Dit soort bestand kunt u hier niet gebruiken. Kies een PDF, een Word- of Excel-bestand (.docx, .xlsx), "
        "een LibreOffice-bestand (.odt, .ods), een afbeelding (.png, .jpg) of een tekstbestand (.txt)."
    ),
    "empty": _("Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."),
    "not_what_it_says": _(
        "De naam van dit bestand past niet bij wat erin staat. Sla het opnieuw op en kies het nog eens."
    ),
    "old_office": _(
        "Dit is een oud Word- of Excel-bestand. Open het, sla het op als .docx, .xlsx of PDF en kies het opnieuw."
    ),
    "password": _(
        "Dit bestand is beveiligd met een wachtwoord. Haal het wachtwoord eraf en kies het bestand opnieuw."
    ),
    "macros": _(
        "In dit bestand zit een macro of een ander onderdeel dat iets kan uitvoeren. Sla het op als PDF en kies "
        "dat bestand."
    ),
    "active_pdf": _(
        "In deze PDF zit een programma, een bijlage of een invulformulier dat iets kan uitvoeren. Druk hem af "
        "naar een nieuwe PDF en kies dat bestand."
    ),
    "pixels": _("Deze afbeelding is te groot. Maak haar kleiner dan 40 miljoen beeldpunten."),
    "broken": _("Dit bestand is beschadigd. Open het, sla het opnieuw op en kies het nog eens."),
    "bomb": _("Dit bestand is te groot om veilig te openen. Maak het kleiner of sla het op als PDF."),
    "full": _("Er is geen ruimte om dit bestand te bewaren. Vraag de beheerder om hulp."),
    "name": _("De naam van dit bestand kunnen wij niet gebruiken. Geef het een andere naam."),
}

# The files stored in the transaction that is going on; None outside one.
_stored: ContextVar[list[str] | None] = ContextVar("stored_uploads", default=None)


@dataclass(frozen=True)
class StoredFile:
    """What to keep about a stored file. `file`: its name in the storage; the rest as StoredFileModel tells."""

    file: str
    file_name: str
    media_type: str
    size: int
    digest: str

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of StoredFileModel with their values."""
        return asdict(self)


@contextmanager
def upload_transaction() -> Iterator[None]:
    """`transaction.atomic()` for an action that stores files: when it fails, its files go too.

    But not when only its COMMIT fails: a connection that broke then does not tell whether the rows are there. What has
    no row is left to `sweep_orphans`.

    Also usable as a decorator. One inside another is part of the outer one. It may not be inside a plain atomic():
    that could fail after this one ended well, and would leave files behind.
    """
    if _stored.get() is not None:
        with transaction.atomic():
            yield
        return
    names: list[str] = []
    token = _stored.set(names)
    try:
        with transaction.atomic(durable=True):
            try:
                yield
            except BaseException:
                for name in names:
                    _remove(name)
                raise
    finally:
        _stored.reset(token)


def store_upload(upload: File, *, folder: str) -> StoredFile:
    """Check an uploaded file and put it in the municipality's private storage, inside an `upload_transaction`.

    Parameters:
        upload: as Django's form gives it.
        folder: the noun that it belongs to, such as "documents"; it lies in `uploads/<folder>/`.

    Returns:
        What to put in the fields of a StoredFileModel. A picture is painted anew, so it may be smaller than it was.

    Raises:
        ActionError: with a sentence for the sender, when the file is too large, of another kind than allowed or than
            its name says, able to run something, infected, not checkable, or when the disk is full. Nothing is kept.
    """
    names = _stored.get()
    if names is None:
        raise RuntimeError("store_upload() needs upload_transaction() around it")
    file_name = clean_file_name(upload.name or "")
    suffix = PurePosixPath(file_name).suffix.lower()
    if suffix not in KINDS:
        raise refusal("type")
    media_type, data = _looked_into(_read(upload), suffix)
    name = default_storage.get_available_name(f"{ROOT}/{folder}/file{suffix}")
    names.append(name)
    try:
        write_upload(name, data, check=check_for_viruses)
    except BaseException:
        _remove(name)
        raise
    return StoredFile(name, file_name, media_type, len(data), hashlib.sha256(data).hexdigest())


def delete_stored(name: str) -> None:
    """Delete a stored file when the transaction commits, unless some row still points to it then."""

    def delete() -> None:
        if name and not _in_use({name}):
            default_storage.delete(name)

    on_commit_here(delete)


def sweep_orphans() -> int:
    """Delete the uploaded files of over a day old that no row points to. Returns how many.

    A killed process and an erased conversation leave them behind. No transaction lasts a day, so a file whose row is
    still being written is younger.
    """
    deleted = delete_orphans(ROOT, older_than=ORPHAN_AFTER, in_use=_in_use)
    if deleted:
        logger.info("%s uploaded files without a row were deleted", deleted)
    return deleted


def clean_file_name(name: str) -> str:
    """A name that can be shown and offered for download: no folders, no control or direction characters.

    Direction characters let "gnp.exe" look like "exe.png" (CWE-451). Raises ActionError when nothing is left.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        "-" if letter in '<>:"|?*%;' else letter
        for letter in last
        if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    path = PurePosixPath(" ".join(visible.split()).strip(". ") or "-")
    stem = path.stem.strip(". -")
    if not stem:
        raise refusal("name")
    return f"{stem[: FILE_NAME_LENGTH - len(path.suffix)].rstrip()}{path.suffix}"[-FILE_NAME_LENGTH:]


def kind_words(file_name: str) -> str:
    """What a file is called in a list: "PDF", "Word", "afbeelding"."""
    return str(KINDS.get(PurePosixPath(file_name).suffix.lower(), _("bestand")))


def refusal(code: str) -> FileRefused:
    """The error that tells why a file is refused; `code` is a key of REFUSALS."""
    return FileRefused(str(REFUSALS[code]))


def most_megabytes() -> int:
    """UPLOAD_MAX_BYTES as people say it."""
    return int(settings.UPLOAD_MAX_BYTES // MEBIBYTE)


def too_large() -> FileRefused:
    """The error of a file over UPLOAD_MAX_BYTES."""
    return FileRefused(
        _("Dit bestand is te groot. Het maximum is %(limit)s MB.") % {"limit": most_megabytes()}
    )


def _read(upload: File) -> bytes:
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    upload.seek(0)
    data = upload.read(settings.UPLOAD_MAX_BYTES + 1)
    if len(data) > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    return bytes(data)


def _looked_into(data: bytes, suffix: str) -> tuple[str, bytes]:
    first_line, _newline, rewritten = run_child(CHILD, suffix, data, seconds=SECONDS).partition(b"\n")
    if not first_line:
        raise refusal("bomb")
    answer = json.loads(first_line)
    if "refused" in answer:
        raise refusal(answer["refused"])
    return answer["media_type"], rewritten if answer["rewritten"] else data


def write_upload(name: str, data: bytes, *, check: Callable[[Path], None] = lambda path: None) -> None:
    """Keep a new private file under `name`, whole or not at all.

    check: looks at the file before it gets its name, and raises when it may not be kept.

    Raises ActionError when it cannot be kept.
    """
    try:
        with private_files.writing(name) as path:
            path.write_bytes(data)
            check(path)
    except OSError as error:
        logger.exception("an upload cannot be stored")
        raise refusal("full") from error


def _remove(name: str) -> None:
    """Take back what was stored; a disk that refuses that too leaves it to the nightly sweep."""
    with suppress(OSError):
        default_storage.delete(name)


def _in_use(names: set[str]) -> set[str]:
    """Those of `names` that a row points to."""
    return {
        name
        for model in StoredFileModel.__subclasses__()
        for name in model._default_manager.filter(file__in=names).values_list("file", flat=True)
    }
