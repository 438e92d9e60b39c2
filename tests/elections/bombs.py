"""Thirteen small files that ask for a lot: memory, time, or a parser that never ends. All made here."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from PIL import Image

from tests.elections.sheet_files import SHEET, ods, ods_book, ods_cell, ods_row, ods_table, repacked, xlsx

HEADING: Final = ["Achternaam", "E-mail"]
LAUGHS: Final = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))


def zeros() -> bytes:
    """Sixty megabytes of spaces in one part."""
    return repacked(xlsx([HEADING]), SHEET, lambda xml: xml + b" " * 60_000_000)


def parts() -> bytes:
    """Three hundred parts."""
    with zipfile.ZipFile(buffer := io.BytesIO(xlsx([HEADING])), "a") as archive:
        for number in range(300):
            archive.writestr(f"xl/media/image{number}.png", b"x")
    return buffer.getvalue()


def repetition() -> bytes:
    """Two million rows with one empty cell."""
    cells = b"<row><c/></row>" * 2_000_000 + b"</sheetData>"
    return repacked(xlsx([HEADING]), SHEET, lambda xml: xml.replace(b"</sheetData>", cells))


def entities() -> bytes:
    """A billion laughs in a workbook."""
    head = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY l0 "ha">' + LAUGHS + b"]>"
    return repacked(
        xlsx([HEADING]),
        "xl/workbook.xml",
        lambda xml: head + xml.partition(b"?>")[2].replace(b'name="Leden"', b'name="&l9;"'),
    )


def far_row() -> bytes:
    """A row with a number that no sheet has."""
    row = b'<row r="9999999999"><c><v>1</v></c></row></sheetData>'
    return repacked(xlsx([HEADING]), SHEET, lambda xml: xml.replace(b"</sheetData>", row))


def dense_grid() -> bytes:
    """Two cells in opposite corners of the largest sheet: a parser that makes the whole grid asks for 549 GB."""
    cells = (
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )

    def change(xml: bytes) -> bytes:
        return xml[: xml.index(b"<sheetData>")].replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"') + cells

    return repacked(xlsx([HEADING]), SHEET, change)


def one_shared_text() -> bytes:
    """One long text that forty thousand cells refer to."""
    rows = b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 19_000

    def change(xml: bytes) -> bytes:
        return xml[: xml.index(b"<sheetData>")] + b"<sheetData>" + rows + b"</sheetData></worksheet>"

    return repacked(xlsx([["x" * 30_000]]), SHEET, change)


def ods_repeated() -> bytes:
    """One cell that stands there seventeen thousand million times."""
    cell = ods_cell("x", 'table:number-columns-repeated="16384"')
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return ods_book("".join(ods_table(ods_row(HEADING) + row, name=f"Blad{number}") for number in range(200)))


def ods_entities() -> bytes:
    """A billion laughs in an OpenDocument sheet."""
    head = '<!DOCTYPE s [<!ENTITY l0 "ha">' + LAUGHS.decode() + "]>"
    return ods_book(ods_table(ods_row([*HEADING]).replace("E-mail", "&l9;")), head=head)


def lying_zip() -> bytes:
    """An archive whose table of contents says that a part is small, and that unpacks to a hundred megabytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b" " * 100_000_000) + packer.flush()
    data = bytearray(
        repacked(ods([HEADING, ["Jansen", "j@voorbeeld.nl"]]), "content.xml", lambda _xml: packed)
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        part = archive.getinfo("content.xml")
    # The content was packed twice; unpack it once by calling it the plain one, in both places that tell its size.
    start = data.index(b"content.xml") - 30
    body = start + 30 + len("content.xml")
    central = data.rindex(b"content.xml") - 46
    sizes = struct.pack("<LL", len(packed), 1000)
    after = bytes(data[body + part.compress_size :])
    data[start + 18 : start + 26] = data[central + 20 : central + 28] = sizes
    shift = len(packed) - part.compress_size
    whole = bytearray(bytes(data[:body]) + packed + after)
    end = whole.rindex(b"PK\x05\x06")
    whole[end + 16 : end + 20] = struct.pack("<L", struct.unpack("<L", whole[end + 16 : end + 20])[0] + shift)
    whole[central + shift : central + shift + 46] = data[central : central + 46]
    manifest = whole.rindex(b"META-INF/manifest.xml") - 46
    offset = struct.unpack("<L", whole[manifest + 42 : manifest + 46])[0]
    whole[manifest + 42 : manifest + 46] = struct.pack("<L", offset + shift)
    return bytes(whole)


def pixels() -> bytes:
    """A picture of four hundred million pixels."""
    Image.new("1", (20_000, 20_000)).save(buffer := io.BytesIO(), "PNG")
    return buffer.getvalue()


def pdf_table() -> bytes:
    """A PDF whose table of contents unpacks to six hundred megabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _megabyte in range(600)) + packer.flush()
    body = (
        b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    )
    table = b"<</Type/XRef/Size 4/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % len(packed)
    start = len(body)
    body += b"3 0 obj\n" + table + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    return body + b"startxref\n%d\n%%%%EOF\n" % start


def svg_entities() -> bytes:
    """A billion laughs in a drawing."""
    return (
        b'<!DOCTYPE svg [<!ENTITY l0 "ha">' + LAUGHS + b"]><svg xmlns='http://www.w3.org/2000/svg'>&l9;</svg>"
    )


SHEETS: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "zeros": ("leden.xlsx", zeros),
    "parts": ("leden.xlsx", parts),
    "repetition": ("leden.xlsx", repetition),
    "entities": ("leden.xlsx", entities),
    "far row": ("leden.xlsx", far_row),
    "dense grid": ("leden.xlsx", dense_grid),
    "one shared text": ("leden.xlsx", one_shared_text),
    "ods, repeated": ("leden.ods", ods_repeated),
    "ods, entities": ("leden.ods", ods_entities),
    "zip that lies": ("leden.ods", lying_zip),
}
"""Bombs for the import of members."""

DOCUMENTS: Final[dict[str, tuple[str, Callable[[], bytes]]]] = {
    "pixels": ("foto.png", pixels),
    "pdf": ("uitleg.pdf", pdf_table),
    "svg": ("tekening.svg", svg_entities),
}
"""Bombs for the files that the team keeps for members."""
