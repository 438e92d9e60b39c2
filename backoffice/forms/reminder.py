"""The form that adds a rung to the reminder ladder of a part."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput, TimeField
from elections import clock
from elections.models import PortalStep

DAYS, MOMENT = "days", "moment"
MOST_DAYS: Final = 90


class ReminderForm(forms.Form):
    """When a reminder goes: days before the part closes, or a day and a time in the municipality's time zone."""

    when = forms.ChoiceField(label=_("Wanneer gaat de herinnering?"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Dagen voor sluiting"),
        help_text=_("De e-mail gaat om 10.00 uur. Verandert de einddatum? Dan schuift de herinnering mee."),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        initial=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Vul een aantal dagen in, bijvoorbeeld: 7."),
            "min_value": _("Vul een aantal van 1 tot 90 in."),
            "max_value": _("Vul een aantal van 1 tot 90 in."),
        },
    )
    day = forms.DateField(label=_("Datum"), widget=DateInput, required=False)
    time = TimeField(label=_("Tijd"), required=False)

    def __init__(self, data: Any = None, *, step: PortalStep) -> None:
        super().__init__(data, initial={"when": DAYS if step.closes_at else MOMENT})
        choices = [(MOMENT, gettext("Op een dag en een tijd die u kiest"))]
        if step.closes_at:
            choices.insert(0, (DAYS, gettext("Een aantal dagen voordat het onderdeel sluit")))
        else:
            del self.fields["days"]
        self.fields["when"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("when") == DAYS and values.get("days") is None and "days" not in self.errors:
            self.add_error("days", gettext("Vul een aantal dagen in, bijvoorbeeld: 7."))
        if values.get("when") == MOMENT:
            for name, message in (
                ("day", gettext("Kies een datum.")),
                ("time", gettext("Vul een tijd in als 10:00.")),
            ):
                if values.get(name) is None and name not in self.errors:
                    self.add_error(name, message)
            day, time = values.get("day"), values.get("time")
            if day and time and not clock.exists(day, time):
                self.add_error("time", gettext("Die tijd bestaat dan niet: de klok gaat dat uur vooruit."))
        return values

    @property
    def values(self) -> dict[str, datetime | int]:
        """What the action wants. Only after `is_valid()`."""
        if self.cleaned_data["when"] == DAYS:
            return {"days_before": self.cleaned_data["days"]}
        return {"send_at": clock.moment(self.cleaned_data["day"], self.cleaned_data["time"])}


def days_words(days: int) -> str:
    """As on the screen: "7 dagen voor sluiting"."""
    return ngettext("%(days)s dag voor sluiting", "%(days)s dagen voor sluiting", days) % {"days": days}
