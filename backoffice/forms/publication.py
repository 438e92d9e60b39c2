"""Which part of the plan is published."""

from django import forms
from django.utils.translation import gettext_lazy as _

ALL, LAWFUL = "all", "lawful"


class PublicationForm(forms.Form):
    """Everything, or only what is lawful already."""

    only = forms.ChoiceField(
        label=_("Welke stembureaus publiceert u?"),
        help_text=_(
            "Zonder gaten: op elk moment een voorzitter en nog twee leden, en ook verder zoals de wet vraagt."
        ),
        choices=[(ALL, _("Alle stembureaus")), (LAWFUL, _("Alleen stembureaus zonder gaten"))],
        widget=forms.RadioSelect,
    )

    @property
    def only_lawful(self) -> bool:
        """Whether the others wait; what is no choice counts as none."""
        return self.is_valid() and self.cleaned_data["only"] == LAWFUL
