"""What the forms of news and documents share: title, period, mail, and the version that the page showed."""

from datetime import datetime, time
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput, TimeField
from elections import normalise
from elections.actions.announcement import Posting
from elections.enums import PublishState
from elections.models.publication import PublicationModel
from tenants.forms import TidyField

# Without a time, something is there from the first to the last minute of its days.
_WHOLE_DAY: Final = {"begins": time(), "ends": time(23, 59)}


class VersionForm(forms.Form):
    """For pages that ask before an act: the row as the colleague saw it."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AnnouncementForm(forms.Form):
    """Days and times are in the municipality's time zone; an empty bound is no bound.

    row: what is changed. What members were told of already keeps its begin, so those fields are left out then.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = TidyField(
        normalise.line,
        label=_("Titel"),
        max_length=150,
        error_messages={"required": _("Geef een titel. Leden zien die in de lijst.")},
    )
    begins_on = forms.DateField(label=_("Te lezen vanaf"), widget=DateInput, required=False)
    begins_time = TimeField(label=_("Tijd"), required=False)
    ends_on = forms.DateField(label=_("Te lezen tot en met"), widget=DateInput, required=False)
    ends_time = TimeField(label=_("Tijd"), required=False)
    tells_by_mail = forms.BooleanField(
        label=_("Stuur leden een e-mail dat dit klaarstaat"),
        required=False,
        initial=True,
        help_text=_("Ieder lid krijgt één e-mail. Wat er staat, leest het lid in het portaal."),
    )

    def __init__(self, *args: Any, row: PublicationModel | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(row) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.row = row
        if row and row.announced_at:
            for name in ("begins_on", "begins_time", "tells_by_mail"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("begins", "ends"):
            day = f"{name}_on"
            if values.get(f"{name}_time") and not values.get(day) and day not in self.errors:
                self.add_error(day, gettext("Vul bij de tijd ook de datum in."))
        begins, ends = self.moment("begins"), self.moment("ends")
        if ends and ends <= (begins or timezone.now()):
            self.add_error("ends_on", gettext("Het einde moet na het begin liggen, en in de toekomst."))
        return values

    def moment(self, name: str) -> datetime | None:
        """The moment of "begins" or "ends"; without a time the first or the last minute of the day."""
        day, clock = self.cleaned_data.get(f"{name}_on"), self.cleaned_data.get(f"{name}_time")
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, clock or _WHOLE_DAY[name]))

    @property
    def posting(self) -> Posting:
        """What the actions want. Only after `is_valid()`."""
        found = self.cleaned_data
        return Posting(
            title=found["title"],
            publishes_at=self.moment("begins"),
            ends_at=self.moment("ends"),
            tells_by_mail=found.get("tells_by_mail", False),
        )

    @property
    def version_shown(self) -> int:
        """The version of the row that the page showed. Only after `is_valid()`."""
        return self.cleaned_data["version"] or 0


def _initial(row: PublicationModel | None) -> dict[str, Any]:
    if row is None:
        return {}
    values: dict[str, Any] = {"version": row.version, "title": row.title, "tells_by_mail": row.tells_by_mail}
    # Of what was published at once the begin is no wish; of what was withdrawn it is over.
    begin = row.publishes_at if row.state != PublishState.WITHDRAWN else None
    for name, moment in (("begins", begin), ("ends", row.ends_at)):
        if moment:
            local = timezone.localtime(moment)
            values |= {f"{name}_on": local.date(), f"{name}_time": local.time()}
    return values
