"""The rules of an event on one page: who may be placed, how long people work, and how they answer."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from backoffice.forms.event import DateInput
from elections.actions.event import RULE_BOUNDS, RULES
from elections.enums import ClashPolicy
from elections.models import ElectionEvent

SECTIONS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("Rust en werktijd"), ("minimum_rest_hours", "maximum_hours_per_day")),
    (
        _("Wie mag waar werken"),
        (
            "maximum_inexperienced",
            "requires_training",
            "final_after_training",
            "trained_since",
            "clash_policy",
        ),
    ),
    (_("Antwoord van leden"), ("asks_answer", "answer_days", "shows_team_mates")),
    (_("Als een plaats vrijkomt"), ("offers_next", "offer_hours")),
)


def _number(name: str, *, required: bool = True, **options: Any) -> forms.IntegerField:
    least, most = RULE_BOUNDS[name]
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(min_value=least, max_value=most, required=required, widget=widget, **options)


class EventRulesForm(forms.Form):
    """Every rule with one sentence that says what it does."""

    minimum_rest_hours = _number(
        "minimum_rest_hours",
        label=_("Uren rust tussen twee zittingsdagen"),
        help_text=_(
            "Werkt iemand op twee dagen? Dan zit er minstens zoveel rust tussen. De wet noemt 11 uur."
        ),
    )
    maximum_hours_per_day = _number(
        "maximum_hours_per_day",
        required=False,
        label=_("Hoogstens uren werk op één dag"),
        help_text=_("Werkt iemand langer? Dan waarschuwen wij. Leeg betekent: geen grens."),
    )
    maximum_inexperienced = _number(
        "maximum_inexperienced",
        required=False,
        label=_("Hoogstens nieuwe mensen per stembureau en dagdeel"),
        help_text=_("Wie nog nooit in een stembureau werkte, telt als nieuw. Leeg betekent: geen grens."),
    )
    requires_training = forms.BooleanField(
        label=_("Alleen indelen na de training"),
        required=False,
        help_text=_("Geldt voor functies waarbij “training nodig” aan staat."),
    )
    final_after_training = forms.BooleanField(
        label=_("Definitief na de training"),
        required=False,
        help_text=_("U kunt iemand al wel indelen. De benoemingsbrief komt pas na de training."),
    )
    trained_since = forms.DateField(
        label=_("Training telt vanaf"),
        required=False,
        widget=DateInput,
        help_text=_("Een training van voor deze datum telt niet mee. Leeg betekent: elke training telt."),
    )
    clash_policy = forms.ChoiceField(
        label=_("Lid staat op een kandidatenlijst"),
        widget=forms.RadioSelect,
        choices=(
            (ClashPolicy.BLOCK, _("Niet indelen")),
            (ClashPolicy.WARN, _("Wel indelen, met een waarschuwing voor het team")),
            (ClashPolicy.ALLOW, _("Gewoon indelen")),
        ),
        help_text=_("Het mag volgens de wet. De Kiesraad raadt aan om het liever niet te doen."),
    )
    asks_answer = forms.BooleanField(
        label=_("Vraag leden of zij komen"),
        required=False,
        help_text=_("Leden kiezen na het bekendmaken: “Ik kom” of “Ik kan niet”."),
    )
    answer_days = _number(
        "answer_days",
        label=_("Dagen om te antwoorden"),
        help_text=_("Zoveel dagen heeft een lid om te antwoorden. Daarna kunt u een herinnering sturen."),
    )
    shows_team_mates = forms.BooleanField(
        label=_("Laat leden zien met wie zij werken"),
        required=False,
        help_text=_("Leden zien dan de namen van de anderen in hun stembureau, meer niet."),
    )
    offers_next = forms.BooleanField(
        label=_("Bied een vrije plaats vanzelf aan de volgende aan"),
        required=False,
        help_text=_("Eerst de wachtlijst, dan het lid dat het beste past. Uit: het team doet dit zelf."),
    )
    offer_hours = _number(
        "offer_hours",
        label=_("Uren om op een aanbod te antwoorden"),
        help_text=_("Zegt iemand in deze tijd niets? Dan gaat de plaats naar de volgende."),
    )

    @classmethod
    def of(cls, event: ElectionEvent, data: Any) -> "EventRulesForm":
        return cls(data, initial={name: getattr(event, name) for name in RULES})

    @property
    def sections(self) -> list[tuple[Promise, list[BoundField]]]:
        """The fields under their headings, in the order of the page."""
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]


def rule_facts(event: ElectionEvent) -> list[dict[str, str]]:
    """The rules in a few words each, for the page of the event."""
    no_limit = gettext("geen grens")
    hours, people = event.maximum_hours_per_day, event.maximum_inexperienced
    training = gettext("hoeft niet vooraf")
    if event.requires_training:
        training = gettext("nodig voor een plaats")
    elif event.final_after_training:
        training = gettext("nodig voor de benoemingsbrief")
    if event.trained_since and (event.requires_training or event.final_after_training):
        since = date_format(event.trained_since, "j F Y")
        training = gettext("%(training)s, vanaf %(date)s") % {"training": training, "date": since}
    answer = gettext("wordt niet gevraagd")
    if event.asks_answer:
        answer = ngettext("binnen %(n)s dag", "binnen %(n)s dagen", event.answer_days)
        answer %= {"n": event.answer_days}
    offer = gettext("het team biedt de plaats aan")
    if event.offers_next:
        offer = gettext("vanzelf naar de volgende, %(n)s uur de tijd") % {"n": event.offer_hours}
    facts = (
        (_("Rust tussen twee dagen"), gettext("%(n)s uur") % {"n": event.minimum_rest_hours}),
        (_("Werk op één dag"), no_limit if hours is None else gettext("hoogstens %(n)s uur") % {"n": hours}),
        (
            _("Nieuwe mensen"),
            no_limit
            if people is None
            else gettext("hoogstens %(n)s per stembureau en dagdeel") % {"n": people},
        ),
        (_("Training"), training),
        (_("Op een kandidatenlijst"), event.get_clash_policy_display()),
        (_("Antwoord van leden"), answer),
        (_("Vrije plaats"), offer),
        (
            _("Namen van teamgenoten"),
            gettext("zichtbaar") if event.shows_team_mates else gettext("niet zichtbaar"),
        ),
    )
    return [{"label": str(label), "value": str(value)} for label, value in facts]
