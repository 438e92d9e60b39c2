"""What letters have in common, worked out once instead of for every letter: styles, used sizes and broken lines.

WeasyPrint works these out anew for each document, which is nearly half of what a letter costs. It offers no way to keep
them, so this module stands in for three of its private names while a document is being made: the one that gives an
element its style (a fifth of the time), the one that asks Pango where a line ends (a fifth as well) and the one that
turns the sizes of a style into those of a box (a tenth). Everything else in the process keeps WeasyPrint as it is.

Only versions in KNOWN_VERSIONS are touched: in another one documents look the same and take nearly twice as long.
Before a version is added, tests/elections/test_pdf_reuse.py must find every document the same to the byte.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import weasyprint
from weasyprint import css
from weasyprint.css import AnonymousStyle, StyleFor
from weasyprint.formatting_structure.boxes import Box, PageBox
from weasyprint.layout import absolute, block, column, grid, inline, page, preferred, table
from weasyprint.layout import float as floats
from weasyprint.layout.percent import resolve_percentages
from weasyprint.text.line_break import split_first_line

KNOWN_VERSIONS: Final = frozenset({"70.0"})
# A letter has some four hundred, with those of pseudo-elements. Only style attributes would make them grow, and our
# templates have none.
MOST_STYLES: Final = 2_000
# Of one style. Names and addresses come once, sentences come back: they are worked out again after all are let go.
MOST_LINES: Final = 200
MOST_SIZES: Final = 200
# The longest text that a municipality may write in one block of a letter.
LONGEST_TEXT: Final = 3_000
BORDERS: Final = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
SIZES: Final = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("left", "right", "top", "bottom")),
    *(f"{limit}{axis}" for limit in ("", "min_", "max_") for axis in ("width", "height")),
    *BORDERS,
)
SIZED: Final = (absolute, block, column, floats, grid, inline, page, table)

Styles = dict[Hashable, Any]


@dataclass
class _Kept:
    """What was worked out with one style. It stands on the style, so that it goes when the style goes."""

    lines: dict[Hashable, Any] = field(default_factory=dict)
    sizes: dict[Hashable, dict[str, Any]] = field(default_factory=dict)


class Reuse:
    """What documents with one and the same set of style sheets share. Serves one document at a time.

    The sheets must not use viewport units (vw, vh): those depend on the first page of a document.
    """

    def __init__(self) -> None:
        self.styles: Styles = {}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Use and add to what is kept, for the one document that is made in this block."""
        if weasyprint.__version__ not in KNOWN_VERSIONS:
            yield
            return
        if len(self.styles) > MOST_STYLES:
            self.styles.clear()
        _stand_in(partial(_SharedStyles, self.styles), _split_first_line, _resolve_percentages)
        try:
            yield
        except BaseException:
            # Also of a task that ran out of time: it can stop anywhere, with a style half worked out.
            self.styles.clear()
            raise
        finally:
            _stand_in(StyleFor, split_first_line, resolve_percentages)


def _stand_in(styles: Any, lines: Any, sizes: Any) -> None:
    css.StyleFor = styles
    inline.split_first_line = preferred.split_first_line = lines
    for module in SIZED:
        module.resolve_percentages = sizes


class _SharedStyles(StyleFor):
    """Gives elements of different documents one style when their parents and their declarations are the same.

    WeasyPrint does this itself for the elements of one document, so nothing writes to a style that is shared. The one
    exception is undone in `set_computed_styles`.
    """

    def __init__(self, shared: Styles, html: Any, sheets: list[Any], *args: Any) -> None:
        # A sheet inside a page is parsed anew for that page: what it says never comes back.
        has_own_sheet = any(origin == "author" for _sheet, origin, _specificity in sheets)
        self._shared: Styles = {} if has_own_sheet else shared
        super().__init__(html, sheets, *args)

    def set_computed_styles(
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: Any = None,
    ) -> None:
        """As WeasyPrint's, with a style from an earlier document when there is one."""
        computed = self.get_computed_styles()
        key = (
            id(computed.get((parent, None))),
            id(computed.get((root, None))),
            pseudo_type,
            base_url,
            _declarations(self.get_cascaded_styles().get((element, pseudo_type), {})),
        )
        style = self._shared.get(key)
        if style is None:
            super().set_computed_styles(element, parent, root, pseudo_type, base_url, target_collector)
            style = self._shared[key] = computed[element, pseudo_type]
            style.kept = _Kept()
            return
        # The layout hands the overflow of the root over to the page and writes "visible" in its place.
        style.pop("overflow", None)
        computed[element, pseudo_type] = style
        if target_collector and style["anchor"]:
            target_collector.collect_anchor(style["anchor"])


def _declarations(cascaded: dict[str, Any]) -> Hashable:
    """What tells the declarations of one element from those of another.

    Values live as long as their style sheet, so their identity will do. The language comes from an attribute, anew in
    each document. `id` is safe: a style that is kept holds on to its parent, its root and its declarations.
    """
    return tuple(
        (name, value if name == "lang" else id(value), precedence, layer, *specificity)
        for name, (value, (precedence, layer, specificity)) in cascaded.items()
    )


def _split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> tuple[Any, ...]:
    """As WeasyPrint's, with the line of an earlier document when text, style and room are the same."""
    kept = _kept(style)
    if kept is None or len(text) > LONGEST_TEXT:
        return split_first_line(
            text, style, context, max_width, justification_spacing, is_line_start, minimum
        )
    key = (text, max_width, justification_spacing, is_line_start, minimum)
    found = kept.lines.get(key)
    if found is None:
        if len(kept.lines) >= MOST_LINES:
            kept.lines.clear()
        found = kept.lines[key] = split_first_line(
            text, style, context, max_width, justification_spacing, is_line_start, minimum
        )
    layout, *measures = found
    # The layout is small, as Pango's part of it is gone; drawing writes to it.
    return copy(layout), *measures


def _resolve_percentages(box: Any, containing_block: Any) -> None:
    """As WeasyPrint's, with the sizes of an earlier box when style and room are the same."""
    style = box.style
    kept = _kept(style)
    if kept is None or isinstance(box, PageBox):
        resolve_percentages(box, containing_block)
        return
    if isinstance(containing_block, Box):
        room = (containing_block.width, containing_block.height)
    else:
        room = tuple(containing_block)
    sizes = vars(box)
    # The borders of cells may be settled already, between neighbours.
    key = (room, *map(sizes.get, BORDERS)) if style["border_collapse"] == "collapse" else room
    found = kept.sizes.get(key)
    if found is None:
        if len(kept.sizes) >= MOST_SIZES:
            kept.sizes.clear()
        resolve_percentages(box, containing_block)
        kept.sizes[key] = {name: sizes[name] for name in SIZES}
    else:
        sizes.update(found)


def _kept(style: Any) -> _Kept | None:
    """What is kept with a style; None for one that belongs to a single document."""
    try:
        return style.kept
    except AttributeError:
        # Text stands in anonymous boxes; their style belongs to that of the element.
        is_kept = isinstance(style, AnonymousStyle) and _kept(style.parent_style) is not None
        style.kept = _Kept() if is_kept else None
        return style.kept
