"""Forms about changes that members ask for: deciding about one, and choosing which subjects wait for the team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.enums import DataSubject


class ApproveForm(forms.Form):
    """What the page showed: the version of the change, and of the member."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    member_version = forms.IntegerField(widget=forms.HiddenInput)


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Waarom neemt u dit niet over?"),
        help_text=_("Het lid leest dit. Bijvoorbeeld: Dit adres bestaat niet. Kijk het huisnummer na."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Schrijf op waarom u dit niet overneemt. Het lid leest dat.")},
    )


class SubjectsForm(forms.Form):
    subjects = forms.MultipleChoiceField(
        label=_("Welke wijzigingen wilt u eerst zien?"),
        help_text=_("Kruist u niets aan? Dan geldt elke wijziging meteen."),
        choices=DataSubject.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
