"""Form fields that the portal and the backoffice share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class TidyField(forms.CharField):
    """A text that `elections.normalise` brings to one way of writing, and refuses in plain words.

    autocomplete: what the browser may fill in (HTML, autofill); nothing, where somebody types about another person.
    """

    def __init__(self, tidy: Callable[[str], Any], autocomplete: str = "off", **options: Any) -> None:
        self.tidy = tidy
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": autocomplete}))
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        return self.tidy(super().clean(value))


class WritingField(forms.CharField):
    """A text that people write to each other. It is never cut: too long or with a number in it that does not belong
    there, it comes back whole (but for that number) with the reason.

    longest: how many characters, a line end counting as one.
    hide: gives the text without what may not be sent or shown again.
    """

    def __init__(self, *, longest: int, hide: Callable[[str], str], **options: Any) -> None:
        self.hide = hide
        options.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(**options)
        too_long = _("Uw tekst is te lang: %(show_value)s tekens. Er passen er %(limit_value)s.")
        self.validators.append(MaxLengthValidator(longest, too_long))

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if self.hide(text) != text:
            raise forms.ValidationError(
                _(
                    "Zet geen BSN of rekeningnummer in een bericht. Wij haalden het nummer uit uw tekst. "
                    "Lees de tekst na en verstuur hem opnieuw."
                )
            )
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        return self.hide(data) if isinstance(data, str) else data


def accept_next_time(form: forms.BaseForm, **shown: Any) -> None:
    """After "changed elsewhere": keep what was typed, and accept it when it is sent once more.

    shown: the hidden fields that tell what was on the page, as the page tells it now.
    """
    form.data = form.data.copy()
    for name, value in shown.items():
        form.data[form.add_prefix(name)] = value


class FilesInput(forms.ClearableFileInput):
    """A file control that takes several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Files with a message, as a list. most: how many at once. megabytes: how large together."""

    def __init__(self, *, most: int, megabytes: int, accept: str) -> None:
        self.most = most
        text = _(
            "Hoogstens {most} bestanden, samen {limit} MB: PDF, Word, Excel, LibreOffice, afbeelding of tekst."
        )
        super().__init__(
            label=_("Bijlagen"),
            help_text=format_lazy(text, most=most, limit=megabytes),
            widget=FilesInput(attrs={"accept": accept}),
            required=False,
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [super(FilesField, self).clean(each, initial) for each in data or [] if each]
        if len(files) > self.most:
            raise forms.ValidationError(_("U kunt hoogstens %(n)s bestanden meesturen.") % {"n": self.most})
        return files
