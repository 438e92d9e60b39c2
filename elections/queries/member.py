"""Reads about members for the pages of the team: the list, who answered, and everything about one member."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import (
    ACTIVE_ASSIGNMENT_STATES,
    AssignmentState,
    AvailabilityAnswer,
    InvitationKind,
    MailKind,
    MailState,
    StepState,
)
from elections.models import (
    AppointmentLetter,
    Assignment,
    AuditEvent,
    Availability,
    AvailabilityResponse,
    ElectionEvent,
    Invitation,
    Member,
    OutboxMail,
)
from elections.models.member import confidential_today
from elections.queries.mail import ATTENTION, TONES
from elections.queries.merged_member import known_as


class Access(TextChoices):
    """How far a member is on the way into the portal."""

    NOT_INVITED = "not_invited", gettext_lazy("niet uitgenodigd")
    FAILED = "failed", gettext_lazy("e-mail niet aangekomen")
    EXPIRED = "expired", gettext_lazy("uitnodiging verlopen")
    INVITED = "invited", gettext_lazy("uitgenodigd")
    LETTER = "letter", gettext_lazy("activatiebrief gemaakt")
    ACCEPTED = "accepted", gettext_lazy("wachtwoord gekozen")
    LOGGED_IN = "logged_in", gettext_lazy("ingelogd geweest")


ACCESS_TONES: Final = {
    Access.NOT_INVITED: "neutral",
    Access.FAILED: "error",
    Access.EXPIRED: "warning",
    Access.INVITED: "info",
    Access.LETTER: "info",
    Access.ACCEPTED: "ok",
    Access.LOGGED_IN: "ok",
}
ANSWER_TONES: Final = {StepState.DONE: "ok", StepState.BUSY: "info", StepState.NOT_BEGUN: "neutral"}

# An unusable password starts with this mark (django.contrib.auth.hashers): nobody has chosen one yet.
_NO_PASSWORD: Final = Q(user__password__startswith="!") | Q(user__password="")  # noqa: S106 - no password at all
# Was in the portal at least once, and can be told of what waits there.
REACHED: Final = Q(user__isnull=False, user__is_active=True, user__last_login__isnull=False) & ~Q(
    user__email=""
)


def with_access(members: QuerySet[Member]) -> QuerySet[Member]:
    """Add `access`, a value of Access, to every member."""
    kinds = (InvitationKind.MEMBER, InvitationKind.MEMBER_LETTER)
    invitations = Invitation.objects.filter(user=OuterRef("user"), kind__in=kinds)
    newer = OutboxMail.objects.filter(
        user=OuterRef("user"), kind=MailKind.MEMBER_INVITATION, pk__gt=OuterRef("pk")
    )
    failed = OutboxMail.objects.filter(
        ~Exists(newer),
        user=OuterRef("user"),
        kind=MailKind.MEMBER_INVITATION,
        state__in=(MailState.FAILED, MailState.BOUNCED),
    )
    open_now = invitations.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return members.annotate(
        access=Case(
            When(user=None, then=Value(Access.NOT_INVITED)),
            When(user__last_login__isnull=False, then=Value(Access.LOGGED_IN)),
            When(~_NO_PASSWORD, then=Value(Access.ACCEPTED)),
            When(Exists(open_now.letters()), then=Value(Access.LETTER)),
            When(Exists(failed), then=Value(Access.FAILED)),
            When(Exists(open_now), then=Value(Access.INVITED)),
            When(Exists(invitations), then=Value(Access.EXPIRED)),
            default=Value(Access.NOT_INVITED),
            output_field=CharField(),
        )
    )


def with_answer(members: QuerySet[Member], event: ElectionEvent | None) -> QuerySet[Member]:
    """Add `answer`: whether the member has said when they can come in this event (done, busy or not begun)."""
    responses = AvailabilityResponse.objects.filter(member=OuterRef("pk"), event=event)
    return members.annotate(
        answer=Case(
            When(Exists(responses.filter(submitted_at__isnull=False)), then=Value(StepState.DONE)),
            When(Exists(responses), then=Value(StepState.BUSY)),
            default=Value(StepState.NOT_BEGUN),
            output_field=CharField(),
        )
    )


def invitable(since: datetime | None = None) -> QuerySet[Member]:
    """Members who can be invited: active, with an address, without a password of their own.

    since: leave out who was invited at or after this moment.
    """
    members = Member.objects.active().exclude(email="").filter(Q(user=None) | _NO_PASSWORD)
    if since is None:
        return members
    lately = Invitation.objects.filter(
        user=OuterRef("user"), kind=InvitationKind.MEMBER, created_at__gte=since
    )
    return members.filter(~Exists(lately))


@dataclass(frozen=True)
class Recipients:
    """What inviting a selection would come down to. `count` people get an e-mail."""

    total: int
    count: int
    inactive: int
    without_email: int
    with_account: int
    invited_before: int


def recipients_among(members: QuerySet[Member]) -> Recipients:
    """Count a selection before it is invited, in one statement."""
    active = Q(is_active=True)
    filled = ~Q(email="")
    no_account = Q(user=None) | _NO_PASSWORD
    counts = members.order_by().aggregate(
        total=Count("pk"),
        count=Count("pk", filter=active & filled & no_account),
        inactive=Count("pk", filter=~active),
        without_email=Count("pk", filter=active & Q(email="") & no_account),
        with_account=Count("pk", filter=active & ~no_account),
        invited_before=Count("pk", filter=active & filled & no_account & Q(user__isnull=False)),
    )
    return Recipients(**counts)


def with_answer_details(members: QuerySet[Member], event: ElectionEvent) -> QuerySet[Member]:
    """Add `answer`, when and why, and how many day parts got a yes, an "if needed", or any answer.

    answered_at: when the member last changed anything. refuses: whether they say no to a day part in which they have
    a place.
    """
    response = AvailabilityResponse.objects.filter(member=OuterRef("pk"), event=event)
    given = (
        Availability.objects.filter(member=OuterRef("pk"), day_part__polling_day__event=event)
        .order_by()
        .values("member")
        .annotate(count=Count("pk"))
    )

    def parts(**answer: str) -> Coalesce:
        return Coalesce(Subquery(given.filter(**answer).values("count")), 0)

    last = Coalesce("changed_at", "submitted_at", "started_at")
    return with_answer(members, event).annotate(
        answered_at=Subquery(response.annotate(last=last).values("last")),
        refuses=Exists(refused_places_of_event(event).filter(member=OuterRef("pk"))),
        unavailable_reason=Subquery(response.values("unavailable_reason")),
        remark_given=Subquery(response.values("remark")),
        parts_yes=parts(answer=AvailabilityAnswer.YES),
        parts_if_needed=parts(answer=AvailabilityAnswer.IF_NEEDED),
        parts_given=parts(),
    )


def refused_places_of_event(event: ElectionEvent) -> QuerySet[Assignment]:
    """Places in `event` of members who say no to the day part; not the offers, which wait for an answer themselves."""
    refusals = Availability.objects.filter(
        member=OuterRef("member"), day_part=OuterRef("shift__day_part"), answer=AvailabilityAnswer.NO
    )
    places = Assignment.objects.active().of_event(event).exclude(state=AssignmentState.PROPOSED)
    return places.filter(Exists(refusals))


def answers_since(event: ElectionEvent, moment: datetime) -> int:
    """How many active members changed something in their answer after `moment`."""
    responses = AvailabilityResponse.objects.filter(event=event, member__is_active=True)
    return responses.filter(changed_at__gt=moment).count()


def answer_counts(event: ElectionEvent) -> dict[str, int]:
    """How many active members have answered (done), are busy, or have not begun."""
    counts = dict.fromkeys((StepState.DONE.value, StepState.BUSY.value, StepState.NOT_BEGUN.value), 0)
    members: QuerySet[Any] = with_answer(Member.objects.active(), event)
    rows = members.order_by().values("answer").annotate(count=Count("pk"))
    counts.update({row["answer"]: row["count"] for row in rows})
    return counts


def same_address(member: Member) -> list[Member]:
    """Other active members with the e-mail address of this one: they get each other's mail."""
    if not member.email:
        return []
    return list(
        Member.objects.active().filter(email__iexact=member.email).exclude(pk=member.pk).by_name()[:10]
    )


