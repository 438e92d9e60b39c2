"""For whom something is meant: a part of other forms, and the form of a stored audience."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.audience import conditions, copy_audience, save_audience
from elections.enums import TASK_STEPS, AudienceKind, PlacedFilter, PositionKind
from elections.models import Audience, ElectionEvent, Label, PollingStation, User
from elections.queries.audience_conditions import Conditions
from tenants.forms import TidyField

EVERYONE, SELECTION, STORED, KEPT = "everyone", "selection", "stored", "kept"
PREFIX: Final = "audience"


class SelectionForm(forms.Form):
    """The conditions of a selection. `event`: the round whose places, polling stations and parts are asked for."""

    labels = forms.ModelMultipleChoiceField(
        queryset=Label.objects.all(),
        to_field_name="name",
        required=False,
        label=_("Met één van deze kenmerken"),
        widget=forms.CheckboxSelectMultiple,
    )
    position_kinds = forms.MultipleChoiceField(
        choices=PositionKind.choices,
        required=False,
        label=_("Ingedeeld als"),
        widget=forms.CheckboxSelectMultiple,
    )
    stations = forms.ModelMultipleChoiceField(
        queryset=PollingStation.objects.none(),
        to_field_name="uuid",
        required=False,
        label=_("Ingedeeld bij één van deze stembureaus"),
        widget=forms.CheckboxSelectMultiple,
    )
    placed = forms.ChoiceField(
        choices=PlacedFilter.choices,
        label=_("Indeling"),
        widget=forms.RadioSelect,
        initial=PlacedFilter.ANY.value,
        required=False,
        help_text=_("Plaatsen die u nog niet publiceerde, tellen mee."),
    )
    step_not_done = forms.ChoiceField(
        label=_("Nog niet klaar met"),
        required=False,
        help_text=_("Leden voor wie in dit onderdeel van het portaal nog iets te doen is."),
    )

    def __init__(
        self, data: Any = None, *, event: ElectionEvent | None, initial: dict[str, Any], prefix: str = PREFIX
    ) -> None:
        super().__init__(data, initial=initial, prefix=prefix)
        self.event = event
        self.fields["step_not_done"].choices = [  # type: ignore[attr-defined]
            ("", gettext("maakt niet uit")),
            *((kind.value, kind.label) for kind in TASK_STEPS),
        ]
        self.fields["stations"].queryset = _stations(event)  # type: ignore[attr-defined]
        if event is None:
            for name in ("position_kinds", "stations", "placed", "step_not_done"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What the action wants for a selection. Only after `is_valid()`."""
        found = self.cleaned_data
        return {
            "kind": AudienceKind.SELECTION,
            "event": self.event,
            "labels": list(found["labels"]),
            "position_kinds": [PositionKind(kind) for kind in found.get("position_kinds", [])],
            "stations": list(found.get("stations", [])),
            "placed": PlacedFilter(found.get("placed") or PlacedFilter.ANY),
            "step_not_done": found.get("step_not_done", ""),
        }


