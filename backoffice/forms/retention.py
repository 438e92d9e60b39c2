"""The form for a retention term."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.retention import Rule


class TermForm(forms.Form):
    """A term in days, between what the rules allow. `seen` is set by the page that shows what it removes."""

    days = forms.IntegerField(
        label=gettext_lazy("Termijn in dagen"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Vul een aantal dagen in."),
            "invalid": gettext_lazy("Vul een heel getal in, zonder punten."),
        },
    )
    seen = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, rule: Rule, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.rule = rule
        self.fields["days"].help_text = _("Van %(least)s tot %(most)s dagen.") % {
            "least": rule.least,
            "most": rule.most,
        }

    def clean_days(self) -> int:
        days = int(self.cleaned_data["days"])
        if not self.rule.least <= days <= self.rule.most:
            raise forms.ValidationError(
                _("Kies een termijn van %(least)s tot %(most)s dagen.")
                % {"least": self.rule.least, "most": self.rule.most}
            )
        return days
