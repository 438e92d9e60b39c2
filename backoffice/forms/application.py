"""Forms about applications: what the public page says, and what the team decides."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.enums import RefusalReason
from elections.models import Application, Member
from elections.queries.application import PossibleDouble
from tenants.models import Municipality
from tenants.package import LARGEST

NEW: Final = "new"


class SignUpSettingForm(forms.Form):
    """The texts are shown as they are typed; an empty line makes a new paragraph."""

    is_open = forms.ChoiceField(
        label=_("Kunnen mensen zich nu aanmelden?"),
        choices=[("yes", _("Ja, het formulier staat open")), ("no", _("Nee, het formulier is dicht"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies ja of nee.")},
    )
    text = forms.CharField(
        label=_("Tekst boven het formulier"),
        help_text=_("Wie zoekt u, en wanneer? Zonder eigen tekst staat er een korte uitnodiging."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    closed_text = forms.CharField(
        label=_("Tekst als aanmelden dicht is"),
        help_text=_("Bijvoorbeeld wanneer mensen zich weer kunnen aanmelden."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"is_open": self.cleaned_data["is_open"] == "yes"}


class AcceptForm(forms.Form):
    """A new member, or one of those who may be the same person; nothing is asked when nobody is alike."""

    person = forms.ChoiceField(
        label=_("Wie is dit?"),
        widget=forms.RadioSelect,
        help_text=_("Van een lid dat u al kent, verandert er niets in het ledenbestand."),
        error_messages={"required": _("Kies wie dit is."), "invalid_choice": _("Kies wie dit is.")},
    )

    def __init__(self, data: Any = None, *, application: Application, doubles: list[PossibleDouble]) -> None:
        super().__init__(data, initial={} if doubles else {"person": NEW})
        self.members = {str(double.member.uuid): double.member for double in doubles}
        known = [
            (
                key,
                gettext("Dit is lid %(number)s: %(name)s")
                % {"number": member.number, "name": member.full_name},
            )
            for key, member in self.members.items()
        ]
        new = gettext("%(name)s wordt een nieuw lid") % {"name": application.full_name}
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(NEW, new), *known]
        if not doubles:
            field.widget = forms.HiddenInput()

    @property
    def double(self) -> Member | None:
        """The member that was chosen; None for a new one."""
        return self.members.get(self.cleaned_data["person"])


class RefuseForm(forms.Form):
    refusal = forms.ChoiceField(
        label=_("Waarom wijst u de aanmelding af?"),
        choices=RefusalReason.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "De reden staat in de e-mail. Bij “een andere reden” staat er alleen wie men kan bellen."
        ),
        error_messages={"required": _("Kies een reden."), "invalid_choice": _("Kies een reden.")},
    )


class TransferForm(forms.Form):
    """Where the application may go; the person is asked first."""

    municipality = forms.ChoiceField(
        label=_("Naar welke gemeente?"),
        error_messages={"required": _("Kies een gemeente."), "invalid_choice": _("Kies een gemeente.")},
    )

    def __init__(self, data: Any = None, *, targets: list[Municipality]) -> None:
        super().__init__(data)
        self.targets = {target.code: target for target in targets}
        field = self.fields["municipality"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [
            ("", gettext("Kies")),
            *((code, target.display_name) for code, target in self.targets.items()),
        ]

    @property
    def target(self) -> Municipality:
        return self.targets[self.cleaned_data["municipality"]]


class PackageForm(forms.Form):
    """The sealed file that another municipality made."""

    file = forms.FileField(
        label=_("Bestand van de andere gemeente"),
        help_text=_("Een bestand dat eindigt op .zitting."),
        widget=forms.FileInput(attrs={"accept": ".zitting"}),
        error_messages={
            "required": _("Kies een bestand."),
            "missing": _("Kies een bestand."),
            "empty": _("Dit bestand is leeg."),
            "invalid": _("Het bestand is niet goed aangekomen. Probeer het opnieuw."),
        },
    )

    def clean_file(self) -> bytes:
        """Its content; a genuine one is small."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(
                gettext("Dit is geen geldig bestand van een andere gemeente, of het is gewijzigd.")
            )
        return bytes(file.read())