class AudienceForm(SelectionForm):
    """A part of the form of news, documents and messages; its template is backoffice/audience/fields.html, with this
    form as `audience_form`.

    event: the round that the colleague works in. audience: what the thing has now, when it is changed.
    """

    who = forms.ChoiceField(label=_("Voor wie?"), widget=forms.RadioSelect)
    stored = forms.ModelChoiceField(
        queryset=Audience.objects.exclude(name=""),
        to_field_name="uuid",
        required=False,
        label=_("Bewaarde doelgroep"),
        empty_label=_("Kies een doelgroep"),
    )
    field_order = ("who", "stored")

    def __init__(
        self,
        data: Any = None,
        *,
        event: ElectionEvent | None,
        audience: Audience | None = None,
        prefix: str = PREFIX,
    ) -> None:
        self.audience = audience
        initial = initial_of(audience) if audience else {"who": EVERYONE}
        super().__init__(data, event=_event_of(audience) or event, initial=initial, prefix=prefix)
        choices = [
            (EVERYONE, gettext("Alle actieve leden")),
            (SELECTION, gettext("Leden die aan voorwaarden voldoen")),
        ]
        if self.fields["stored"].queryset.exists():  # type: ignore[attr-defined]
            choices.append((STORED, gettext("Een bewaarde doelgroep")))
        else:
            del self.fields["stored"]
        if audience and audience.kind == AudienceKind.MEMBERS:
            choices.insert(0, (KEPT, gettext("De leden die eerder zijn gekozen")))
        self.fields["who"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("who") == STORED and not values.get("stored") and "stored" not in self.errors:
            self.add_error("stored", gettext("Kies een bewaarde doelgroep."))
        if values.get("who") == SELECTION and not self.errors and self.wanted().asks_nothing:
            self.add_error(
                "who",
                gettext("Kies bij de voorwaarden minstens één kenmerk, functie, stembureau of onderdeel."),
            )
        return values

    def wanted(self) -> Conditions:
        """Whom it would hold, before anything is saved. Only after `is_valid()`."""
        who = self.cleaned_data["who"]
        if who == STORED:
            return Conditions.of(self.cleaned_data["stored"])
        if who == KEPT and self.audience:
            return Conditions.of(self.audience)
        if who == SELECTION:
            return conditions(**self.values())
        return conditions(kind=AudienceKind.EVERYONE)

    def save(self, by: User | None) -> Audience:
        """The audience for one thing: a copy of a stored one, or the one that the thing had, changed.

        Call it in the transaction that saves the thing. Only after `is_valid()`.

        Raises:
            ActionError: as `save_audience`.
        """
        who = self.cleaned_data["who"]
        if who == STORED:
            return copy_audience(self.cleaned_data["stored"])
        if who == KEPT and self.audience:
            return self.audience
        values = self.values() if who == SELECTION else {"kind": AudienceKind.EVERYONE}
        own = self.audience if self.audience and not self.audience.name else None
        return save_audience(own, **values, by=by)


class StoredAudienceForm(SelectionForm):
    """A stored audience: a name and conditions. Hand-picked members come from the list of members."""

    name = TidyField(
        normalise.line,
        label=_("Naam"),
        max_length=80,
        help_text=_("Zo vindt u de doelgroep terug. Bijvoorbeeld: voorzitters die Engels spreken."),
        error_messages={"required": _("Geef de doelgroep een naam.")},
    )
    field_order = ("name",)

    def __init__(
        self, data: Any = None, *, event: ElectionEvent | None, audience: Audience | None = None
    ) -> None:
        self.audience = audience
        initial = initial_of(audience) if audience else {}
        super().__init__(data, event=_event_of(audience) or event, initial=initial)
        if audience and audience.kind != AudienceKind.SELECTION:
            for name in [name for name in self.fields if name != "name"]:
                del self.fields[name]

    def wanted(self) -> Conditions:
        """Whom it would hold, before anything is saved. Only after `is_valid()`."""
        if self.audience and self.audience.kind != AudienceKind.SELECTION:
            return Conditions.of(self.audience)
        return conditions(**self.values())

    def save(self, by: User | None) -> Audience:
        """Make or change the stored audience. Only after `is_valid()`.

        Raises:
            ActionError: as `save_audience`.
        """
        name = self.cleaned_data["name"]
        if self.audience and self.audience.kind != AudienceKind.SELECTION:
            kind, members = AudienceKind(self.audience.kind), list(self.audience.members.all())
            return save_audience(self.audience, kind=kind, members=members, name=name, by=by)
        return save_audience(self.audience, **self.values(), name=name, by=by)


def initial_of(audience: Audience) -> dict[str, Any]:
    """The values of a stored audience as the fields show them."""
    who = KEPT if audience.kind == AudienceKind.MEMBERS else audience.kind
    return {
        "who": who,
        "name": audience.name,
        "labels": list(audience.labels.values_list("name", flat=True)),
        "position_kinds": audience.position_kinds,
        "stations": list(audience.stations.values_list("uuid", flat=True)),
        "placed": audience.placed,
        "step_not_done": audience.step_not_done,
    }


def _event_of(audience: Audience | None) -> ElectionEvent | None:
    return audience.event if audience else None


def _stations(event: ElectionEvent | None) -> QuerySet[PollingStation]:
    return PollingStation.objects.filter(event=event).order_by("number")
