"""What erasing one person comes down to, and the questions that members asked about their data."""

from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections.enums import LetterState, PrivacyRequestState, RetentionKind
from elections.models import AppointmentLetter, Assignment, Member, MemberSecret, PrivacyRequest
from elections.retention import RULES, boundary, term_words, worked_since


@dataclass
class ErasePlan:
    """What goes, what stays and why, and why it cannot be done now. Sentences for the colleague who decides."""

    goes: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def erase_plan(member: Member) -> ErasePlan:
    """What `erase_member` would do with this member now."""
    plan = ErasePlan(refusals=[_place(place) for place in places_ahead(member)])
    plan.goes = [
        _("Naam, geboortedatum, adres, telefoonnummer en e-mailadres"),
        _("Kenmerken en opmerkingen van het team"),
        _("Beschikbaarheid en voorkeuren, en plaatsen op de wachtlijst"),
        _("De naam van dit lid bij anderen die graag samenwerken"),
    ]
    talks = member.conversations.count()
    if talks:
        what = ngettext("%(n)s gesprek met het team", "%(n)s gesprekken met het team", talks)
        plan.goes.append(_("%(what)s, met bijlagen en notities") % {"what": what % {"n": talks}})
    if member.user and member.user.is_staff_member:
        plan.stays.append(_("De inlog als collega. Die haalt u weg bij Collega's."))
    elif member.user:
        plan.goes.append(_("De inlog, met alle inloggegevens, uitnodigingen en e-mails"))
    plan.goes.append(_("Namen en gegevens in het logboek: wat er gebeurde, blijft staan zonder naam"))
    letters, places = kept_letters(member).count(), Assignment.objects.filter(member=member).count()
    drafts = member.letters.count() - letters
    if drafts:
        plan.goes.append(
            ngettext(
                "%(n)s brief die niet is gepubliceerd", "%(n)s brieven die niet zijn gepubliceerd", drafts
            )
            % {"n": drafts}
        )
    ground = RULES[RetentionKind.APPOINTMENT].ground
    until = term_words(RULES[RetentionKind.APPOINTMENT].days_now)
    for count, one, many in (
        (places, _("%(n)s indeling, zonder naam"), _("%(n)s indelingen, zonder naam")),
        (letters, _("%(n)s gepubliceerde brief"), _("%(n)s gepubliceerde brieven")),
    ):
        if count:
            what = (one if count == 1 else many) % {"n": count}
            text = _("%(what)s: tot %(term)s na de benoeming. %(ground)s.")
            plan.stays.append(text % {"what": what, "term": until, "ground": ground})
    if MemberSecret.objects.filter(member=member).exists():
        if keeps_numbers(member):
            rule = RULES[RetentionKind.NUMBERS]
            plan.stays.append(
                _("BSN en rekeningnummer, versleuteld, tot %(term)s na de laatste dienst. %(ground)s.")
                % {"term": term_words(rule.days_now), "ground": rule.ground}
            )
        else:
            plan.goes.append(_("BSN en rekeningnummer: het lid heeft niet gewerkt"))
    return plan


def places_ahead(member: Member) -> QuerySet[Assignment]:
    """Places that the member still has to fill, also those that were not published yet."""
    ahead = Assignment.objects.active().filter(member=member, period__endswith__gt=timezone.now())
    return ahead.select_related(
        "shift__polling_station", "shift__position", "shift__day_part__polling_day"
    ).order_by("period")


def kept_letters(member: Member) -> QuerySet[AppointmentLetter]:
    """Letters that were given to the member: the decision that they tell is kept for its term."""
    return member.letters.filter(state=LetterState.PUBLISHED)


def keeps_numbers(member: Member) -> bool:
    """Whether the member worked within the term of payments, so that BSN and IBAN must be kept."""
    within = boundary(RULES[RetentionKind.NUMBERS].days_now)
    return Member.objects.filter(worked_since(within, "pk"), pk=member.pk).exists()


def open_requests() -> QuerySet[PrivacyRequest]:
    """Questions that wait for the team, oldest first: AVG art. 12(3) gives a month to answer."""
    waiting = PrivacyRequest.objects.filter(state=PrivacyRequestState.OPEN)
    return waiting.select_related("member").order_by("created_at", "pk")


def _place(place: Assignment) -> str:
    shift = place.shift
    return _("%(position)s bij %(station)s op %(day)s (%(part)s)") % {
        "position": shift.position.name,
        "station": shift.polling_station,
        "day": date_format(shift.day_part.polling_day.date, "j F Y"),
        "part": shift.day_part.name,
    }
