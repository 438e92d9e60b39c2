"""Forms of the pages where members pick a place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import WaitKind


class WaitForm(forms.Form):
    """How somebody wants to wait for a place in a full shift."""

    kind = forms.ChoiceField(
        label=_("Wilt u wachten op een plaats?"),
        choices=[
            (
                WaitKind.LINE,
                _("Zet mij op de wachtlijst. Komt er een plaats vrij, dan bieden wij die om de beurt aan."),
            ),
            (
                WaitKind.ALERT,
                _("Stuur mij een bericht als er een plaats vrij is. Wie het eerst kiest, krijgt de plaats."),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Kies hoe u wilt wachten."),
            "invalid_choice": _("Kies hoe u wilt wachten."),
        },
    )


class AnswerForm(forms.Form):
    """Yes or no to an offer: which button was pressed, and which version of the offer the page showed."""

    answer = forms.ChoiceField(choices=[("accept", _("Ja")), ("decline", _("Nee"))])
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_version(self) -> int:
        """Without a version it is that of no page."""
        return self.cleaned_data["version"] or 0
