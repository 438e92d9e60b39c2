"""Form fields that the portal and the backoffice share."""

from collections.abc import Callable
from typing import Any

from django import forms


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
