"""The form with which members choose how often they get e-mail."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from elections.enums import MailRhythm
from elections.models import User


class MailRhythmForm(forms.Form):
    rhythm = forms.ChoiceField(
        label=_("Hoe wilt u horen van nieuws en documenten?"),
        help_text=_("Codes, brieven, uw plaats en antwoorden van het team krijgt u altijd meteen."),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"rhythm": user.mail_rhythm})
        choices = [(rhythm.value, capfirst(rhythm.label)) for rhythm in MailRhythm]
        self.fields["rhythm"].choices = choices  # type: ignore[attr-defined]
