"""The questions that members and people who sign up answer alike."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from elections import normalise
from tenants.forms import TidyField


def first_name_field(**options: Any) -> TidyField:
    """How somebody is called; `options` as of a form field."""
    return TidyField(normalise.own_name, "given-name", label=_("Voornaam"), max_length=60, **options)


def infix_field() -> TidyField:
    """What stands before a last name, as in "van der Berg"."""
    return TidyField(
        normalise.own_name,
        "on",
        label=_("Tussenvoegsel"),
        help_text=_("Bijvoorbeeld: van der."),
        max_length=20,
        required=False,
    )


def last_name_field() -> TidyField:
    """The name by which somebody stands in lists."""
    return TidyField(
        normalise.own_name,
        "family-name",
        label=_("Achternaam"),
        max_length=100,
        error_messages={"required": _("Vul uw achternaam in.")},
    )


def birth_date_field(help_text: Any) -> TidyField:
    """A day, as people write one."""
    return TidyField(
        normalise.birth_date,
        "bday",
        label=_("Geboortedatum"),
        help_text=help_text,
        max_length=30,
        error_messages={"required": _("Vul uw geboortedatum in.")},
    )


def city_field() -> TidyField:
    """Where somebody lives."""
    return TidyField(
        normalise.line,
        "address-level2",
        label=_("Woonplaats"),
        max_length=80,
        error_messages={"required": _("Vul uw woonplaats in.")},
    )


def phone_field(**options: Any) -> TidyField:
    """A telephone number; `options` as of a form field."""
    return TidyField(
        normalise.phone,
        label=_("Telefoonnummer"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Vul uw telefoonnummer in.")},
        **options,
    )
