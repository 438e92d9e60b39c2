"""Forms of the house style: colours, pictures, design tokens and contact."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections import normalise
from tenants.colours import validate_hex_colour
from tenants.forms import TidyField
from tenants.models import Corners, Municipality

PICTURES = ".png,.webp,.jpg,.jpeg"
FILE_ERRORS = {
    "required": gettext_lazy("Kies een bestand."),
    "empty": gettext_lazy("Dit bestand is leeg. Controleer of u het goede bestand hebt gekozen."),
    "missing": gettext_lazy("Kies een bestand."),
    "max_length": gettext_lazy("De naam van dit bestand is te lang. Geef het een kortere naam."),
    "invalid": gettext_lazy("Het bestand is niet goed aangekomen. Probeer het opnieuw."),
}


class ColourField(forms.CharField):
    """A colour as #rrggbb; without the # or with three digits it is understood, too."""

    def __init__(self, **options: Any) -> None:
        options["widget"] = forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        )
        super().__init__(max_length=20, **options)

    def clean(self, value: Any) -> str:
        digits = str(super().clean(value)).lower().removeprefix("#")
        if not digits:
            return ""
        if len(digits) == 3:
            digits = "".join(digit * 2 for digit in digits)
        validate_hex_colour(f"#{digits}")
        return f"#{digits}"


class ColoursForm(forms.Form):
    """The few choices that most municipalities need."""

    accent = ColourField(
        label=gettext_lazy("Hoofdkleur"),
        help_text=gettext_lazy("Voor knoppen, koppelingen en titels. Een # met zes tekens, zoals #154273."),
        error_messages={"required": gettext_lazy("Vul een kleur in.")},
    )
    head = ColourField(
        label=gettext_lazy("Kleur van de kop"),
        help_text=gettext_lazy("De balk boven aan elke pagina en e-mail. Leeg: de hoofdkleur."),
        required=False,
    )
    corners = forms.ChoiceField(
        label=gettext_lazy("Hoeken van knoppen en vakken"),
        choices=Corners.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Kies de vorm van de hoeken.")},
    )

    @classmethod
    def of(cls, municipality: Municipality, data: Any = None) -> "ColoursForm":
        """The form with what the municipality has now."""
        names = ("accent", "head", "corners")
        return cls(data, initial={name: getattr(municipality, name) for name in names})


class PictureForm(forms.Form):
    """One picture. size: what fits best, in words."""

    file = forms.FileField(
        label=gettext_lazy("Bestand"),
        widget=forms.FileInput(attrs={"accept": PICTURES}),
        error_messages=FILE_ERRORS,
    )

    def __init__(self, *args: Any, size: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = f"{_('Een PNG, WebP of JPEG van hoogstens 2 MB.')} {size}"


class TokensForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Bestand met design tokens"),
        help_text=gettext_lazy("Een JSON-bestand van hoogstens 100 kB."),
        widget=forms.FileInput(attrs={"accept": ".json"}),
        error_messages=FILE_ERRORS,
    )


class ContactForm(forms.Form):
    """What members see when they need help."""

    email = forms.EmailField(
        label=gettext_lazy("E-mailadres van het team"),
        help_text=gettext_lazy("Hierop krijgt u ook antwoorden op e-mails uit het portaal."),
        required=False,
        error_messages={"invalid": gettext_lazy("Vul een e-mailadres in, zoals team@gemeente.nl.")},
    )
    phone = TidyField(
        normalise.line,
        label=gettext_lazy("Telefoonnummer van het team"),
        required=False,
        max_length=20,
        validators=[
            RegexValidator(
                r"^\+?[0-9 ()-]{3,20}$", gettext_lazy("Vul een telefoonnummer in met alleen cijfers.")
            )
        ],
    )
    opening_hours = TidyField(
        normalise.line,
        label=gettext_lazy("Openingstijden van het team"),
        help_text=gettext_lazy("Bijvoorbeeld: maandag tot en met vrijdag van 9.00 tot 17.00 uur."),
        required=False,
        max_length=200,
    )
    from_name = TidyField(
        normalise.line,
        label=gettext_lazy("Afzender van e-mails"),
        help_text=gettext_lazy("Leeg: de naam van de gemeente."),
        required=False,
        max_length=80,
    )


def colour_or(value: str | None, otherwise: str) -> str:
    """A colour that somebody tries in the preview; `otherwise` when it is none (yet)."""
    try:
        return ColourField(required=False).clean(value or "") or otherwise
    except ValidationError:
        return otherwise
