"""Two people who fill in one form at the same time: nobody's work is lost, and the second hears what changed.

A form carries what its page showed. When the row changed since, three texts of each field are compared: what the page
showed, what was sent, and what is stored now. A field that was left alone takes what is stored; a field that was
changed keeps what was typed, and where both changed it the page shows the other value beside it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

NOT_SHOWN = ("version", "seen")


@dataclass(frozen=True)
class Changes:
    """What others changed in the meantime: label and value, for definition_list.html. taken: stands in the form now;
    clashing: something else was typed here."""

    taken: list[dict[str, str]] = field(default_factory=list)
    clashing: list[dict[str, str]] = field(default_factory=list)


def pack(form: Any) -> str:
    """What the page shows of each field, as a text for its hidden field `seen`."""
    return json.dumps({name: _plain(form.initial.get(name)) for name in form.fields if name not in NOT_SHOWN})


def unpack(form: Any) -> dict[str, Any]:
    """What the page showed, as the form sent it back; what cannot be read, or is none of `_plain`, was not shown."""
    try:
        shown = json.loads(form.data.get("seen") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(shown, dict):
        return {}
    return {name: value for name, value in shown.items() if _fits(form.fields.get(name), value)}


def take_over(form: Any) -> Changes:
    """Let a bound form show the row as it is stored now, but for what was typed. Its `initial` is of now."""
    shown, found = unpack(form), Changes()
    form.data = form.data.copy()
    for name, each in form.fields.items():
        if name in NOT_SHOWN:
            continue
        stored, typed = form.initial.get(name), form[name].data
        was = shown.get(name, _plain(stored))
        if not each.has_changed(was, typed):
            if each.has_changed(was, _sent(stored)):
                found.taken.append(_line(each, stored))
            _put(form.data, name, stored)
        elif each.has_changed(was, _sent(stored)) and each.has_changed(stored, typed):
            found.clashing.append(_line(each, stored))
    form.data["version"], form.data["seen"] = str(form.initial["version"]), form.initial["seen"]
    return found


def _fits(each: forms.Field | None, value: Any) -> bool:
    if isinstance(each, forms.MultipleChoiceField):
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    return isinstance(value, bool if isinstance(each, forms.BooleanField) else str)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | list) else "" if value is None else str(value)


def _sent(value: Any) -> Any:
    """A stored value as a browser would send it."""
    if isinstance(value, bool):
        return "on" if value else None
    return value if isinstance(value, list) else _plain(value)


def _put(data: Any, name: str, value: Any) -> None:
    if isinstance(value, list):
        data.setlist(name, value)
    elif value is False:
        data.pop(name, None)
    else:
        data[name] = _sent(value)


def _line(each: forms.Field, stored: Any) -> dict[str, str]:
    if isinstance(each, forms.MultipleChoiceField):
        words = ", ".join(str(label) for value, label in each.choices if value in stored)
    elif isinstance(stored, bool):
        words = _("ja") if stored else _("nee")
    else:
        words = "" if stored is None else str(stored)
    return {"label": str(each.label), "value": words}
