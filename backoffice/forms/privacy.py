"""Forms about the data of one person: erase them, answer a question, look along."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import EraseReason, PrivacyRequestKind, PrivacyRequestState
from elections.look import LONGEST_REASON, SHORTEST_REASON
from elections.models import Member, PrivacyRequest

OF_THE_SYSTEM = (EraseReason.TERM, EraseReason.AGAIN)
REASONS = [(reason.value, reason.label) for reason in EraseReason if reason not in OF_THE_SYSTEM]


class EraseForm(forms.Form):
    """The reason, and the member number typed over: nobody erases the wrong person with one click."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reden"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Kies een reden.")},
    )
    number = forms.CharField(
        label=gettext_lazy("Typ het lidnummer over"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Vul het lidnummer in.")},
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].strip()
        if number != str(self.member.number):
            raise forms.ValidationError(_("Dit is niet het lidnummer van dit lid."))
        return number


class AnswerForm(forms.Form):
    """What the team did, and a text for the member."""

    state = forms.ChoiceField(
        label=gettext_lazy("Wat hebt u gedaan?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Kies wat u hebt gedaan.")},
    )
    answer = forms.CharField(
        label=gettext_lazy("Antwoord aan het lid"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Het lid leest dit in het portaal. Schrijf er geen BSN of rekeningnummer in."),
        error_messages={"required": gettext_lazy("Schrijf een antwoord.")},
    )

    def __init__(self, *args: Any, question: PrivacyRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refuse = (PrivacyRequestState.REFUSED.value, _("Ik doe niet wat het lid vraagt, en leg uit waarom"))
        done = (PrivacyRequestState.GRANTED.value, _("Ik heb de gegevens verbeterd"))
        # To erase is to answer: that has a page of its own.
        choices = [refuse] if question.kind == PrivacyRequestKind.ERASE else [done, refuse]
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


class LookForm(forms.Form):
    """Why a colleague wants to see the portal as a member sees it; it stands in the log."""

    reason = forms.CharField(
        label=gettext_lazy("Waarom kijkt u mee?"),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Dit komt in het logboek, en het lid kan ernaar vragen."),
        error_messages={
            "required": gettext_lazy("Schrijf op waarom u meekijkt."),
            "min_length": gettext_lazy("Schrijf op waarom u meekijkt, in een paar woorden."),
        },
    )
