"""Template tags and filters behind the components in ``templates/components``.

They know HTML and Django forms, nothing of elections, so that portal and backoffice share them.
"""

from collections.abc import Iterable
from typing import Any

from django import forms, template
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.base import render_value_in_context
from django.templatetags import l10n
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tenants.icons import ICONS, MESSAGE_TONES
from tenants.numbers import grouped

register = template.Library()

CONTROL_CLASSES = {
    "select": "utrecht-select utrecht-select--html-select",
    "textarea": "utrecht-textarea z-textarea",
    "checkbox": "z-choice__input",
    "checkboxes": "z-choice__input",
    "radio": "z-choice__input",
    "file": "z-file",
    "multiple": "z-multiselect",
}
_ROW = '<tr role="row" class="{}">'
_CELL = '<td role="cell" class="{}" data-label="{}"><div class="z-cell">'
_SELECTION = (
    '<td class="z-cell-select" role="cell"><input class="z-choice__input" type="checkbox" name="selection"'
    ' value="{}" data-z-select aria-label="{} {}"></td>'
)
TEXT_CLASS = "utrecht-textbox utrecht-textbox--html-input"


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw icon ``name``; hidden from screen readers unless ``label`` says what it means.

    ``size`` is "" (1.25em), "sm", "lg" or "xl". Raises KeyError on an unknown name, so that a
    misspelled icon fails in the first test that renders the page.
    """
    css_class = f"z-icon z-icon--{size}" if size else "z-icon"
    # The value is our own constant above, never input.
    drawing = mark_safe(ICONS[name])  # noqa: S308
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            css_class,
            label,
            drawing,
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        css_class,
        drawing,
    )


@register.simple_tag
def icon_names() -> list[str]:
    """Return the names of all icons, for the component page."""
    return sorted(ICONS)


@register.filter(name="grouped")
def grouped_number(number: Any) -> Any:
    """See tenants.numbers.grouped. What is no whole number stays what it is."""
    return grouped(number) if type(number) is int else number


@register.filter
def field_kind(field: BoundField) -> str:
    """Return which shape a field has: text, code, password, date, file, textarea, select, multiple,
    checkbox, checkboxes, radio or hidden."""
    widget = field.field.widget
    kinds: list[tuple[Any, str]] = [
        (forms.HiddenInput, "hidden"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radio"),
        (forms.SelectMultiple, "multiple"),
        (forms.Select, "select"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
        (forms.DateInput, "date"),
    ]
    if getattr(widget, "is_hidden", False):
        return "hidden"
    if widget.attrs.get("autocomplete") == "one-time-code":
        return "code"
    return next((kind for widget_class, kind in kinds if isinstance(widget, widget_class)), "text")


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of hint and errors of ``field`` for aria-describedby, hint first."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)


@register.filter
def faulty(parts: Iterable[BaseForm | BaseFormSet] | None) -> list[BaseForm | BaseFormSet]:
    """Return the forms and formsets among ``parts`` that have errors; without parts, none."""
    return [
        part
        for part in parts or ()
        if (part.total_error_count() if isinstance(part, BaseFormSet) else bool(part.errors))
    ]


@register.filter
def error_target(field: BoundField) -> str:
    """Return the id that an error-summary link must focus: the control, or the first choice of a group."""
    if field_kind(field) in {"radio", "checkboxes"}:
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.simple_tag
def field_attrs(field: BoundField, **extra: Any) -> SafeString:
    """Render the control of ``field`` with our classes and the aria attributes of hint and error.

    The browser's own bubbles are switched off (``aria-required`` in place of ``required``): errors come
    from the server, in one place and in plain words.
    """
    field.form.use_required_attribute = False
    kind = field_kind(field)
    own = field.field.widget.attrs
    classes = [CONTROL_CLASSES.get(kind, TEXT_CLASS)]
    if kind == "code":
        classes.append("z-code")
        extra.setdefault("inputmode", "numeric")
        extra.setdefault("spellcheck", "false")
    if kind == "date":
        classes.append("z-date")
    if own.get("class"):
        classes.append(own["class"])
    attrs = {"class": " ".join(classes), **{key.replace("_", "-"): value for key, value in extra.items()}}
    if kind not in {"radio", "checkboxes"}:
        if described_by(field):
            attrs["aria-describedby"] = described_by(field)
        if field.field.required:
            attrs["aria-required"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def choices_of(field: BoundField) -> list[dict[str, Any]]:
    """Return the choices of a radio or checkbox group as dictionaries with id, name, value, label, checked,
    disabled; the empty "---------" choice is left out."""
    field.form.use_required_attribute = False
    return [
        {
            "id": option.id_for_label,
            "name": option.data["name"],
            "value": option.data["value"],
            "label": option.choice_label,
            "checked": option.data["selected"],
            "disabled": bool(option.data["attrs"].get("disabled") or field.field.disabled),
        }
        for option in field.subwidgets
        if str(option.data["value"]) != ""
    ]


@register.filter
def message_tone(level_tag: str) -> str:
    """Return the tone (info, ok, warning, error) of a Django message level."""
    return MESSAGE_TONES.get(level_tag, MESSAGE_TONES["info"])[0]


@register.filter
def tone_icon(tone: str) -> str:
    """Return the icon that goes with a tone, so that colour is never the only sign."""
    icons = dict(MESSAGE_TONES.values())
    return icons.get(tone, "info")


@register.filter
def initials(name: object) -> str:
    """Return at most two initials of a person's name ("Sanne de Jong" gives "SJ")."""
    words = [word for word in str(name or "").split() if word[:1].isalpha()]
    capitals = [word for word in words if word[:1].isupper()] or words
    picked = [capitals[0], capitals[-1]] if len(capitals) > 1 else capitals
    return "".join(word[0].upper() for word in picked)


