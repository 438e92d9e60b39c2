"""The table of mails, its filter, and the figures above it."""

from collections.abc import Mapping
from typing import Any, Final

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.actions.mail import why_not_again
from elections.enums import MailKind, MailState
from elections.models import Member, OutboxMail, User
from elections.permissions import can
from elections.queries.confidentiality import RIGHT
from elections.queries.mail import TONES, hides_address

# What a colleague should know of a state, and can do about it.
EXPLANATIONS: Final = {
    MailState.WAITING: _("Zitting verstuurt deze e-mail vanzelf. U hoeft niets te doen."),
    MailState.SENDING: _("De e-mail gaat nu naar de mailserver."),
    MailState.SENT: _(
        "De mailserver nam de e-mail aan. Of de e-mail in de mailbox ligt, weten we pas bij “bezorgd”."
    ),
    MailState.DELIVERED: _("De mailserver van de ontvanger nam de e-mail aan."),
    MailState.BOUNCED: _(
        "De e-mail kwam terug. Klopt het adres niet meer? Vraag de ontvanger om een nieuw adres en wijzig het. "
        "Daarna kunt u de e-mail opnieuw sturen."
    ),
    MailState.FAILED: _("De e-mail is niet verstuurd. Zitting probeert het niet meer vanzelf."),
    MailState.UNCERTAIN: _(
        "De mailserver had de e-mail in handen, maar gaf geen antwoord. Misschien is de e-mail aangekomen. Zitting "
        "stuurt hem daarom niet vanzelf opnieuw. Vraag de ontvanger of de e-mail er is."
    ),
    MailState.BUNDLED: _("Deze melding staat in het dagelijkse overzicht van de ontvanger."),
}


def figures(counts: Mapping[str, int], chosen: str) -> list[dict[str, object]]:
    """How many mails are in each state that has any, each a link to the list of these."""
    shown = [state for state in MailState if counts[state] or state == chosen]
    return [
        {
            "label": state.label,
            "value": counts[state],
            "url": f"?state={state.value}",
            "tone": _figure_tone(state),
        }
        for state in shown
    ]


def _figure_tone(state: MailState) -> str:
    tone = TONES[state]
    return tone if tone in ("warning", "error") else "neutral"


class MailFilter(filters.FilterSet):
    """Search by receiver; choose state and kind."""

    q = filters.CharFilter(label=_("Zoek op naam of e-mailadres"), method="search")
    state = filters.ChoiceFilter(label=_("Status"), choices=MailState.choices, empty_label=_("Alle"))
    kind = filters.ChoiceFilter(label=_("Soort"), choices=MailKind.choices, empty_label=_("Alle"))

    class Meta:
        model = OutboxMail
        fields = ("q", "state", "kind")

    def __init__(self, data: Mapping[str, Any], queryset: QuerySet[OutboxMail], by: User) -> None:
        super().__init__(data, queryset)
        self.by = by

    def search(self, mails: QuerySet[OutboxMail], _name: str, value: str) -> QuerySet[OutboxMail]:
        by_address = Q(to_email__icontains=value)
        if not can(self.by, RIGHT):
            hidden = Member.objects.confidential().exclude(user=None).values("user")
            by_address &= Q(user=None, is_of_hidden=False) | ~Q(user__in=hidden) & ~Q(user=None)
        return mails.filter(by_address | Q(user__name__icontains=value))


class MailTable(tables.Table):
    """Who was mailed about what, when, and whether it arrived."""

    user = tables.Column(
        verbose_name=_("Aan"),
        accessor="receiver_name",
        order_by=("user__name", "to_email"),
        linkify=("backoffice:mail-detail", [tables.A("uuid")]),
        attrs={"td": {"class": "z-cell-main"}},
    )
    to_email = tables.Column(verbose_name=_("E-mailadres"), default="–")
    kind = tables.Column(verbose_name=_("Soort"))
    created_at = tables.DateTimeColumn(verbose_name=_("Gemaakt"), format="j b Y H.i")
    state = tables.Column(verbose_name=_("Status"))
    actions = tables.Column(
        verbose_name="",
        empty_values=(),
        orderable=False,
        attrs={"td": {"class": "z-cell-actions"}},
    )

    caption = _("Verzonden e-mail")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def render_to_email(self, value: str, record: OutboxMail) -> Any:
        return gettext("vertrouwelijk") if hides_address(record, self.by) else value

    def render_state(self, record: OutboxMail) -> Any:
        tone = TONES[MailState(record.state)]
        return render_to_string(
            "backoffice/mail/state_cell.html",
            {
                "mail": record,
                "label": record.get_state_display(),
                "tone": tone,
                "hides_address": hides_address(record, self.by),
            },
        )

    def render_actions(self, record: OutboxMail) -> Any:
        to = record.receiver_name if hides_address(record, self.by) else record.to_email
        context = {"record": record, "may_retry": not why_not_again(record), "to": to}
        return render_to_string("backoffice/mail/retry_cell.html", context, request=self.request)