def sharing_an_address(members: QuerySet[Member], *, by_hidden: bool = False) -> QuerySet[Member]:
    """Those active members whose e-mail address another active member has too, in any mix of capitals.

    by_hidden: compare with confidential addresses too: only for who may read them. Otherwise a new member with a
    guessed address would tell whether the guess is right.
    """
    filled = Member.objects.active().exclude(email="").order_by()
    if not by_hidden:
        members, filled = members.exclude(confidential_today()), filled.exclude(confidential_today())
    counted = filled.values(address=Lower("email")).annotate(people=Count("pk"))
    twice = counted.filter(people__gt=1).values("address")
    return members.alias(address=Lower("email")).filter(is_active=True, address__in=twice)


def is_invited_anew(member: Member) -> bool:
    """Whether an invitation waits for this member, who has not chosen a password yet."""
    waiting = Invitation.objects.open().filter(kind=InvitationKind.MEMBER)
    return waiting.filter(_NO_PASSWORD, user__member=member).exists()


def assignments_of(member: Member) -> QuerySet[Assignment]:
    """Places of the member in events that are not archived, and those they declined or lost after publishing, in the
    order in which they happen."""
    known = Q(state__in=ACTIVE_ASSIGNMENT_STATES) | Q(published_at__isnull=False)
    places = Assignment.objects.filter(known, member=member, shift__polling_station__event__archived_at=None)
    related = ("shift__polling_station__event", "shift__day_part__polling_day", "shift__position")
    return places.select_related(*related).order_by("period")


