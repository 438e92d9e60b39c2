"""The form of a survey: what it is called and about, for whom and when, anonymous or by name."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.announcement import AnnouncementForm
from elections.actions.survey import About
from elections.models import ElectionEvent, Survey

ANONYMOUS, NAMED = "anonymous", "named"
_WHO: Final = (
    (ANONYMOUS, _("Anoniem: niemand kan zien wie wat antwoordde")),
    (NAMED, _("Op naam: u ziet bij elk antwoord wie het gaf")),
)


class SurveyForm(AnnouncementForm):
    """row: what is changed. is_settled: anonymous or by name stays as it is."""

    intro = forms.CharField(
        label=_("Uitleg"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Leden lezen dit voordat ze beginnen."),
    )
    who = forms.ChoiceField(
        label=_("Anoniem of op naam?"), choices=_WHO, widget=forms.RadioSelect, initial=ANONYMOUS
    )
    event = forms.ModelChoiceField(
        queryset=ElectionEvent.objects.order_by("-created_at"),
        to_field_name="uuid",
        required=False,
        label=_("Over welke verkiezingsronde gaat het?"),
        empty_label=_("Geen"),
    )
    field_order = ("version", "title", "intro", "who", "event")

    def __init__(
        self, *args: Any, row: Survey | None = None, is_settled: bool = False, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        if row:
            who = ANONYMOUS if row.is_anonymous else NAMED
            initial = {"intro": row.intro, "who": who, "event": row.event and row.event.uuid}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        if "begins_on" in self.fields:
            self.fields["begins_on"].label = _("In te vullen vanaf")
        self.fields["ends_on"].label = _("In te vullen tot en met")
        self.is_settled = is_settled
        self.was_anonymous = bool(row and row.is_anonymous)
        if is_settled:
            del self.fields["who"]

    @property
    def about(self) -> About:
        """What the actions want beside the posting. Only after `is_valid()`."""
        found = self.cleaned_data
        is_anonymous = self.was_anonymous if self.is_settled else found["who"] == ANONYMOUS
        return About(intro=found["intro"], is_anonymous=is_anonymous, event=found["event"])
