"""The form with which a colleague marks contact data as confidential."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput
from elections.actions.confidentiality import LONGEST_REASON
from elections.models import Member

UNTIL_ENDED = "open"
UNTIL_DAY = "day"


class ConfidentialityForm(forms.Form):
    """Why, and until when. A term is chosen on purpose: an empty date would be one by accident."""

    reason = forms.CharField(
        label=_("Waarom zijn deze gegevens vertrouwelijk?"),
        help_text=_(
            "Kort en zonder details. Alleen een beheerder leest dit, en het lid als het daarom vraagt."
        ),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Schrijf op waarom de gegevens vertrouwelijk zijn.")},
    )
    term = forms.ChoiceField(
        label=_("Hoelang?"),
        choices=[
            (UNTIL_ENDED, _("Tot een beheerder het beëindigt")),
            (UNTIL_DAY, _("Tot en met een dag")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies hoelang.")},
    )
    last_day = forms.DateField(
        label=_("Laatste dag"),
        help_text=_(
            "Alleen als u “Tot en met een dag” kiest. De dag erna ziet iedereen met toegang tot het ledenbestand de "
            "gegevens weer."
        ),
        widget=DateInput,
        required=False,
        error_messages={"invalid": _("Vul een datum in, bijvoorbeeld 31-12-2027.")},
    )

    def __init__(self, data: Any = None, *, member: Member) -> None:
        initial = {}
        if member.is_confidential:
            until = member.confidential_until
            term = UNTIL_DAY if until else UNTIL_ENDED
            initial = {"reason": member.confidential_reason, "term": term, "last_day": until}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("term") == UNTIL_ENDED:
            values["last_day"] = None
        elif values.get("term") == UNTIL_DAY and "last_day" not in self.errors:
            if not values.get("last_day"):
                self.add_error("last_day", _("Vul de laatste dag in."))
            elif values["last_day"] < timezone.localdate():
                self.add_error("last_day", _("Deze dag is al voorbij. Kies vandaag of een latere dag."))
        return values
