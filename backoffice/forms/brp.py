"""Forms about the BRP: what may be asked, whom to look up, and a decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import BrpSubject
from elections.models import BrpConnection
from elections.models.brp import LOG_LENGTH, PLAIN


class BrpSettingsForm(forms.Form):
    """What the municipality may ask and for which purpose, as its decision of authorisation has it."""

    purpose = forms.CharField(
        label=_("Doelbinding"),
        help_text=_("De naam of code uit uw autorisatiebesluit. Deze gaat mee met elke vraag."),
        max_length=LOG_LENGTH,
        validators=[PLAIN],
        error_messages={"required": _("Vul de doelbinding in. Zonder doelbinding mag u niets opvragen.")},
    )
    processing = forms.CharField(
        label=_("Verwerking"),
        help_text=_("Hoe de verwerking heet in uw register, als uw gateway daarom vraagt."),
        required=False,
        max_length=LOG_LENGTH,
        validators=[PLAIN],
    )
    subjects = forms.MultipleChoiceField(
        label=_("Wat mag u opvragen?"),
        help_text=_("Zitting vraagt alleen de velden die hierbij horen."),
        choices=BrpSubject.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Kies wat u mag opvragen."),
            "invalid_choice": _("Kies uit de lijst."),
        },
    )
    is_active = forms.BooleanField(label=_("Leden opzoeken in de BRP staat aan"), required=False)

    def __init__(self, *args: Any, connection: BrpConnection, **kwargs: Any) -> None:
        names = ("purpose", "processing", "subjects", "is_active")
        super().__init__(*args, initial={name: getattr(connection, name) for name in names}, **kwargs)


class BrpScopeForm(forms.Form):
    """Whom to look up: everybody who is active, or who has a place in the event."""

    scope = forms.ChoiceField(
        label=_("Wie zoekt u op?"),
        choices=[("all", ""), ("event", "")],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies wie u opzoekt."), "invalid_choice": _("Kies uit de lijst.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Which version of the member the page showed, and where the colleague came from."""

    version = forms.IntegerField()
    query = forms.CharField(required=False, max_length=500)
