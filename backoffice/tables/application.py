"""The table of applications and its filter."""

from typing import Any, Final

import django_filters as filters
import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from elections.enums import ApplicationState
from elections.models import Application
from elections.models.application import ApplicationQuerySet

TONES: Final = {
    ApplicationState.OPEN: "warning",
    ApplicationState.KEPT: "info",
    ApplicationState.ACCEPTED: "ok",
    ApplicationState.REFUSED: "neutral",
    ApplicationState.TRANSFERRED: "neutral",
}
SHOWN: Final = [(state.value, state.label) for state in TONES]


class ApplicationFilter(filters.FilterSet):
    """Search by name, address or number; choose state and experience."""

    q = filters.CharFilter(label=_("Zoek op naam, e-mail of telefoon"), method="search")
    state = filters.ChoiceFilter(label=_("Stand"), choices=SHOWN, empty_label=_("Alle"))
    experience = filters.ChoiceFilter(
        label=_("Ervaring"),
        field_name="has_experience",
        choices=[("True", _("Werkte eerder op een stembureau")), ("False", _("Nog geen ervaring"))],
        empty_label=_("Alle"),
    )
    double = filters.ChoiceFilter(
        label=_("Mogelijk dubbel"),
        field_name="may_be_member",
        choices=[("True", _("Misschien al lid")), ("False", _("Nog niet bekend"))],
        empty_label=_("Alle"),
    )

    class Meta:
        model = Application
        fields = ("q", "state", "experience", "double")

    def search(self, applications: ApplicationQuerySet, _name: str, value: str) -> ApplicationQuerySet:
        return applications.search(value)


class ApplicationTable(tables.Table):
    """Who, from where, when, and what became of it."""

    name = tables.Column(
        verbose_name=_("Naam"),
        accessor="full_name",
        order_by=("last_name", "first_name", "pk"),
        linkify=("backoffice:application-detail", {"uuid": tables.A("uuid")}),
        attrs={"td": {"class": "z-cell-main"}, "a": {"class": "nl-link"}},
    )
    city = tables.Column(verbose_name=_("Woonplaats"))
    age = tables.Column(verbose_name=_("Leeftijd"), order_by="-birth_date", attrs={"td": {"class": "z-num"}})
    has_experience = tables.Column(verbose_name=_("Ervaring"))
    created_at = tables.DateTimeColumn(verbose_name=_("Aangemeld"), format="j b Y H.i")
    state = tables.Column(verbose_name=_("Stand"))

    caption = _("Aanmeldingen")

    class Meta:
        order_by = "-created_at"

    def render_has_experience(self, value: bool) -> Any:
        return _("ja") if value else _("nee")

    def render_state(self, record: Application) -> Any:
        state = ApplicationState(record.state)
        badges = [_badge(str(state.label), TONES[state])]
        if record.state in (ApplicationState.OPEN, ApplicationState.KEPT):
            if record.may_be_member:  # type: ignore[attr-defined]
                badges.append(_badge(str(_("misschien al lid")), "accent"))
            if record.may_be_twice:  # type: ignore[attr-defined]
                badges.append(_badge(str(_("misschien dubbel")), "accent"))
            if record.may_be_passed_on:
                badges.append(_badge(str(_("mag worden doorgegeven")), "accent"))
        return format_html(" ".join("{}" for _each in badges), *badges)


def _badge(label: str, tone: str) -> str:
    return render_to_string("components/badge.html", {"label": label, "tone": tone})