def may_have_letter(member: Member) -> bool:
    """Whether a printed letter may let this member in: no colleague, and not with an account that has a mailbox."""
    user = member.user
    if not member.is_active or (user and user.is_staff_member):
        return False
    return user is None or not user.has_usable_password() or not user.email


def letters_of(member: Member) -> QuerySet[AppointmentLetter]:
    """All letters of the member, newest event first."""
    return member.letters.select_related("event").order_by("-event__created_at")


@dataclass(frozen=True)
class Happening:
    """One line of a member's timeline, as components/timeline.html wants it."""

    when: datetime
    title: str
    actor: str = ""
    text: str = ""
    tone: str = "neutral"


ACTION_WORDS: Final = {
    "member.create": gettext_lazy("Toegevoegd aan het ledenbestand"),
    "member.import": gettext_lazy("Ingelezen uit een bestand"),
    "member.update": gettext_lazy("Gegevens gewijzigd door het team"),
    "member.mark_confidential": gettext_lazy("Contactgegevens vertrouwelijk gemaakt"),
    "member.end_confidential": gettext_lazy("Vertrouwelijkheid beëindigd"),
    "member.merge": gettext_lazy("Samengevoegd met een dubbel lid"),
    "member.deactivate": gettext_lazy("Op niet actief gezet"),
    "member.activate": gettext_lazy("Weer actief gemaakt"),
    "member.set_secret": gettext_lazy("Nummer bewaard"),
    "personal_data.change": gettext_lazy("Eigen gegevens gewijzigd"),
    "personal_data.email": gettext_lazy("Eigen e-mailadres gewijzigd"),
    "personal_data.confirm": gettext_lazy("Eigen gegevens nagekeken"),
    "personal_data_change.ask": gettext_lazy("Wijziging aan het team gevraagd"),
    "personal_data_change.withdraw": gettext_lazy("Gevraagde wijziging ingetrokken"),
    "personal_data_change.approve": gettext_lazy("Gevraagde wijziging overgenomen"),
    "personal_data_change.refuse": gettext_lazy("Gevraagde wijziging niet overgenomen"),
    "own_answer.give": gettext_lazy("Eigen vraag beantwoord"),
    "own_answer.update": gettext_lazy("Antwoorden gewijzigd door het team"),
    "declaration.answer": gettext_lazy("Verklaring beantwoord"),
    "availability.submit": gettext_lazy("Beschikbaarheid doorgegeven"),
    "activation.make_letter": gettext_lazy("Activatiebrief gemaakt"),
    "invitation.send": gettext_lazy("Uitgenodigd"),
    "invitation.accept": gettext_lazy("Wachtwoord gekozen"),
    "invitation.withdraw": gettext_lazy("Uitnodiging ingetrokken"),
    "password.reset": gettext_lazy("Nieuw wachtwoord gekozen"),
    "login.finish": gettext_lazy("Ingelogd"),
}
_CHANGES: Final = (
    "member.update",
    "member.import",
    "member.merge",
    "member.mark_confidential",
    "member.end_confidential",
    "member.deactivate",
    "member.activate",
    "personal_data.change",
    "personal_data.email",
    "personal_data.confirm",
    "personal_data_change.approve",
    "own_answer.give",
    "own_answer.update",
    "declaration.answer",
)
FIELD_WORDS: Final = {
    "labels": gettext_lazy("kenmerken"),
    "bsn": "BSN",
    "iban": "IBAN",
    # What was chosen when two rows were joined: elections.queries.member_merge.
    "account": gettext_lazy("account"),
    "address": gettext_lazy("adres"),
    "answers": gettext_lazy("beschikbaarheid"),
    "name": gettext_lazy("naam"),
    "own": gettext_lazy("eigen vragen"),
    "secret": gettext_lazy("BSN of IBAN"),
}


