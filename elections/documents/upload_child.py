"""The child process that looks into an uploaded file. Run as a script by `elections.documents.upload`, never imported.

A file comes from outside: a small one can ask for gigabytes of memory, or make a parser hang or crash. So it is opened
here, with limits that the operating system keeps. This file knows neither Django nor the rest of Zitting, so that it
starts fast and holds nothing worth stealing.

Standard input: the bytes of the file. Argument: the suffix of its name. Standard output: one line of JSON,
`{"media_type", "rewritten"}` or `{"refused": code}`; when `rewritten` is true, the bytes to keep in place of those
that came follow it. The rules are rows 5.2.1 to 5.2.6 of the OWASP ASVS 5.0.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

MEBIBYTE = 1024 * 1024
MEMORY_BYTES = 768 * MEBIBYTE
CPU_SECONDS = 20

MAX_PIXELS = 40_000_000
MAX_SIDE = 3_000
JPEG_QUALITY = 85

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 100 * MEBIBYTE
MAX_RATIO = 100
SMALL_ENOUGH_BYTES = MEBIBYTE  # below this, how well a part was packed does not matter
MAX_OBJECTS = 200_000
MAX_DEPTH = 100

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
TEXT = "text/plain"
SUFFIXES = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
    ODS: (".ods",),
    TEXT: (".txt",),
}

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGIC = b"PK\x03\x04"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC = b"\xff\xd8\xff"
# Parts of an office document that run, or that call something from elsewhere into it.
ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject|vbadata|activex|macrosheets|oleobject|ctrlprops)|^(basic|scripts)/|^object [^/]*/basic/"
)
ACTIVE_TYPES = ("macroenabled", "vbaproject", "activex", "macrosheet")
# Elements of an OpenDocument file that call a macro, another program or a page (ISO 26300).
ACTIVE_ELEMENTS = frozenset(
    (
        "event-listener",
        "floating-frame",
        "plugin",
        "applet",
        "object-ole",
        "dde-source",
        "dde-connection-decl",
    )
)
# Actions of a PDF that do more than go to a page or open a link (ISO 32000-2, table 201).
ACTIVE_ACTIONS = frozenset(
    (
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/RichMediaExecute",
    )
)
ACTIVE_KEYS = frozenset(("/JavaScript", "/EmbeddedFiles", "/XFA"))
ACTIVE_SUBTYPES = frozenset(("/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Screen", "/Sound"))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


class Refused(Exception):
    """The file is not taken; the argument is a code that `elections.documents.upload` puts into words."""


def limit_resources() -> None:
    """Memory, processor time and files, kept by the operating system."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def looked_into(data: bytes, suffix: str) -> tuple[str, bytes | None]:
    """What the file is, and the bytes to keep instead of it (None: keep it as it came). Raises Refused."""
    if not data.strip():
        raise Refused("empty")
    rewritten = None
    if data.startswith(b"%PDF-"):
        kind = PDF
        check_pdf(data)
    elif data.startswith((PNG_MAGIC, JPEG_MAGIC)):
        kind = PNG if data.startswith(PNG_MAGIC) else JPEG
        rewritten = drawn_again(data, kind)
    elif data.startswith(ZIP_MAGIC):
        kind = office_kind(data)
    elif data.startswith(OLE_MAGIC):
        raise Refused("password" if "EncryptedPackage".encode("utf-16-le") in data else "old_office")
    else:
        kind, rewritten = TEXT, plain_text(data)
    if suffix not in SUFFIXES[kind]:
        raise Refused("not_what_it_says")
    return kind, rewritten


def plain_text(data: bytes) -> bytes:
    """The text in UTF-8; what Windows wrote becomes that too."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if CONTROL.search(text):
            break
        return text.encode()
    raise Refused("type")


def drawn_again(data: bytes, kind: str) -> bytes:
    """The picture painted anew: whatever else the file held is gone, also where and with what a photo was taken."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - slow import: other files do without it

    Image.MAX_IMAGE_PIXELS = None  # our own limit comes before anything is unpacked
    name = "PNG" if kind == PNG else "JPEG"
    with Image.open(io.BytesIO(data), formats=(name,)) as image:
        if image.width * image.height > MAX_PIXELS:
            raise Refused("pixels")
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image.load()
        upright = ImageOps.exif_transpose(image)
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    see_through = kind == PNG and ("A" in upright.getbands() or "transparency" in upright.info)
    painted = upright.convert("RGBA" if see_through else "RGB")
    painted.info = {}
    output = io.BytesIO()
    painted.save(output, name, optimize=kind == PNG, quality=JPEG_QUALITY)
    return output.getvalue()


def check_pdf(data: bytes) -> None:
    """Refuse a PDF that can run something, carries other files, or is locked.

    Every object is looked at, also those that no page points to: readers disagree about which count.
    A damaged PDF is refused, because readers mend it each in their own way.
    """
    import pikepdf  # noqa: PLC0415 - slow import: other files do without it

    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if len(pdf.objects) > MAX_OBJECTS:
                raise Refused("bomb")
            if not len(pdf.pages):
                raise Refused("broken")
            for thing in pdf.objects:
                check_object(thing)
            opening = pdf.Root.get("/OpenAction")
            if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
                raise Refused("active_pdf")
    except pikepdf.PasswordError as error:
        raise Refused("password") from error


