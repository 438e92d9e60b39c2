"""Numbers that may never be seen again once they are stored, and a detector for every way to write them.

Valid test numbers, three for each municipality, an IBAN, an ID number of a public body and the seed of an
authenticator app. They are put where the product keeps such values; tests then look everywhere else.
"""

import base64
import io
import zipfile
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from typing import Any
from urllib.parse import quote, quote_plus

from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from elections import secrets
from elections.actions.member_import import map_columns, upload_member_list
from elections.enums import SecretKind
from elections.models import ImportFile
from elections.one_time_codes import store_seed
from tests import factories

JUINEN_BSNS = ("111222333", "999996356", "123456782")
ZONNEILAND_NUMBERS = ("1979083106", "987654329", "314159265")
IBAN = "NL02ABNA0123456789"
SEEDS = ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "KRUGKIDROVUWG2ZAMJZG653OEBTG66BA")
LISTED_BSNS = ("271828183", "161803398")
"""Stand in an uploaded list: of somebody new, and in a row with another fault."""

CANARIES = {
    **{f"BSN {number}": number for number in (*JUINEN_BSNS, *ZONNEILAND_NUMBERS, *LISTED_BSNS)},
    "IBAN": IBAN,
    **{f"seed {number}": seed for number, seed in enumerate(SEEDS)},
}


def forms_of(value: str) -> Iterator[bytes]:
    """`value` as it could be written somewhere, in lower case."""
    groups = [value]
    for sizes in ((4, 2, 3), (3, 3, 3), (4, 4, 4, 4, 4, 4, 4, 4)):
        parts, rest = [], value
        for size in sizes:
            parts, rest = [*parts, rest[:size]], rest[size:]
        groups += [sign.join(filter(None, [*parts, rest])) for sign in " .-\u00a0"]
    for text in groups:
        yield text.encode()
        yield from (quote(text).encode(), quote_plus(text).encode())
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
    raw = value.encode()
    yield raw.hex().encode()
    yield raw.hex(" ").encode()
    for template in ("%{:02x}", "\\u{:04x}", "\\x{:02x}", "&#{};", "&#x{:x};"):
        yield "".join(template.format(ord(sign)) for sign in value).encode()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw)
        # What comes before and after decides about the first and the last signs.
        yield encoded[(0, 2, 3)[offset] : len(encoded) - 4 if (offset + len(raw)) % 3 else None]


SEPARATORS = b" .-\0\xa0\xc2"
MARKERS = (b"%", b"&#", b"\\")


def _patterns() -> dict[bytes, list[tuple[bytes, str]]]:
    """Patterns with the name of their canary, by what must be in a text before it is worth looking for them."""
    found: dict[bytes, list[tuple[bytes, str]]] = {}
    for name, value in CANARIES.items():
        for pattern in {form.lower() for form in forms_of(value)}:
            plain = value.lower().encode()
            is_grouped = plain in pattern.translate(None, SEPARATORS)
            marker = plain if is_grouped else next((each for each in MARKERS if each in pattern), b"")
            found.setdefault(marker, []).append((pattern, name))
    return found


PATTERNS = _patterns()


def leaks(data: str | bytes) -> set[str]:
    """The names of the canaries in `data`, in whatever writing."""
    text = (data.encode(errors="surrogateescape") if isinstance(data, str) else bytes(data)).lower()
    # Looked through for every marker first, as pages are many and patterns too.
    bare = text.translate(None, SEPARATORS)
    return {
        name
        for marker, patterns in PATTERNS.items()
        if marker in bare
        for pattern, name in patterns
        if pattern in text
    }


def response_parts(response: Any) -> Iterator[tuple[str, bytes]]:
    """Headers with cookies, the body, and what is inside it when it is a file."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    yield "headers", f"{headers}\n{response.cookies.output()}".encode()
    body = b"".join(response.streaming_content) if response.streaming else response.content
    yield "body", body
    yield from (("file", text) for text in file_parts(body))


def file_parts(content: bytes) -> Iterator[bytes]:
    """The text of a PDF, or every part of a workbook; nothing for other files."""
    if content.startswith(b"%PDF"):
        yield content
        try:
            reader = PdfReader(io.BytesIO(content))
        except PyPdfError:
            return  # a file that only begins like a PDF
        yield "\n".join(page.extract_text() for page in reader.pages).encode()
        yield str(reader.metadata).encode()
        yield from (data for files in reader.attachments.values() for data in files)
    elif content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def mail_parts(message: Message) -> Iterator[bytes]:
    """Decoded headers and decoded parts of a mail."""
    yield "\n".join(
        f"{name}: {make_header(decode_header(str(value)))}" for name, value in message.items()
    ).encode()
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content
            yield from file_parts(content)


def store_canaries(municipality: Any, world: factories.World) -> None:
    """Store the canaries of a municipality with the members and colleagues of `world`, and upload a list with them."""
    is_island = municipality.is_public_body
    with tenant_context(municipality):
        members = [world.member, factories.make_member(), factories.make_member()]
        numbers = ZONNEILAND_NUMBERS if is_island else JUINEN_BSNS
        secrets.set_many_secrets(
            [(member, SecretKind.BSN, number) for member, number in zip(members, numbers, strict=True)],
            by=None,
        )
        if not is_island:
            secrets.set_secret(world.member, SecretKind.IBAN, IBAN, by=None)
        for user, seed in zip((world.member.user, world.staff["administrator"]), SEEDS, strict=True):
            store_seed(factories.make_authenticator(user), seed)
        world.import_file = upload_list(
            world.staff["planner"], list_of_members(world.member.number, iban=not is_island)
        )


def list_of_members(number: int, *, iban: bool = True, faulty: bool = True) -> bytes:
    """A list with numbers; one row has another fault when `faulty`."""
    account = IBAN if iban else ""
    text = (
        "Lidnummer;Achternaam;E-mail;BSN;IBAN\n"
        f"{number};Bakker;;{JUINEN_BSNS[0]};{account}\n"
        f";Nieuwkomer;nieuw@voorbeeld.nl;{LISTED_BSNS[0]};{account}\n"
    )
    if faulty:
        text += f";Fout;geen adres;{LISTED_BSNS[1][:4]}.{LISTED_BSNS[1][4:6]}.{LISTED_BSNS[1][6:]};\n"
    return text.encode()


def upload_list(user: Any, content: bytes) -> ImportFile:
    """An uploaded list whose columns are mapped."""
    import_file = upload_member_list(SimpleUploadedFile("leden.csv", content), by=user)
    mapping = {int(index): name for index, name in import_file.mapping.items()}
    map_columns(import_file, mapping, by=user)
    import_file.refresh_from_db()
    return import_file
