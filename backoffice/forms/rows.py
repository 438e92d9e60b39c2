"""Lists of rows in a form: a table where staff change, add and take away lines, also without script."""

from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

MAX_ROWS = 60
ADD_ROW = "add_row"  # name of the button that asks for an empty line; its value is the prefix of the list


class Rows(BaseFormSet):
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
            if (form.has_changed() or form.initial)
            and form.cleaned_data
            and not form.cleaned_data.get("DELETE")
        ]


def rows_of(form: type[forms.Form], *, extra: int = 0) -> type[Rows]:
    """The class of a list of `form` lines, with `extra` empty ones at the end."""
    return forms.formset_factory(
        form,
        formset=Rows,
        extra=extra,
        can_delete=True,
        max_num=MAX_ROWS,
        absolute_max=MAX_ROWS,
        validate_max=True,
    )


def posted(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """What the forms of this page must be filled with, and whether the page was really sent.

    Asking for an empty line sends the page too; then the values come back with one line more.
    """
    if request.method != "POST":
        return None, False
    prefix = request.POST.get(ADD_ROW)
    if not prefix:
        return request.POST, True
    data, name = request.POST.copy(), f"{prefix}-TOTAL_FORMS"
    if data.get(name, "").isdigit():
        data[name] = str(min(int(data[name]) + 1, MAX_ROWS))
    return data, False


def are_valid(*parts: forms.BaseForm | BaseFormSet) -> bool:
    """Whether all forms and lists are valid. Each one is asked, so that each shows its own errors."""
    answers = [part.is_valid() for part in parts]
    return all(answers)


def hush(*parts: forms.BaseForm | BaseFormSet) -> None:
    """Show no errors: somebody who asks for an empty line is not done yet."""
    for part in parts:
        if isinstance(part, BaseFormSet):
            hush(*part.forms)
            part._errors, part._non_form_errors = [], part.error_class()
        else:
            part._errors = ErrorDict()
