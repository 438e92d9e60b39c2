"""The form that opens a part of the portal."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput, TimeField
from elections.models import PortalStep


class PortalStepForm(forms.Form):
    """Days and times are in the municipality's time zone; an empty bound is no bound."""

    is_on = forms.BooleanField(
        label=_("Leden zien dit onderdeel"),
        required=False,
        help_text=_("Uit: het onderdeel staat niet in het portaal."),
    )
    opens_on = forms.DateField(label=_("Open vanaf"), widget=DateInput, required=False)
    opens_time = TimeField(label=_("Tijd"), required=False)
    closes_on = forms.DateField(label=_("Open tot"), widget=DateInput, required=False)
    closes_time = TimeField(label=_("Tijd"), required=False)
    text = forms.CharField(
        label=_("Eigen uitleg voor leden"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leeg: leden zien de standaardtekst."),
    )

    @classmethod
    def of(cls, step: PortalStep, data: Any) -> "PortalStepForm":
        initial: dict[str, Any] = {"is_on": step.is_on, "text": step.text}
        for name, moment in (("opens", step.opens_at), ("closes", step.closes_at)):
            if moment:
                local = timezone.localtime(moment)
                initial |= {f"{name}_on": local.date(), f"{name}_time": local.time()}
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("opens", "closes"):
            if (
                values.get(f"{name}_time")
                and not values.get(f"{name}_on")
                and f"{name}_on" not in self.errors
            ):
                self.add_error(f"{name}_on", gettext("Vul bij de tijd ook de datum in."))
        return values

    def moment(self, name: str) -> datetime | None:
        """The moment of "opens" or "closes"; without a time the day begins or ends at midnight."""
        day, time = self.cleaned_data[f"{name}_on"], self.cleaned_data[f"{name}_time"]
        if day is None:
            return None
        fallback = (
            datetime.min.time() if name == "opens" else datetime.max.time().replace(second=0, microsecond=0)
        )
        return timezone.make_aware(datetime.combine(day, time or fallback))