def check_object(thing: Any, depth: int = 0) -> None:
    """One object of a PDF, with what lies directly in it."""
    import pikepdf  # noqa: PLC0415 - slow import: other files do without it

    if depth > MAX_DEPTH:
        raise Refused("bomb")
    if isinstance(thing, pikepdf.Array):
        parts: Iterator[Any] = iter(thing)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if ACTIVE_KEYS & set(thing.keys()) or str(thing.get("/Type", "")) == "/EmbeddedFile":
            raise Refused("active_pdf")
        # By its contents: a short name such as /EF may also be that of a font.
        embedded = thing.get("/EF")
        if isinstance(embedded, pikepdf.Dictionary) and {"/F", "/UF"} & set(embedded.keys()):
            raise Refused("active_pdf")
        if str(thing.get("/S", "")) in ACTIVE_ACTIONS or str(thing.get("/Subtype", "")) in ACTIVE_SUBTYPES:
            raise Refused("active_pdf")
        parts = (value for _key, value in thing.items())
    else:
        return
    for part in parts:
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            check_object(part, depth + 1)


def office_kind(data: bytes) -> str:
    """Which office document a zip holds; one that unpacks to too much, or that runs something, is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_directory(archive.infolist())
            names = {part.filename.lower() for part in archive.infolist()}
            if any(ACTIVE_PARTS.search(name) for name in names):
                raise Refused("macros")
            # Unpacks every part, with the sizes that were checked above as its limit.
            if archive.testzip() is not None:
                raise Refused("broken")
            if "[content_types].xml" in names:
                return open_xml_kind(archive, names)
            if "mimetype" in names:
                return open_document_kind(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise Refused("broken") from error
    raise Refused("type")


def check_directory(parts: list[zipfile.ZipInfo]) -> None:
    """The table of contents of a zip: locked, too much, or with names that leave its folder."""
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("password")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise Refused("bomb")
    if len({part.filename.lower() for part in parts}) != len(parts):
        raise Refused("broken")
    for part in parts:
        if part.file_size > SMALL_ENOUGH_BYTES and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise Refused("bomb")
        if part.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part.filename):
            raise Refused("broken")


def open_xml_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Word or Excel (ECMA-376), without macros, controls or a template from elsewhere."""
    for part in archive.infolist():
        name = part.filename.lower()
        if name == "[content_types].xml" and any(map(is_active_type, elements(archive, part))):
            raise Refused("macros")
        if name.endswith(".rels") and any(map(calls_from_outside, elements(archive, part))):
            raise Refused("macros")
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise Refused("type")


def elements(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[str, dict[str, str]]]:
    """The name of each element in an XML part, without its namespace, with its attributes.

    Parsed, as Office does: quotes, white space, entities and UTF-16 hide a word from whoever searches the bytes.
    """
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 - slow import: other files do without it

    with archive.open(part) as content:
        for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                yield local(element.tag), {local(name): value for name, value in element.attrib.items()}
            else:
                element.clear()


def local(name: str) -> str:
    """A name in XML without its namespace."""
    return name.rpartition("}")[2]


def is_active_type(element: tuple[str, dict[str, str]]) -> bool:
    """Whether the table of contents of a Word or Excel document names a part that runs."""
    kind = element[1].get("ContentType", "").lower()
    return any(mark in kind for mark in ACTIVE_TYPES)


def calls_from_outside(relation: tuple[str, dict[str, str]]) -> bool:
    """Whether a document lets its program fetch something from an address when it is opened: all but a link."""
    attributes = relation[1]
    is_outside = attributes.get("TargetMode", "").strip().lower() == "external"
    return is_outside and not attributes.get("Type", "").strip().endswith("/hyperlink")


def open_document_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Text or spreadsheet of LibreOffice (ISO 26300), of which no event or frame calls anything."""
    kind = archive.read("mimetype").decode("ascii", "replace").strip()
    if kind not in (ODT, ODS) or "content.xml" not in names:
        raise Refused("type")
    for part in archive.infolist():
        if part.filename.lower().endswith(("content.xml", "styles.xml")) and any(
            name in ACTIVE_ELEMENTS for name, _attributes in elements(archive, part)
        ):
            raise Refused("macros")
    return kind


def main() -> None:
    """Read standard input, write what it is or the reason of refusal."""
    limit_resources()
    rewritten = None
    try:
        kind, rewritten = looked_into(sys.stdin.buffer.read(), sys.argv[1])
        answer: dict[str, Any] = {"media_type": kind, "rewritten": rewritten is not None}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except (MemoryError, RecursionError):
        answer = {"refused": "bomb"}
    except Exception:  # noqa: BLE001 - whatever a parser trips over, the file is not one we can vouch for
        answer = {"refused": "broken"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + (rewritten or b""))


if __name__ == "__main__":
    main()