def timeline(member: Member, *, limit: int = 50, hides_address: bool = False) -> list[Happening]:
    """What happened with this member, newest first: actions of the team and of the member, and mails.

    hides_address: leave out to which address mails went, and what mail servers said of it.
    """
    about = Q(object_type__in=("member", "user"), object_id__in=known_as(member))
    events = AuditEvent.objects.filter(about, action__in=ACTION_WORDS).order_by("-id")[:limit]
    happenings = [_happening(event) for event in events]
    if member.user_id:
        mails = OutboxMail.objects.filter(user=member.user_id).exclude(kind=MailKind.LOGIN_CODE)
        newest = mails.order_by("-created_at")[:limit]
        happenings += [_mail_happening(mail, hides_address) for mail in newest]
    return sorted(happenings, key=lambda happening: happening.when, reverse=True)[:limit]


def last_change(member: Member) -> Happening | None:
    """Who last changed the data of this member, and what: for whoever was changing them too."""
    events = AuditEvent.objects.filter(object_type="member", object_id=str(member.uuid), action__in=_CHANGES)
    event = events.order_by("-id").first()
    return _happening(event) if event else None


def _happening(event: AuditEvent) -> Happening:
    fields = event.details.get("fields") or ([event.details["kind"]] if event.details.get("kind") else [])
    return Happening(
        when=event.at,
        title=str(ACTION_WORDS[event.action]),
        actor=event.actor,
        text=", ".join(_field_word(name) for name in fields if isinstance(name, str)),
    )


def _field_word(name: str) -> str:
    if name in FIELD_WORDS:
        return str(FIELD_WORDS[name])
    known = {field.name: field for field in Member._meta.fields}
    return str(known[name].verbose_name) if name in known else name


def _mail_happening(mail: OutboxMail, hides_address: bool) -> Happening:
    state = MailState(mail.state)
    return Happening(
        when=mail.sent_at or mail.created_at,
        title=_("E-mail: %(kind)s (%(state)s)") % {"kind": mail.get_kind_display(), "state": state.label},
        actor="" if hides_address else mail.to_email,
        text=mail.error if state in ATTENTION and not hides_address else "",
        tone=TONES[state],
    )


def label_choices() -> Iterable[tuple[str, str]]:
    """Names of the labels that members have, for a filter."""
    names = Member.labels.through.objects.values_list(F("label__name"), flat=True)
    return [(name, name) for name in names.order_by("label__name").distinct()]
