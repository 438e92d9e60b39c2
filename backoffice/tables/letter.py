"""The table of appointment letters and its filter."""

from collections.abc import Container
from typing import Any

import django_filters as filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import LetterState
from elections.letter_changes import change_words
from elections.models import AppointmentLetter, Member
from elections.queries.letter import coming_changes

OUTDATED = "outdated"
TONES = {
    LetterState.WAITING: "info",
    LetterState.MADE: "accent",
    LetterState.PUBLISHED: "ok",
    LetterState.WITHDRAWN: "neutral",
    LetterState.FAILED: "error",
}


class LetterFilter(filters.FilterSet):
    """Search by member; choose a state, or only what is no longer true."""

    q = filters.CharFilter(label=gettext_lazy("Zoek op naam of lidnummer"), method="search")
    state = filters.ChoiceFilter(
        label=gettext_lazy("Status"),
        choices=[*LetterState.choices, (OUTDATED, gettext_lazy("verouderd"))],
        empty_label=gettext_lazy("Alle"),
        method="choose_state",
    )

    class Meta:
        model = AppointmentLetter
        fields = ("q", "state")

    def __init__(self, *args: Any, outdated: Container[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outdated = outdated

    def search(
        self, letters: QuerySet[AppointmentLetter], _name: str, value: str
    ) -> QuerySet[AppointmentLetter]:
        return letters.filter(member__in=Member.objects.search(value))

    def choose_state(
        self, letters: QuerySet[AppointmentLetter], _name: str, value: str
    ) -> QuerySet[AppointmentLetter]:
        return letters.filter(pk__in=self.outdated) if value == OUTDATED else letters.filter(state=value)


class LetterTable(tables.Table):
    """Whose letter, how it stands, and what can be done with it."""

    reference = tables.Column(verbose_name=gettext_lazy("Nummer"), order_by="number")
    member = tables.Column(
        verbose_name=gettext_lazy("Lid"),
        accessor="member__list_name",
        order_by="member__sort_name",
        attrs={"td": {"class": "z-cell-main"}},
    )
    state = tables.Column(verbose_name=gettext_lazy("Status"))
    published_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Gepubliceerd"), format="j b Y H.i", default="–"
    )
    first_read_at = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Gelezen"), format="j b Y H.i", default="–"
    )
    actions = tables.TemplateColumn(
        verbose_name="",
        template_name="backoffice/letter/actions_cell.html",
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = gettext_lazy("Brieven")

    class Meta:
        order_by = "reference"

    def __init__(self, *args: Any, outdated: Container[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outdated = outdated

    def render_state(self, record: AppointmentLetter) -> Any:
        badge = {"label": record.get_state_display(), "tone": TONES[LetterState(record.state)]}
        note = record.error
        if record.pk in self.outdated and record.state in (LetterState.MADE, LetterState.PUBLISHED):
            badge = {"label": _("%(state)s, verouderd") % {"state": badge["label"]}, "tone": "warning"}
            note = _("Klopt niet meer met de indeling of de tekst.")
        return render_to_string("backoffice/letter/state_cell.html", {**badge, "note": note})


class LetterChangesTable(tables.Table):
    """Whose letter was made anew, and what it tells."""

    reference = tables.Column(verbose_name=gettext_lazy("Nummer"), order_by="number")
    member = tables.Column(
        verbose_name=gettext_lazy("Lid"),
        accessor="member__list_name",
        order_by="member__sort_name",
        attrs={"td": {"class": "z-cell-main"}},
    )
    changes = tables.Column(
        verbose_name=gettext_lazy("Wat er verandert"), accessor="facts", orderable=False, empty_values=()
    )

    caption = gettext_lazy("Aangepaste brieven")

    class Meta:
        order_by = "reference"

    def render_changes(self, record: AppointmentLetter) -> Any:
        sentences = [change_words(change) for change in coming_changes(record)]
        return render_to_string("backoffice/letter/changes_cell.html", {"sentences": sentences})
