"""Forms about members: their data, and a label for many at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.seen import Changes, pack, take_over, unpack
from elections import normalise
from elections.enums import PositionKind
from elections.imports.member_values import MOST_ELECTIONS
from elections.models import Label, Member
from elections.queries.confidentiality import CONTACT_FIELDS
from tenants.context import current_municipality
from tenants.forms import TidyField

OFF = {"autocomplete": "off"}


class MemberForm(forms.Form):
    """All that the team may change about a member. `version` is the row as the page showed it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # What the page showed, to tell what somebody changed from what they left as it was: backoffice/forms/seen.py.
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000, strip=False)
    initials = TidyField(normalise.initials, label=_("Voorletters"), max_length=20, required=False)
    first_name = TidyField(normalise.line, label=_("Voornaam"), max_length=60, required=False)
    infix = TidyField(
        normalise.line,
        label=_("Tussenvoegsel"),
        help_text=_("Bijvoorbeeld: van der."),
        max_length=20,
        required=False,
    )
    last_name = TidyField(
        normalise.line,
        label=_("Achternaam"),
        max_length=100,
        error_messages={"required": _("Vul de achternaam in.")},
    )
    birth_date = TidyField(
        normalise.birth_date,
        label=_("Geboortedatum"),
        help_text=_("Bijvoorbeeld: 17-3-1960."),
        max_length=30,
        required=False,
    )
    email = TidyField(
        normalise.email,
        label=_("E-mailadres"),
        help_text=_("Hier gaan de uitnodiging en de inlogcodes naartoe."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs=OFF),
    )
    phone = TidyField(normalise.phone, label=_("Telefoonnummer"), max_length=30, required=False)
    street = TidyField(normalise.line, label=_("Straat"), max_length=100, required=False)
    house_number = TidyField(normalise.house_number, label=_("Huisnummer"), max_length=20, required=False)
    postcode = TidyField(normalise.postcode, label=_("Postcode"), max_length=10, required=False)
    city = TidyField(normalise.line, label=_("Plaats"), max_length=80, required=False)
    qualified_for = forms.MultipleChoiceField(
        label=_("Kan werken als"),
        choices=PositionKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_own_staff = forms.BooleanField(label=_("Werkt bij de gemeente"), required=False)
    earlier_elections = forms.IntegerField(
        label=_("Eerdere verkiezingen"),
        help_text=_("Hoe vaak dit lid al meehielp voordat u Zitting gebruikte."),
        min_value=0,
        max_value=MOST_ELECTIONS,
        required=False,
        widget=forms.TextInput(attrs={**OFF, "inputmode": "numeric"}),
        error_messages={
            "invalid": _("Vul een aantal in, bijvoorbeeld: 3."),
            "min_value": _("Vul een aantal van 0 tot 100 in."),
            "max_value": _("Vul een aantal van 0 tot 100 in."),
        },
    )
    trained_on = TidyField(
        normalise.past_date,
        label=_("Training gedaan op"),
        help_text=_("Bijvoorbeeld: 12-1-2026."),
        max_length=30,
        required=False,
    )
    labels = forms.CharField(
        label=_("Kenmerken"),
        help_text=_("Woorden om op te zoeken, met een komma ertussen. Bijvoorbeeld: ervaren, heeft auto."),
        max_length=600,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    remark = forms.CharField(
        label=_("Opmerking van het team"),
        help_text=_("Het lid ziet dit niet."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    number = forms.IntegerField(
        label=_("Lidnummer"),
        help_text=_("Laat leeg voor het eerste vrije nummer."),
        min_value=1,
        max_value=2_000_000_000,
        required=False,
        widget=forms.TextInput(attrs={**OFF, "inputmode": "numeric"}),
        error_messages={"invalid": _("Een lidnummer bestaat uit cijfers.")},
    )

    def __init__(
        self, data: Any = None, *, member: Member | None = None, hides_contact: bool = False
    ) -> None:
        """hides_contact: without the fields that this colleague may not read (queries.confidentiality)."""
        super().__init__(data, initial=_initial(member) if member else None)
        self.member = member
        for name in CONTACT_FIELDS if hides_contact else ():
            del self.fields[name]
        if member:
            self.initial["seen"] = pack(self)
        else:
            del self.fields["seen"]
        if current_municipality().is_public_body:
            self.fields["is_own_staff"].label = _("Werkt bij het openbaar lichaam")
        if member:
            self.fields["number"].required = True
            self.fields["number"].help_text = ""
            self.fields["number"].error_messages["required"] = _("Vul het lidnummer in.")

    def clean_labels(self) -> list[str]:
        """The labels as a list without doubles."""
        names = {
            normalise.line(name).casefold(): normalise.line(name)
            for name in self.cleaned_data["labels"].split(",")
        }
        names.pop("", None)
        if self.member:
            names = self._with_labels_of_others(names, self.member)
        limit = Label._meta.get_field("name").max_length or 0
        if any(len(name) > limit for name in names.values()):
            raise forms.ValidationError(_("Een kenmerk heeft hoogstens 60 tekens."))
        return list(names.values())

    def _with_labels_of_others(self, typed: dict[str, str], member: Member) -> dict[str, str]:
        """Labels are given to many members at once too: what counts is what was added and taken away on this page."""
        text = unpack(self).get("labels")
        if not isinstance(text, str):
            return typed
        shown = {name.casefold() for name in text.split(", ")}
        stored = {label.name.casefold(): label.name for label in member.labels.all()}
        added = {key: name for key, name in typed.items() if key not in shown}
        removed = shown - typed.keys()
        return {key: name for key, name in (stored | added).items() if key not in removed}

    @property
    def values(self) -> dict[str, Any]:
        """The values for the actions create_member and update_member; an empty number is left to Zitting."""
        values = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "seen", "labels")
        }
        if values["number"] is None:
            del values["number"]
        values["earlier_elections"] = values["earlier_elections"] or 0
        return values

    def look_again(self) -> Changes:
        """After "changed elsewhere": take over what others changed, keep what was typed, and accept it when it is saved
        once more. Returns what others changed, for the page to tell."""
        changes = take_over(self)
        self.data["labels"] = ", ".join(self.cleaned_data["labels"])
        return changes


def _initial(member: Member) -> dict[str, Any]:
    initial = {
        name: getattr(member, name) for name in MemberForm.base_fields if name not in ("labels", "seen")
    }
    for name in ("birth_date", "trained_on"):
        day = initial[name]
        initial[name] = f"{day.day}-{day.month}-{day.year}" if day else ""
    initial["labels"] = ", ".join(label.name for label in member.labels.all())
    return initial


class SealedForm(forms.Form):
    """Carries a selection to the page that asks "are you sure?"; see backoffice/selection.py."""

    selection = forms.CharField(widget=forms.HiddenInput, max_length=100_000)


class LabelForm(SealedForm):
    name = forms.CharField(
        label=_("Kenmerk"),
        help_text=_("Een kort woord, bijvoorbeeld: ervaren."),
        max_length=60,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": _("Vul een kenmerk in.")},
    )
    remove = forms.ChoiceField(
        label=_("Wat wilt u doen?"),
        choices=[("no", _("Kenmerk geven")), ("yes", _("Kenmerk weghalen"))],
        widget=forms.RadioSelect,
        initial="no",
    )


class AudienceNameForm(SealedForm):
    name = TidyField(
        normalise.line,
        label=_("Naam van de doelgroep"),
        help_text=_("Zo vindt u de doelgroep terug. Bijvoorbeeld: ploeg van vorig jaar."),
        max_length=80,
        error_messages={"required": _("Geef de doelgroep een naam.")},
    )
