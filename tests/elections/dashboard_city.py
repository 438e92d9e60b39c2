"""A small municipality by chance, with rows in every state that the dashboard counts; the same for the same seed."""

import random
from datetime import time, timedelta
from typing import Any, Final

from django.utils import timezone

from elections.enums import (
    AssignmentSource,
    AssignmentState,
    ConversationState,
    LetterState,
    MailState,
    PositionKind,
    SecretKind,
    StepKind,
)
from elections.models import (
    AvailabilityResponse,
    Declaration,
    DeclarationText,
    PlacementChange,
    StepReading,
    SurveyParticipation,
    SurveyResponse,
)
from elections.secrets import set_secret
from tests import factories

BSN: Final = "123456782"
IBAN: Final = "NL91ABNA0417164300"
STEPS: Final = (
    StepKind.PERSONAL_DATA,
    StepKind.AVAILABILITY,
    StepKind.RESERVATION,
    StepKind.PLACEMENT,
    StepKind.LETTERS,
)
ADDRESS: Final = {
    "street": "Dorpsstraat", "house_number": "1", "postcode": "1234 AB", "city": "Juinen", "phone": "0612345678"
}  # fmt: skip


class City:
    """Members, three stations with a morning and an afternoon, places, letters, mails, conversations, trainings,
    surveys and applications."""

    def __init__(self, seed: int, *, members: int = 10) -> None:
        self.chance = random.Random(seed)
        self.now = timezone.now()
        self.event = factories.make_event(asks_answer=self._maybe(0.7))
        self._plan()
        self.steps = [factories.make_portal_step(self.event, kind, is_on=self._maybe(0.8)) for kind in STEPS]
        self.members = [self._member() for _number in range(members)]
        if self._maybe(0.6):
            self._questions()
        self._own_part()
        for member in self.members:
            self._answers(member)
            self._places(member)
            self._contact(member)
        self._trainings()
        self._surveys()
        for _number in range(3):
            self._sign_up()

    def _maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def _plan(self) -> None:
        day = factories.make_polling_day(self.event, date=timezone.localdate() + timedelta(days=60))
        self.parts = [
            factories.make_day_part(day),
            factories.make_day_part(day, start=time(14), end=time(21)),
        ]
        positions = [
            factories.make_position(self.event, kind=kind, needs_training=False)
            for kind in ("chair", "member", "counter")
        ]
        stations = [factories.make_polling_station(self.event) for _number in range(3)]
        self.shifts = [
            factories.make_shift(station, part, position, places=self.chance.randint(1, 3))
            for station in stations
            for part in self.parts
            for position in positions
            if self._maybe(0.8)
        ]

    def _member(self) -> Any:
        """Somebody who may be inactive, without a log-in, without an address, or never logged in."""
        values: dict[str, Any] = {"is_active": self._maybe(0.9), "with_user": self._maybe(0.85)}
        if self._maybe(0.6):
            values |= ADDRESS
        checked = self.chance.choice((None, -1, 1))
        if checked:
            values["data_checked_at"] = self.event.created_at + timedelta(days=checked)
        member = factories.make_member(**values)
        if member.user:
            member.user.last_login = self.now if self._maybe(0.7) else None
            member.user.email = member.user.email if self._maybe(0.85) else ""
            member.user.save()
        if self._maybe(0.7):
            set_secret(member, SecretKind.BSN, BSN, by=None)
            set_secret(member, SecretKind.IBAN, IBAN, by=None)
        return member

    def _questions(self) -> None:
        """Own questions and declarations, some of them required, old or out of use, and changes that wait."""
        fields = [
            factories.make_own_field(
                in_portal=in_portal,
                is_required=in_portal and self._maybe(0.7),
                is_active=self._maybe(0.8),
            )
            for in_portal in (True, True, False)
        ]
        declarations = [factories.make_declaration(is_required=self._maybe(0.5)) for _number in range(2)]
        for member in self.members:
            for field in fields:
                if self._maybe(0.8):
                    factories.make_own_value(member, field, "iets")
            for declaration in declarations:
                if self._maybe(0.8):
                    factories.make_consent(member, declaration, agreed=self._maybe(0.7))
            if self._maybe(0.3):
                factories.make_personal_data_change(member)
        if self._maybe(0.3):
            DeclarationText.objects.create(declaration=declarations[0], edition=2, text="Een nieuwe tekst.")
            Declaration.objects.filter(pk=declarations[0].pk).update(edition=2)

    def _own_part(self) -> None:
        """A text of the team for some of the members, a few of whom read it."""
        audience = factories.make_audience(kind="members")
        audience.members.set([member for member in self.members if self._maybe(0.6)])
        part = factories.make_portal_step(self.event, "own", title="Lees dit eerst", audience=audience)
        for member in self.members:
            if self._maybe(0.4):
                StepReading.objects.create(step=part, member=member)

    def _answers(self, member: Any) -> None:
        if self._maybe(0.7):
            AvailabilityResponse.objects.create(
                member=member,
                event=self.event,
                submitted_at=self.now if self._maybe(0.7) else None,
                unavailable_reason="vakantie" if self._maybe(0.2) else "",
            )
            for part in self.parts:
                if self._maybe(0.8):
                    factories.make_availability(member, part, answer=self.chance.choice(("yes", "yes", "no")))
        if self._maybe(0.2) and self.shifts:
            factories.make_waitlist_entry(member, self.chance.choice(self.shifts))
        if self._maybe(0.2):
            PlacementChange.objects.create(
                member=member,
                event=self.event,
                kind="moved",
                seen_at=self.now if self._maybe(0.5) else None,
            )

    def _places(self, member: Any) -> None:
        for shift in self.chance.sample(self.shifts, min(2, len(self.shifts))):
            if self._maybe(0.8):
                self._place(member, shift)

    def _place(self, member: Any, shift: Any) -> None:
        chance = self.chance
        state = chance.choice(AssignmentState.values)
        values: dict[str, Any] = {"state": state, "source": chance.choice(AssignmentSource.values)}
        if state in ("declined", "cancelled", "absent") and self._maybe(0.7):
            values["published_at"] = self.now - timedelta(days=3)
            if state == "cancelled" and self._maybe(0.4):
                values["retracted_at"] = self.now
        if self._maybe(0.4):
            values["answer_due_at"] = self.now + timedelta(days=chance.choice((-2, 2)))
        if state in ("confirmed", "published", "reserved") and self._maybe(0.4):
            values["accepted_at"] = self.now
        if state in ("declined", "cancelled") and self._maybe(0.5):
            values["end_reason"] = "kan niet"
        if self._has_room(member, shift) or state in ("declined", "cancelled", "absent"):
            made = factories.make_assignment(member, shift, **values)
            if state == "cancelled" and made.published_at and self._maybe(0.5):
                self._move(made)

    def _move(self, gone: Any) -> None:
        """A place elsewhere in the stead of this one."""
        for shift in self.shifts:
            if self._has_room(gone.member, shift):
                factories.make_assignment(gone.member, shift, state="confirmed", replaces=gone)
                return

    def _has_room(self, member: Any, shift: Any) -> bool:
        active = ("proposed", "reserved", "confirmed", "published")
        busy = member.assignments.filter(state__in=active, shift__day_part=shift.day_part).exists()
        return not busy and shift.assignments.filter(state__in=active).count() < shift.places

    def _contact(self, member: Any) -> None:
        if self._maybe(0.7):
            state = self.chance.choice(LetterState.values)
            read = self.now if state == "published" and self._maybe(0.5) else None
            factories.make_letter(member, self.event, state=state, first_read_at=read)
        if member.user and self._maybe(0.6):
            factories.make_mail(
                member.user, kind="news_published", state=self.chance.choice(MailState.values)
            )
        if self._maybe(0.5):
            factories.make_conversation(
                member,
                state=self.chance.choice(ConversationState.values),
                waiting_since=self.now - timedelta(hours=self.chance.randint(1, 300)),
            )
        if self._maybe(0.2):  # a message to a group that this member did not answer
            talk = factories.make_conversation(member, group=factories.make_group_message())
            talk.messages.filter(kind="from_member").delete()

    def _sign_up(self) -> None:
        """Somebody who wants to help: new, kept, or with an address that nobody confirmed."""
        states: dict[str, dict[str, Any]] = {
            "open": {},
            "kept": {"decided_at": self.now},
            "unconfirmed": {"confirmed_at": None},
        }
        state = self.chance.choice(list(states))
        factories.make_application(state=state, **states[state])

    def _trainings(self) -> None:
        """Some of the work needs a training; results that come too early, expire too soon or were not enough."""
        today = timezone.localdate()
        self.steps.append(factories.make_portal_step(self.event, "training"))
        self.event.trained_since = today - timedelta(days=40) if self._maybe(0.5) else None
        self.event.save()
        for position in self.event.positions.all():
            position.needs_training = self._maybe(0.6)
            position.save()
        trainings = [
            factories.make_training(position_kinds=kinds)
            for kinds in ([], ["chair"], ["member", "counter"])
            if self._maybe(0.6)
        ]
        for member in self.members:
            if not member.assignments.exists():
                member.qualified_for = self.chance.sample(PositionKind.values, self.chance.randint(1, 2))
            if self._maybe(0.15):
                member.trained_on = today - timedelta(days=self.chance.choice((10, 80)))
            member.save()
            for training in trainings:
                self._training(training, member)

    def _training(self, training: Any, member: Any) -> None:
        """The vote is sixty days away: a result that is good until the day before does not count."""
        today = timezone.localdate()
        if self._maybe(0.3):
            began = self.event.created_at + timedelta(days=self.chance.choice((-1, 1)))
            factories.make_training_start(training, member, started_at=began)
        if self._maybe(0.5):
            until = self.chance.choice((None, 59, 60))
            factories.make_training_result(
                training,
                member,
                done_on=today - timedelta(days=self.chance.choice((0, 10, 80))),
                passed=self._maybe(0.7),
                expires_on=None if until is None else today + timedelta(days=until),
            )

    def _surveys(self) -> None:
        """One for everybody, one by name for some, and others that do not show now."""
        self.steps.append(factories.make_portal_step(self.event, "surveys"))
        some = [member for member in self.members if self._maybe(0.5)] or self.members[:1]
        days = {when: self.now + timedelta(days=when) for when in (-2, -1, 1)}
        made = (
            factories.make_survey() if self._maybe(0.6) else None,
            factories.make_survey(*some, is_anonymous=False) if self._maybe(0.8) else None,
            factories.make_survey(publishes_at=days[-2], ends_at=days[-1]),
            factories.make_survey(publishes_at=days[1]),
            factories.make_survey(state="draft"),
        )
        for survey in filter(None, made):
            for member in self.members:
                if self._maybe(0.5):
                    self._answered(survey, member, is_sent=self._maybe(0.6))

    def _answered(self, survey: Any, member: Any, *, is_sent: bool) -> None:
        """A draft hangs on its member; who sent an anonymous survey is known by their taking part alone."""
        if survey.is_anonymous and is_sent:
            SurveyParticipation.objects.create(survey=survey, member=member)
            return
        moment = None if survey.is_anonymous else self.now
        SurveyResponse.objects.create(
            survey=survey,
            member=member,
            is_anonymous=survey.is_anonymous,
            is_sent=is_sent,
            started_at=moment,
            submitted_at=moment if is_sent else None,
        )
