"""Lists of rows in a form: a table where staff change, add and take away lines, also without script."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

MAX_ROWS = 60
ADD_ROW = "add_row"  # name of the button that asks for an empty line; its value is the prefix of the list


class Rows(BaseFormSet[forms.Form]):
    """A list of lines. An empty line does not count, and one that is ticked "weghalen" neither."""

    deletion_widget = forms.CheckboxInput

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Weghalen")

    @property
    def filled(self) -> list[dict[str, Any]]:
        """The cleaned values of the lines that count, in order. Only after `is_valid()`."""
        return [
            form.cleaned_data
            for form in self.forms
            if (form.has_changed() or form.initial) and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


def rows_of(form: type[forms.Form], *, extra: int = 0) -> type[Rows]:
    """The class of a list of `form` lines, with `extra` empty ones at the end."""
    return forms.formset_factory(
        form, formset=Rows, extra=extra, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
    )


def asks_for_row(data: QueryDict) -> str:
    """The prefix of the list that must get an empty line; empty when the form was really sent."""
    return data.get(ADD_ROW, "")


def with_extra_row(data: QueryDict) -> QueryDict:
    """The posted values with one line more in the list that asked for it."""
    prefix = asks_for_row(data)
    name = f"{prefix}-TOTAL_FORMS"
    copy = data.copy()
    if copy.get(name, "").isdigit():
        copy[name] = str(min(int(copy[name]) + 1, MAX_ROWS))
    return copy
