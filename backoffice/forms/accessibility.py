"""The form of the accessibility statement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput
from tenants.models import AccessibilityStatus


class AccessibilityForm(forms.Form):
    """What the public page says. Problems and own words are shown as they are typed."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=AccessibilityStatus.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Kies “voldoet” alleen na een volledig onderzoek. Twijfelt u? Kies “nog niet onderzocht”."
        ),
        error_messages={"required": _("Kies een status.")},
    )
    checked_on = forms.DateField(
        label=_("Datum van het onderzoek"),
        widget=DateInput,
        required=False,
        error_messages={"invalid": _("Vul een datum in, zoals 31-12-2026.")},
    )
    problems = forms.CharField(
        label=_("Bekende problemen"),
        help_text=_("Wat werkt nog niet voor iedereen, en wanneer lost u het op? Eén probleem per regel."),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    own_words = forms.CharField(
        label=_("Eigen toelichting"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    register_url = forms.URLField(
        label=_("Link naar het register"),
        help_text=_("Het adres van uw verklaring op toegankelijkheidsverklaring.nl."),
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": _("Vul een webadres in dat begint met https://.")},
    )