@register.simple_tag
def remaining(total: int | None, *taken: int | None) -> int:
    """Return what is left of ``total`` after ``taken``, never below zero."""
    return max(0, int(total or 0) - sum(int(count or 0) for count in taken))


@register.simple_tag
def bar_segments(*counts_and_tones: Any) -> list[dict[str, Any]]:
    """Turn count, tone, count, tone, …, or one list of these, into the rectangles of a stacked bar of width 100."""
    if len(counts_and_tones) == 1:
        (counts_and_tones,) = counts_and_tones
    pairs = list(zip(counts_and_tones[::2], counts_and_tones[1::2], strict=True))
    whole = sum(int(count or 0) for count, _ in pairs)
    segments, start = [], 0.0
    for count, tone in pairs:
        width = 100 * int(count or 0) / whole if whole else 0
        if width:
            # Text and not a number: a decimal comma would break the SVG attribute.
            segments.append({"x": f"{start:.3f}", "width": f"{width:.3f}", "tone": tone})
        start += width
    return segments


@register.simple_tag
def line_chart(*lines: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Turn lines of (days before, per cent) into the drawing of components/line_chart.html, 600 by 200.

    Our own few lines: the charting packages write inline styles, which the Content-Security-Policy stops.
    """
    drawn = [list(line) for line in lines]
    days = [day for line in drawn for day, _share in line] or [0]
    first, last = max(days), min(days)
    wide = max(1, first - last)

    def place(day: int, share: int) -> tuple[str, str]:
        # Text and not numbers: a decimal comma would break the SVG attributes.
        return f"{44 + 548 * (first - day) / wide:.1f}", f"{172 - 1.6 * min(100, max(0, share)):.1f}"

    step = next((size for size in (1, 7, 14, 28, 56) if wide / size <= 7), 112)
    ticks = [day for day in range(last, first + 1) if day % step == 0]
    return {
        "lines": [" ".join(",".join(place(*point)) for point in line) for line in drawn],
        "ends": [place(*line[-1]) if line else None for line in drawn],
        "days": [{"label": day, "x": place(day, 0)[0]} for day in ticks],
        "shares": [{"label": share, "y": place(first, share)[1]} for share in (0, 50, 100)],
    }


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, *names_and_values: Any) -> str:
    """Return "?…" of this page with the given parameters replaced: ``{% query_with "page" 3 %}``.

    A value of None removes the parameter. Names may be variables, which Django's own querystring tag
    cannot do. Other parameters (filter, order) stay.
    """
    query = _query_of(context).copy()
    for name, value in zip(names_and_values[::2], names_and_values[1::2], strict=True):
        if value is None:
            query.pop(str(name), None)
        else:
            query[str(name)] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def filter_chips(context: template.Context, filterset: Any, search: str = "q") -> list[dict[str, str]]:
    """Return the filters that are on: label, value and the "?…" that takes just that one away.

    ``search`` names the search field, which has its own box and gets no chip.
    """
    query = _query_of(context)
    chips = []
    for name, field in filterset.form.fields.items():
        if name == search:
            continue
        for value in query.getlist(name):
            if value == "":
                continue
            rest = query.copy()
            rest.setlist(name, [other for other in query.getlist(name) if other != value])
            rest.pop("page", None)
            chips.append(
                {
                    "label": str(field.label or name),
                    "value": _choice_label(field, value),
                    "remove_url": f"?{rest.urlencode()}",
                }
            )
    return chips


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Any) -> SafeString:
    """Draw the rows of a django-tables2 ``table`` for components/table.html, the page that is shown of it.

    Not in the template: a page has hundreds of cells, and what is the same in a whole column would be worked out for
    each. So the attributes of a column cannot depend on the row.
    """
    select = gettext("Selecteer")
    frames = [_cell_frame(column) for column in table.columns]
    rows = []
    for row in table.paginated_rows:
        cells = []
        for (opening, localized), (_column, cell) in zip(frames, row.items(), strict=True):
            if not opening:
                cells.append(format_html(_SELECTION, cell, select, row.record))
                continue
            value = cell if localized is None else (l10n.localize if localized else l10n.unlocalize)(cell)
            cells.append(f"{opening}{render_value_in_context(value, context)}</div></td>")
        rows.append(f"{format_html(_ROW, row.attrs.get('class', ''))}{''.join(cells)}</tr>")
    # Each part was escaped where it was put together.
    return mark_safe("".join(rows))  # noqa: S308


def _cell_frame(column: Any) -> tuple[SafeString | str, bool | None]:
    """What stands before each cell of ``column``, and whether its values are localized; "" for the boxes to tick."""
    if column.name == "selection":
        return "", None
    css_class = column.attrs.get("td", {}).get("class") or ""
    return format_html(_CELL, css_class, column.header), column.localize


@register.filter
def page_numbers(page: Any) -> list[int | None]:
    """Return the page numbers to show around ``page``; None stands for a gap."""
    return [
        None if number == page.paginator.ELLIPSIS else number
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]


@register.filter
def without_field(form: forms.BaseForm, name: str) -> list[BoundField]:
    """Return the visible fields of ``form`` except ``name``."""
    return [field for field in form.visible_fields() if field.name != name]


@register.filter
def get_field(form: forms.BaseForm, name: str) -> BoundField | None:
    """Return field ``name`` of ``form``, or None when the form has no such field."""
    return form[name] if name in form.fields else None


def _query_of(context: template.Context) -> QueryDict:
    """Return the query string of the request in ``context``, empty when a page is rendered without one."""
    request = context.get("request")
    return request.GET if request is not None else QueryDict()


def _choice_label(field: forms.Field, value: str) -> str:
    """Return the words a user picked for ``value`` in a choice field, or the value itself."""
    for key, label in _flat_choices(getattr(field, "choices", ())):
        if str(key) == value:
            return label
    return value


def _flat_choices(choices: Iterable[Any]) -> list[tuple[str, str]]:
    """Return choices without their groups, keys and labels as text."""
    flat: list[tuple[str, str]] = []
    for key, label in choices:
        if isinstance(label, list | tuple):
            flat.extend(_flat_choices(label))
        else:
            flat.append((str(key), str(label)))
    return flat
