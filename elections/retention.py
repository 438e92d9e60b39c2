"""How long each kind of data is kept: the default, the ground, the bounds, and which rows are over their term.

The ground is a result of the "Selectielijst gemeenten en intergemeentelijke organen 2020" where that has one, and
otherwise AVG art. 5(1)(e): no longer than needed. The list has no line that names members of polling stations, so the
municipality's archivist decides: every term can be changed between `least` and `most` (models RetentionTerm).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from elections.enums import (
    ApplicationState,
    ImportState,
    JobState,
    MailState,
    PrivacyRequestState,
    PublishState,
    RetentionKind,
)
from elections.models import (
    Application,
    AppointmentLetter,
    Assignment,
    AuditEvent,
    Availability,
    AvailabilityResponse,
    Candidate,
    CandidateClash,
    CompanionWish,
    Conversation,
    ElectionEvent,
    GroupMessage,
    ImportFile,
    Invitation,
    Job,
    Member,
    MemberSecret,
    OutboxMail,
    PersonalDataChange,
    PlacementChange,
    PlanChange,
    Preference,
    PrivacyRequest,
    Proposal,
    ProposedPlacement,
    RecoveryCode,
    RetentionTerm,
    SignIn,
    Survey,
    SurveyParticipation,
    SurveyResponse,
    TransferReceipt,
    WaitlistEntry,
)
from elections.models.application import DECIDED

Rows = QuerySet[Any]
Words = str | Promise


def months(number: int) -> int:
    """Days in that many months, never fewer than the months of any year."""
    return math.ceil(number * 30.5)


def years(number: int) -> int:
    """Days in that many years, leap days included."""
    return math.ceil(number * 365.25)


@dataclass(frozen=True)
class Rule:
    """The term of one kind of data.

    days, least, most: the default, and between what a municipality may choose, in days.
    since: the moment from which the term counts, after "na".
    over: the rows whose term began before the given moment.
    """

    kind: RetentionKind
    days: int
    least: int
    most: int
    since: Words
    ground: Words
    over: Callable[[datetime], tuple[Rows, ...]]

    @property
    def days_now(self) -> int:
        """The term of this municipality in days: its own choice, or the default."""
        chosen = RetentionTerm.objects.filter(kind=self.kind).values_list("days", flat=True).first()
        return chosen or self.days


def term_words(days: int) -> str:
    """A term as people say it: "6 maanden", "7 jaar", "45 dagen"."""
    year, month = round(days / 365.25), round(days / 30.5)
    if year and days in (years(year), year * 365):
        return ngettext("%(n)s jaar", "%(n)s jaar", year) % {"n": year}
    if month and days == months(month):
        return ngettext("%(n)s maand", "%(n)s maanden", month) % {"n": month}
    return ngettext("%(n)s dag", "%(n)s dagen", days) % {"n": days}


def boundary(days: int) -> datetime:
    """The moment before which a term of `days` must have begun to be over now."""
    return timezone.now() - timedelta(days=days)


def _sign_ins(moment: datetime) -> tuple[Rows, ...]:
    return (
        SignIn.objects.filter(at__lt=moment),
        Invitation.objects.filter(expires_at__lt=moment),
        RecoveryCode.objects.filter(used_at__lt=moment),
    )


def _audit(moment: datetime) -> tuple[Rows, ...]:
    return (AuditEvent.objects.filter(at__lt=moment),)


def _mails(moment: datetime) -> tuple[Rows, ...]:
    return (OutboxMail.objects.filter(state__in=(MailState.SENT, MailState.FAILED), created_at__lt=moment),)


def _jobs(moment: datetime) -> tuple[Rows, ...]:
    ended = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    read = (ImportState.DONE, ImportState.CANCELLED)
    return (
        Job.objects.filter(state__in=ended, finished_at__lt=moment),
        ImportFile.objects.filter(state__in=read, created_at__lt=moment),
    )


def _events_over(moment: datetime) -> QuerySet[Any, Any]:
    """Keys of the events whose last polling day lies before the day of `moment`."""
    ended = ElectionEvent.objects.order_by().annotate(last_day=Max("polling_days__date"))
    return ended.filter(last_day__lt=timezone.localdate(moment)).values("pk")


def _answers(moment: datetime) -> tuple[Rows, ...]:
    over = _events_over(moment)
    return (
        Availability.objects.filter(day_part__polling_day__event__in=over),
        Preference.objects.filter(event__in=over),
        AvailabilityResponse.objects.filter(event__in=over),
        CompanionWish.objects.filter(event__in=over),
        WaitlistEntry.objects.filter(shift__polling_station__event__in=over),
        # Before the proposals themselves: one proposal has thousands of these.
        ProposedPlacement.objects.filter(proposal__event__in=over),
        Proposal.objects.filter(event__in=over),
        PlanChange.objects.filter(event__in=over),
        CandidateClash.objects.filter(candidate__election__event__in=over),
        Candidate.objects.filter(election__event__in=over),
    )


def _appointments(moment: datetime) -> tuple[Rows, ...]:
    return (
        AppointmentLetter.objects.filter(event__in=_events_over(moment)),
        PlacementChange.objects.filter(event__in=_events_over(moment)),
        Assignment.objects.filter(period__endswith__lt=moment),
    )


def worked_since(moment: datetime, member: str) -> Q:
    """Condition "the member works, or worked, at or after `moment`"; `member`: how to get to the member's key.

    Assignments are kept for a shorter time than what depends on them: Member.last_worked_on takes their place.
    """
    places = Assignment.objects.active().filter(member=OuterRef(member), period__endswith__gte=moment)
    prefix = "" if member == "pk" else "member__"
    return Q(Exists(places)) | Q(**{f"{prefix}last_worked_on__gte": timezone.localdate(moment)})


def _numbers(moment: datetime) -> tuple[Rows, ...]:
    return (MemberSecret.objects.filter(~worked_since(moment, "member"), set_at__lt=moment),)


def _members(moment: datetime) -> tuple[Rows, ...]:
    """Who stopped; and the empty rows of those who were erased, once nothing needs them any more."""
    left = [
        Exists(model.objects.filter(member=OuterRef("pk")))
        for model in (Assignment, AppointmentLetter, MemberSecret, PrivacyRequest)
    ]
    gone = Member.objects.filter(*[~each for each in left], erased_at__lt=moment)
    stopped = Member.objects.present().filter(
        ~worked_since(moment, "pk"), is_active=False, deactivated_at__lt=moment
    )
    return stopped, gone


def _conversations(moment: datetime) -> tuple[Rows, ...]:
    """Closed or not: what nobody wrote in for so long is done. Messages to groups follow what members got of them."""
    empty = GroupMessage.objects.filter(conversations=None, created_at__lt=moment)
    return Conversation.objects.filter(last_message_at__lt=moment), empty


def _surveys(moment: datetime) -> tuple[Rows, ...]:
    """Answers by name, drafts, and who took part. Sent anonymous answers are nobody's, and stay with the survey."""
    over = Survey.objects.filter(
        Q(ends_at__lt=moment) | Q(state=PublishState.WITHDRAWN, updated_at__lt=moment)
    ).values("pk")
    return (
        SurveyResponse.objects.filter(
            Q(submitted_at__lt=moment) | Q(is_sent=False, survey__in=over), member__isnull=False
        ),
        SurveyParticipation.objects.filter(survey__in=over),
    )


