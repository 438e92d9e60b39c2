"""The forms that open a part of the portal, and write one of the team's own."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.audience import EVERYONE, AudienceForm
from backoffice.forms.event import DateInput, TimeField
from elections import normalise
from elections.actions.portal_step import PartSetting
from elections.enums import StepKind
from elections.models import Audience, ElectionEvent, PortalStep, User
from tenants.forms import TidyField

BODY_LENGTH = 10_000


class PortalStepForm(forms.Form):
    """Days and times are in the municipality's time zone; an empty bound is no bound.

    step: the part that is changed; none for a new part of the team's own, which has a title and a text.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = TidyField(
        normalise.line,
        label=_("Titel"),
        max_length=80,
        help_text=_("Dit staat in de lijst met stappen. Bijvoorbeeld: Parkeren op de dag zelf."),
        error_messages={"required": _("Geef het onderdeel een titel. Leden zien die in de lijst.")},
    )
    body = forms.CharField(
        label=_("Tekst"),
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Schrijf een tekst.")},
    )
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

    def __init__(self, data: Any = None, *, step: PortalStep | None = None) -> None:
        super().__init__(data, initial=_initial(step))
        if step and step.kind != StepKind.OWN:
            for name in ("title", "body"):
                del self.fields[name]
        else:
            # The beginning of its text stands in the list, so that there is nothing to explain beside it.
            del self.fields["text"]
        if step and step.kind == StepKind.OWN:
            again = gettext(
                "Wijzigt u de titel of de tekst? Dan krijgt wie het al las het onderdeel opnieuw te lezen."
            )
            self.fields["body"].help_text = again

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

    @property
    def setting(self) -> PartSetting:
        """What the actions want. Only after `is_valid()`."""
        found = self.cleaned_data
        return PartSetting(
            is_on=found["is_on"],
            opens_at=self._moment("opens"),
            closes_at=self._moment("closes"),
            text=found.get("text", ""),
            title=found.get("title", ""),
            body=found.get("body", ""),
        )

    @property
    def version_shown(self) -> int:
        """The version of the part that the page showed. Only after `is_valid()`."""
        return self.cleaned_data["version"] or 0

    def _moment(self, name: str) -> datetime | None:
        """The moment of "opens" or "closes"; without a time the day begins or ends at midnight."""
        day, time = self.cleaned_data[f"{name}_on"], self.cleaned_data[f"{name}_time"]
        if day is None:
            return None
        fallback = (
            datetime.min.time() if name == "opens" else datetime.max.time().replace(second=0, microsecond=0)
        )
        return timezone.make_aware(datetime.combine(day, time or fallback))


class PartAudienceForm(AudienceForm):
    """For whom a part is. Nothing here asks how far somebody is with a part: that would go round in a circle."""

    def __init__(self, data: Any = None, *, event: ElectionEvent, step: PortalStep | None = None) -> None:
        audience = step.audience if step else None
        super().__init__(data, event=event, audience=audience)
        self.fields.pop("step_not_done", None)
        if "stored" in self.fields:
            stored: Any = self.fields["stored"]
            stored.queryset = stored.queryset.filter(step_not_done="")

    def save(self, by: User | None) -> Audience | None:  # type: ignore[override]
        """As AudienceForm.save; None when the part is for everybody."""
        return None if self.cleaned_data["who"] == EVERYONE else super().save(by)


def _initial(step: PortalStep | None) -> dict[str, Any]:
    if step is None:
        return {"is_on": True}
    initial: dict[str, Any] = {
        "version": step.version,
        "is_on": step.is_on,
        "text": step.text,
        "title": step.title,
        "body": step.body,
    }
    for name, moment in (("opens", step.opens_at), ("closes", step.closes_at)):
        if moment:
            local = timezone.localtime(moment)
            initial |= {f"{name}_on": local.date(), f"{name}_time": local.time()}
    return initial
