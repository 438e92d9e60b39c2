"""Twenty-five files that somebody could send as a logo: refused, or drawn anew so that only the picture is left."""

import gzip
import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from tenants import house_style, pictures
from tenants.models import Logo

SCRIPT = b"<script>alert(document.domain)</script>"
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def svg(inner: str = "", before: str = "", attributes: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inner}</svg>'.encode()


def picture(
    format: str = "PNG", size: tuple[int, int] = (80, 40), mode: str = "RGB", **options: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, format, **options)
    return out.getvalue()


def with_text(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    return picture(pnginfo=info)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def huge_png() -> bytes:
    """A few bytes that claim to be 60,000 by 60,000."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def bomb_text() -> bytes:
    """A PNG whose compressed text unpacks to 100 MB."""
    text = chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"\x00" * 100_000_000))
    whole = picture()
    return whole[:33] + text + whole[33:]


REFUSED = {
    "svg": svg(),
    "svg script": svg("<script>alert(1)</script>"),
    "svg handler": svg(attributes='onload="alert(1)"'),
    "svg foreign object": svg("<foreignObject><iframe src='javascript:alert(1)'/></foreignObject>"),
    "svg external entity": svg("&e;", '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    "svg billion laughs": svg("&b;", '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'),
    "svg external image": svg('<image href="http://evil.example/x.png"/>'),
    "svg style import": svg("<style>@import 'http://evil.example/x.css'</style>"),
    "svg link": svg('<a href="javascript:alert(1)"><text>Klik</text></a>'),
    "svg after a byte order mark": b"\xef\xbb\xbf" + svg("<script>alert(1)</script>"),
    "svg in UTF-16": svg("<script>alert(1)</script>").decode().encode("utf-16"),
    "svgz": gzip.compress(svg("<script>alert(1)</script>")),
    "html": b"<!doctype html>" + SCRIPT,
    "html behind the name of a png": b"\x89PNG\r\n\x1a\n" + SCRIPT,
    "gif with script": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "real gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "icon": picture("ICO", size=(32, 32)),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
    "huge png": huge_png(),
    "text bomb in a png": bomb_text(),
    "zip": b"PK\x03\x04" + b"\x00" * 100,
}
DRAWN_ANEW = {
    "png with script behind it": picture() + SCRIPT,
    "png with html in its text": with_text(Comment=SCRIPT.decode(), XMP="<?php system('id') ?>"),
    "jpeg with script in its comment": picture("JPEG", comment=SCRIPT),
    "jpeg with script in its exif": picture("JPEG", exif=b"Exif\x00\x00" + SCRIPT),
    "jpeg that is a zip too": picture("JPEG")
    + b"PK\x03\x04<script>alert(1)</script>PK\x05\x06"
    + b"\x00" * 18,
    "webp with script in its data": picture("WEBP", xmp=SCRIPT),
    "png with a colour profile": picture(icc_profile=SCRIPT * 20),
}


def chunks_of(png: bytes) -> set[bytes]:
    """The kinds of parts that a PNG is made of."""
    found, place = set(), 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        found.add(png[place + 4 : place + 8])
        place += 12 + length
    return found


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_file_that_is_no_safe_picture_is_refused(juinen, content):
    with pytest.raises(pictures.PictureError):
        house_style.set_logo(juinen, io.BytesIO(content))
    assert not Logo.objects.exists()


@pytest.mark.parametrize("content", DRAWN_ANEW.values(), ids=DRAWN_ANEW)
def test_picture_with_more_in_it_is_drawn_anew(client, juinen, content):
    assert any(trace in content for trace in (b"script", b"php", b"iCCP"))
    house_style.set_logo(juinen, io.BytesIO(content))
    answer = client.get("/house-style/logo.png")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert chunks_of(answer.content) <= PNG_CHUNKS
    for trace in (b"script", b"alert", b"php", b"PK\x03\x04"):
        assert trace not in answer.content


def test_corpus_holds_twenty_five_files():
    assert len(REFUSED | DRAWN_ANEW) >= 25