def _applications(moment: datetime) -> tuple[Rows, ...]:
    """Those that were decided; and the numbers of packages that are refused for their age by now."""
    return (
        Application.objects.filter(state__in=DECIDED, decided_at__lt=moment),
        TransferReceipt.objects.filter(received_at__lt=moment, expires_at__lt=timezone.now()),
    )


def _portfolio(moment: datetime) -> tuple[Rows, ...]:
    """Those that wait for the team; the time of a kept one counts from when it was kept."""
    kept = Q(state=ApplicationState.KEPT, decided_at__lt=moment)
    return (Application.objects.filter(kept | Q(state=ApplicationState.OPEN, confirmed_at__lt=moment)),)


def _privacy_requests(moment: datetime) -> tuple[Rows, ...]:
    answered = PrivacyRequest.objects.exclude(state=PrivacyRequestState.OPEN)
    return (
        answered.filter(answered_at__lt=moment),
        PersonalDataChange.objects.filter(decided_at__lt=moment),
    )


_RULES: Final = (
    Rule(
        RetentionKind.SIGN_IN,
        days=months(6),
        least=months(1),
        most=months(6),
        since=_("het inloggen"),
        ground=_("Selectielijst gemeenten 2020, resultaat 19.24: inloggegevens, 6 maanden"),
        over=_sign_ins,
    ),
    Rule(
        RetentionKind.AUDIT,
        days=years(3),
        least=180,
        most=years(7),
        since=_("de gebeurtenis"),
        ground=_("BIO2 8.15 (logboek) en 5.28.01 (bewijs bij een incident: 3 jaar)"),
        over=_audit,
    ),
    Rule(
        RetentionKind.MAIL,
        days=months(6),
        least=months(1),
        most=years(1),
        since=_("het versturen"),
        ground=_("AVG artikel 5, lid 1e: zolang nodig om na te gaan of een bericht aankwam"),
        over=_mails,
    ),
    Rule(
        RetentionKind.JOB,
        days=months(3),
        least=7,
        most=years(1),
        since=_("het einde van de taak"),
        ground=_("AVG artikel 5, lid 1e: zolang nodig om een fout na te gaan"),
        over=_jobs,
    ),
    Rule(
        RetentionKind.ANSWERS,
        days=months(3),
        least=months(1),
        most=years(2),
        since=_("de laatste zittingsdag"),
        ground=_("AVG artikel 5, lid 1e: zolang nodig voor de indeling en de afronding"),
        over=_answers,
    ),
    Rule(
        RetentionKind.APPOINTMENT,
        days=years(1),
        least=years(1),
        most=years(7),
        since=_("het einde van de benoeming"),
        ground=_("Selectielijst gemeenten 2020, resultaat 9.1: benoeming van wie geen medewerker is, 1 jaar"),
        over=_appointments,
    ),
    Rule(
        RetentionKind.NUMBERS,
        # Counted from the work; the seven years count from the year of the payment that follows it.
        days=years(8),
        least=years(7),
        most=years(10),
        since=_("de laatste dienst"),
        ground=_("Selectielijst gemeenten 2020, resultaat 18.1, en AWR artikel 52: betalingen, 7 jaar"),
        over=_numbers,
    ),
    Rule(
        RetentionKind.MEMBER,
        days=months(6),
        least=months(1),
        most=years(2),
        since=_("het stoppen als lid"),
        ground=_("AVG artikel 5, lid 1e, en artikel 17: wie stopt, wordt gewist"),
        over=_members,
    ),
    Rule(
        RetentionKind.PRIVACY_REQUEST,
        days=years(1),
        least=months(3),
        most=years(5),
        since=_("het antwoord"),
        ground=_("AVG artikel 5, lid 2: kunnen laten zien dat de vraag is beantwoord"),
        over=_privacy_requests,
    ),
    Rule(
        RetentionKind.CONVERSATION,
        days=years(1),
        least=months(3),
        most=years(2),
        since=_("het laatste bericht"),
        ground=_("AVG artikel 5, lid 1e: zolang nodig om op een vraag terug te komen"),
        over=_conversations,
    ),
    Rule(
        RetentionKind.SURVEY,
        days=years(1),
        least=months(1),
        most=years(5),
        since=_("het versturen of het einde van de enquête"),
        ground=_("AVG artikel 5, lid 1e: zolang nodig om de antwoorden te gebruiken"),
        over=_surveys,
    ),
    Rule(
        RetentionKind.APPLICATION,
        days=28,
        least=7,
        most=months(6),
        since=_("het besluit over de aanmelding"),
        ground=_("AVG artikel 5, lid 1e; de Autoriteit Persoonsgegevens noemt 4 weken voor wie solliciteert"),
        over=_applications,
    ),
    Rule(
        RetentionKind.PORTFOLIO,
        days=years(1),
        least=months(1),
        most=years(1),
        since=_("het bevestigen of bewaren van de aanmelding"),
        ground=_("AVG artikel 6, lid 1a; de Autoriteit Persoonsgegevens noemt 1 jaar met toestemming"),
        over=_portfolio,
    ),
)
RULES: Final[dict[str, Rule]] = {rule.kind.value: rule for rule in _RULES}
