"""What members may change about themselves: one form per subject."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from elections import normalise, secrets
from elections.enums import SecretKind
from elections.errors import ActionError
from elections.models import Member
from elections.queries.personal_data_change import subject_of, values_of, waiting_change
from portal.forms.person import (
    birth_date_field,
    city_field,
    first_name_field,
    infix_field,
    last_name_field,
    phone_field,
)
from tenants.context import current_municipality
from tenants.forms import TidyField, accept_next_time

PASSWORD_ERRORS = {"required": _("Vul uw wachtwoord in.")}


class SecretField(forms.CharField):
    """A number that goes in and never comes out: what was typed is not in the page again, right or wrong."""

    class Widget(forms.TextInput):
        def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
            return super().get_context(name, None, attrs)

    def __init__(self, kind: SecretKind, *, inputmode: str = "text", **kwargs: Any) -> None:
        self.kind = kind
        attrs = {
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "off",
            "inputmode": inputmode,
        }
        super().__init__(max_length=60, widget=self.Widget(attrs=attrs), **kwargs)

    @sensitive_variables("value")
    def clean(self, value: Any) -> str:
        try:
            return secrets.checked(self.kind, super().clean(value))
        except ActionError as error:
            raise forms.ValidationError(error.message) from None


class SubjectForm(forms.Form):
    """Some of the member's own fields, and the version of the row that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        names = [name for name in self.base_fields if name != "version"]
        initial = {name: getattr(member, name) for name in names} | {"version": member.version}
        subject = subject_of(names)
        waits = waiting_change(member, subject) if subject else None
        if waits:
            # What the member wanted is what they go on with; what counts now stands on the page before.
            initial |= {name: value for name, value in values_of(waits).items() if name in initial}
        super().__init__(*args, initial=initial, **kwargs)
        self.current_version = member.version

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def look_again(self) -> None:
        """After "changed elsewhere": keep what was typed, and accept it when it is saved once more."""
        accept_next_time(self, version=self.current_version)


def _own_initials(text: str) -> str:
    return normalise.initials(normalise.own_name(text))


class NameForm(SubjectForm):
    initials = TidyField(_own_initials, "on", label=_("Voorletters"), max_length=20, required=False)
    first_name = first_name_field(help_text=_("Uw roepnaam."), required=False)
    infix = infix_field()
    last_name = last_name_field()

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("first_name") or self.cleaned_data.get("initials")):
            self.add_error("first_name", _("Vul uw voornaam of uw voorletters in."))
        return self.cleaned_data


class BirthDateForm(SubjectForm):
    birth_date = birth_date_field(_("Dag, maand en jaar, bijvoorbeeld 27-3-1954."))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if day := self.initial["birth_date"]:
            self.initial["birth_date"] = f"{day.day}-{day.month}-{day.year}"


class AddressForm(SubjectForm):
    """On the islands there are no postcodes, and houses may have no number."""

    street = TidyField(
        normalise.line,
        "on",
        label=_("Straat"),
        max_length=100,
        error_messages={"required": _("Vul uw straat in.")},
    )
    house_number = TidyField(
        normalise.house_number,
        "on",
        label=_("Huisnummer"),
        help_text=_("Met letter of toevoeging, bijvoorbeeld 12 A."),
        max_length=20,
        error_messages={"required": _("Vul uw huisnummer in.")},
    )
    postcode = TidyField(
        normalise.postcode,
        "postal-code",
        label=_("Postcode"),
        max_length=10,
        error_messages={"required": _("Vul uw postcode in.")},
    )
    city = city_field()

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        if current_municipality().is_public_body:
            del self.fields["postcode"]
            self.fields["house_number"].required = False


class PhoneForm(SubjectForm):
    phone = phone_field(help_text=_("Het nummer waarop wij u op de dag zelf kunnen bellen."))


def password_field() -> forms.CharField:
    """The member's own password once more, before a change that a stranger at the screen would want to make."""
    return forms.CharField(
        label=_("Uw wachtwoord"),
        help_text=_("Zo weten wij zeker dat u het bent."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages=PASSWORD_ERRORS,
    )


class EmailForm(forms.Form):
    email = TidyField(
        normalise.email,
        "on",
        label=_("Nieuw e-mailadres"),
        help_text=_("Hierop krijgt u ook uw inlogcode. U krijgt nu eerst een code op dit adres."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Vul uw nieuwe e-mailadres in.")},
    )
    password = password_field()


class PersonNumberForm(forms.Form):
    """`number` is called by the words of the municipality: BSN, or ID number on the islands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = current_municipality().words
        self.fields["number"] = SecretField(
            SecretKind.BSN,
            inputmode="text" if current_municipality().is_public_body else "numeric",
            label=words.person_number_short,
            help_text=_("Het staat op uw paspoort, identiteitskaart of rijbewijs."),
            error_messages={"required": _("Vul het nummer in.")},
        )


class IbanForm(forms.Form):
    iban = SecretField(
        SecretKind.IBAN,
        label=_("Rekeningnummer (IBAN)"),
        help_text=_("Bijvoorbeeld NL91 ABNA 0417 1643 00. Op deze rekening krijgt u uw vergoeding."),
        error_messages={"required": _("Vul uw rekeningnummer in.")},
    )
    password = password_field()
