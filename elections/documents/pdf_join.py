"""Putting many PDFs into one file, in memory that does not grow with their number.

A PDF library holds every object of the file that it makes: 840 MB for 5,000 letters. So pikepdf reads one document
at a time here, and its objects are written to the new file under new numbers at once. Only the place of each object
is remembered. The structure for screen readers (ISO 32000-1, 14.7) comes along when `tagged`: the trees of all
documents hang under one root, so that the new file is PDF/UA like its parts. A file for the printer does without.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import pikepdf

A4: Final = (595.276, 841.89)  # points
_SHIFTED: Final = frozenset({"/StructParents", "/StructParent"})
_METADATA: Final = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>{conformance}
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"""


@dataclass
class _Source:
    """A document while its objects are written: their new numbers, and those that still wait."""

    pages: tuple[int, int]
    tree: tuple[int, int] | None
    numbers: dict[tuple[int, int], int] = field(default_factory=dict)
    waiting: list[Any] = field(default_factory=list)


class PdfJoin:
    """Use as a context manager: `add` documents one by one, then `finish`.

    path: the new file, which is replaced. Without `finish` what was written is no PDF.
    tagged: keep the structure for screen readers; every document must then have one.
    """

    def __init__(self, path: Path, *, tagged: bool) -> None:
        self._path = path
        self._tagged = tagged
        self._offsets: list[int] = [0]  # of each object by number; number 0 is no object
        self._kids: list[int] = []
        self._elements: list[str] = []
        self._parents: list[tuple[int, str]] = []
        self._next_parent = 0
        self._bookmarks: list[tuple[str, int]] = []
        self.page_count = 0

    def __enter__(self) -> Self:
        self._file: IO[bytes] = self._path.open("wb")
        self._file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        self._catalog, self._pages, self._tree = self._number(), self._number(), self._number()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, path: Path, *, bookmark: str = "", even: bool = False) -> int:
        """Write a document behind those that are there; returns how many pages it has.

        bookmark: what its first page is called in the outline; nothing when empty.
        even: add an empty page when the number is odd, so that the next document begins on a sheet of its own.

        Raises pikepdf.PdfError when it is no PDF, OSError when it cannot be read.
        """
        with pikepdf.open(path) as pdf:
            count = len(pdf.pages)
            tree = pdf.Root.get("/StructTreeRoot") if self._tagged else None
            source = _Source(pdf.Root.Pages.objgen, tree.objgen if tree is not None else None)
            if bookmark:
                self._bookmarks.append((bookmark, self._new_number(pdf.pages[0].obj, source)))
            self._kids.append(self._new_number(pdf.Root.Pages, source))
            if tree is not None:
                self._add_structure(tree, source)
            while source.waiting:
                thing = source.waiting.pop()
                self._write_object(source.numbers[thing.objgen], thing, source)
        if tree is not None:
            self._next_parent = max((key for key, _value in self._parents), default=-1) + 1
        self.page_count += count
        if even and count % 2:
            self._add_empty_page()
        return count

    def finish(self, *, title: str, language: str, duplex: bool = False) -> None:
        """Write what holds the documents together. duplex: ask the printer to use both sides of the paper."""
        kids = " ".join(f"{number} 0 R" for number in self._kids)
        self._write(self._pages, f"<< /Type /Pages /Kids [{kids}] /Count {self.page_count} >>")
        preferences = "/DisplayDocTitle true" + (" /Duplex /DuplexFlipLongEdge" if duplex else "")
        entries = [
            f"/Type /Catalog /Pages {self._pages} 0 R /Lang {_text(language)}",
            f"/ViewerPreferences << {preferences} >> /Metadata {self._write_metadata(title)} 0 R",
        ]
        if self._tagged:
            entries.append(f"/MarkInfo << /Marked true >> /StructTreeRoot {self._tree} 0 R")
        self._write(self._tree, self._structure())
        if self._bookmarks:
            entries.append(f"/Outlines {self._write_outline()} 0 R")
        self._write(self._catalog, f"<< {' '.join(entries)} >>")
        info = self._number()
        self._write(info, f"<< /Title {_text(title)} /Producer (Zitting) >>")
        start = self._file.tell()
        self._file.write(f"xref\n0 {len(self._offsets)}\n0000000000 65535 f \n".encode())
        self._file.writelines(b"%010d 00000 n \n" % offset for offset in self._offsets[1:])
        trailer = f"<< /Size {len(self._offsets)} /Root {self._catalog} 0 R /Info {info} 0 R >>"
        self._file.write(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def _number(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _new_number(self, thing: Any, source: _Source) -> int:
        """The number of an object of the source in the new file; at first sight it is put in line to be written."""
        if thing.objgen == source.tree:
            return self._tree
        if thing.objgen not in source.numbers:
            source.numbers[thing.objgen] = self._number()
            source.waiting.append(thing)
        return source.numbers[thing.objgen]

    def _write(self, number: int, text: str | bytes, stream: bytes | None = None) -> None:
        self._offsets[number] = self._file.tell()
        self._file.write(b"%d 0 obj\n" % number)
        self._file.write(text.encode("latin-1") if isinstance(text, str) else text)
        if stream is not None:
            self._file.write(b"\nstream\n")
            self._file.write(stream)
            self._file.write(b"\nendstream")
        self._file.write(b"\nendobj\n")

    def _write_object(self, number: int, thing: Any, source: _Source) -> None:
        if isinstance(thing, pikepdf.Stream):
            data = thing.read_raw_bytes()
            entries = self._entries(thing.stream_dict, source, {"/Length": str(len(data)).encode()})
            self._write(number, entries, data)
        elif thing.objgen == source.pages:
            self._write(number, self._entries(thing, source, {"/Parent": b"%d 0 R" % self._pages}))
        else:
            self._write(number, self._content(thing, source))

    def _value(self, thing: Any, source: _Source) -> bytes:
        """A value as it stands in the new file."""
        if isinstance(thing, pikepdf.Object) and thing.is_indirect:
            return b"%d 0 R" % self._new_number(thing, source)
        return self._content(thing, source)

    def _content(self, thing: Any, source: _Source) -> bytes:
        if isinstance(thing, pikepdf.Dictionary):
            return self._entries(thing, source, {})
        if isinstance(thing, pikepdf.Array):
            if _is_plain(thing):
                return thing.unparse()
            return b"[" + b" ".join(self._value(each, source) for each in thing) + b"]"
        return _unparsed(thing)

    def _entries(self, thing: Any, source: _Source, own: dict[str, bytes]) -> bytes:
        entries = dict(own)
        for name, value in thing.items():
            if name in own or (name in _SHIFTED and not self._tagged):
                continue
            shift = self._next_parent if name in _SHIFTED else 0
            entries[name] = str(int(value) + shift).encode() if shift else self._value(value, source)
        return b"<< " + b" ".join(_name(key) + b" " + value for key, value in entries.items()) + b" >>"

    def _add_structure(self, tree: Any, source: _Source) -> None:
        top = tree.K
        elements = list(top) if isinstance(top, pikepdf.Array) else [top]
        self._elements += [self._value(element, source).decode("latin-1") for element in elements]
        for key, value in pikepdf.NumberTree(tree.ParentTree).items():
            self._parents.append((key + self._next_parent, self._value(value, source).decode("latin-1")))

    def _structure(self) -> str:
        if not self._tagged:
            return "null"
        parents = " ".join(f"{key} {value}" for key, value in self._parents)
        return (
            f"<< /Type /StructTreeRoot /K [{' '.join(self._elements)}] "
            f"/ParentTree << /Nums [{parents}] >> /ParentTreeNextKey {self._next_parent} >>"
        )

    def _add_empty_page(self) -> None:
        node, page = self._number(), self._number()
        width, height = A4
        self._write(
            page, f"<< /Type /Page /Parent {node} 0 R /MediaBox [0 0 {width} {height}] /Resources << >> >>"
        )
        self._write(node, f"<< /Type /Pages /Parent {self._pages} 0 R /Kids [{page} 0 R] /Count 1 >>")
        self._kids.append(node)
        self.page_count += 1

    def _write_metadata(self, title: str) -> int:
        conformance = "<pdfuaid:part>1</pdfuaid:part>" if self._tagged else ""
        data = _METADATA.format(title=escape(title), conformance=conformance).encode()
        number = self._number()
        self._write(number, f"<< /Type /Metadata /Subtype /XML /Length {len(data)} >>", data)
        return number

    def _write_outline(self) -> int:
        root, items = self._number(), [self._number() for _bookmark in self._bookmarks]
        for place, (number, (words, page)) in enumerate(zip(items, self._bookmarks, strict=True)):
            near = f"/Prev {items[place - 1]} 0 R " if place else ""
            near += f"/Next {items[place + 1]} 0 R " if place + 1 < len(items) else ""
            dest = f"/Dest [{page} 0 R /Fit]"
            self._write(number, f"<< /Title {_text(words)} /Parent {root} 0 R {near}{dest} >>")
        ends = f"/First {items[0]} 0 R /Last {items[-1]} 0 R"
        self._write(root, f"<< /Type /Outlines {ends} /Count {len(items)} >>")
        return root


def join_pdfs(
    paths: Iterable[Path], target: Path, *, title: str, language: str, bookmarks: Iterable[str] = ()
) -> int:
    """Put tagged documents behind each other in `target`; returns how many pages it has."""
    words = iter(bookmarks)
    with PdfJoin(target, tagged=True) as join:
        for path in paths:
            join.add(path, bookmark=next(words, ""))
        join.finish(title=title, language=language)
    return join.page_count


def _is_plain(thing: Any) -> bool:
    """Whether it can be written as it is: numbers and names alone, such as the widths of letters."""
    text = thing.unparse()
    return not (b"R" in text or b"/Struct" in text)


def _unparsed(thing: Any) -> bytes:
    if isinstance(thing, pikepdf.Object):
        return thing.unparse()
    if thing is None:
        return b"null"
    if isinstance(thing, bool):
        return b"true" if thing else b"false"
    return str(thing).encode()


def _name(name: str) -> bytes:
    return pikepdf.Name(name).unparse()


def _text(words: str) -> str:
    return pikepdf.String(words).unparse().decode("latin-1")
