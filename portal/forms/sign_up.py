"""The public sign-up form, and what keeps programs from sending it without asking anything of people.

No third party sees who signs up: a field that people do not see, a signed moment at which the form was opened, limits
(elections.actions.login_limits) and a mail that must be answered (OWASP ASVS 5.0 row 2.4.1).
"""

import secrets
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.models.member import whole_years
from elections.person_numbers import without_person_numbers
from portal.forms.person import (
    birth_date_field,
    city_field,
    first_name_field,
    infix_field,
    last_name_field,
    phone_field,
)
from tenants import signing
from tenants.forms import TidyField, WritingField

PURPOSE: Final = "sign-up"
# Nobody fills this form in within three seconds, not even with everything filled in by the browser.
SHORTEST: Final = timedelta(seconds=3)
LONGEST: Final = timedelta(hours=12)
TRAP: Final = "second_family_name"
LEAST_AGE: Final = 17


def new_moment() -> str:
    """The signed moment of now, with a random number by which a form is known that is sent twice."""
    return signing.dumps(secrets.token_urlsafe(16), purpose=PURPOSE)


class SignUpForm(forms.Form):
    """What somebody who wants to help tells of themselves."""

    first_name = first_name_field(error_messages={"required": _("Vul uw voornaam in.")})
    infix = infix_field()
    last_name = last_name_field()
    birth_date = birth_date_field(
        _("Dag, maand en jaar, bijvoorbeeld 27-3-1984. Op de dag van de verkiezing moet u 18 jaar zijn.")
    )
    city = city_field()
    email = TidyField(
        normalise.email,
        "email",
        label=_("E-mailadres"),
        help_text=_("U krijgt hierop een e-mail om uw aanmelding te bevestigen."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Vul uw e-mailadres in.")},
    )
    phone = phone_field()
    has_experience = forms.ChoiceField(
        label=_("Werkte u eerder op een stembureau?"),
        choices=[("yes", _("Ja")), ("no", _("Nee"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Kies ja of nee.")},
    )
    remark = WritingField(
        longest=1000,
        hide=without_person_numbers,
        label=_("Wilt u ons nog iets vertellen?"),
        help_text=_("Schrijf hier geen BSN of rekeningnummer, en niets over uw gezondheid."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    may_keep = forms.BooleanField(
        label=_("U mag mijn aanmelding een jaar bewaren voor een volgende verkiezing"),
        help_text=_("Ook zonder dit vinkje kunt u zich aanmelden. U kunt het later intrekken."),
        required=False,
    )
    opened = forms.CharField(widget=forms.HiddenInput, max_length=300, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"opened": new_moment()})
        self.form_key = ""

    @property
    def is_trapped(self) -> bool:
        """Whether something filled in what people do not see."""
        return bool(self.data.get(TRAP))

    @property
    def trap(self) -> str:
        return TRAP

    @property
    def values(self) -> dict[str, Any]:
        """For the action send_application."""
        return {name: value for name, value in self.cleaned_data.items() if name != "opened"}

    def clean_birth_date(self) -> Any:
        day = self.cleaned_data["birth_date"]
        if day and whole_years(day, timezone.localdate()) < LEAST_AGE:
            raise forms.ValidationError(
                _("U kunt zich aanmelden als u %(age)s jaar of ouder bent."), params={"age": LEAST_AGE}
            )
        return day

    def clean_has_experience(self) -> bool:
        return bool(self.cleaned_data["has_experience"] == "yes")

    def clean(self) -> dict[str, Any]:
        """Who is too quick, or left the page open too long, sends it once more; what was typed stays."""
        opened = self.cleaned_data.get("opened", "")
        try:
            self.form_key = str(signing.loads(opened, purpose=PURPOSE, max_age=LONGEST))
        except signing.BadSignature:
            self.data = {**self.data.dict(), "opened": new_moment()}  # type: ignore[attr-defined]
            self.add_error(
                None, gettext("De pagina stond te lang open. Verstuur het formulier nog een keer.")
            )
            return self.cleaned_data
        if _is_younger(opened, SHORTEST):
            self.add_error(
                None, gettext("Dat ging wel heel snel. Kijk uw gegevens na en verstuur ze opnieuw.")
            )
        return self.cleaned_data


def _is_younger(opened: str, age: timedelta) -> bool:
    try:
        signing.loads(opened, purpose=PURPOSE, max_age=age)
    except signing.SignatureExpired:
        return False
    return True
