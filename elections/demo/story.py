"""Fill a municipality up to a chapter of the story: prepared, answered, assigned or finished."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import sleep
from typing import Literal

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.event import create_event
from elections.actions.letter import make_letters, publish_letters, work_on_letters
from elections.actions.letter_edition import save_letter_texts
from elections.actions.polling_day import add_polling_day
from elections.actions.publication import publish_assignments
from elections.actions.shift import make_shifts
from elections.clock import moment
from elections.demo.application import sign_up
from elections.demo.audience import gather
from elections.demo.authenticators import give_authenticators
from elections.demo.conversation import talk
from elections.demo.daily_figures import keep_history
from elections.demo.earlier import earlier_event
from elections.demo.news import announce
from elections.demo.own_question import ask_more
from elections.demo.people import invented_members, test_bsns, test_iban
from elections.demo.places import Neighbourhood, invented_venue, neighbourhoods
from elections.demo.portal_part import explain
from elections.demo.survey import ask_members
from elections.demo.training import train
from elections.enums import (
    AvailabilityAnswer,
    PollingDayKind,
    PositionKind,
    SecretKind,
    StaffRole,
    StationKind,
    StepKind,
)
from elections.event_plan import DayPartPlan, PollingDayPlan, proposed_plan
from elections.letter_texts import proposed_blocks
from elections.models import (
    Assignment,
    Availability,
    AvailabilityResponse,
    CompanionWish,
    DayPart,
    ElectionEvent,
    Label,
    Member,
    OpeningHours,
    PollingStation,
    PortalStep,
    Preference,
    Shift,
    ShiftTemplateLine,
    User,
    Venue,
)
from elections.secrets import set_many_secrets
from tenants.models import Municipality

PASSWORD = "Samen-tellen-2027"  # noqa: S105 - printed by the demo, for invented people only
TOWN, CITY = 20, 100  # from how many stations the template has bands, and people vote early too
LARGE_STATION = 1500  # expected voters
CHAPTERS = ("prepared", "answered", "assigned", "finished")
Chapter = Literal["prepared", "answered", "assigned", "finished"]


@dataclass(frozen=True)
class Size:
    """How many polling stations and people a municipality gets."""

    stations: int
    chairs: int
    members: int
    counters: int
    reserves: int

    def people(self) -> dict[PositionKind, int]:
        return {
            PositionKind.CHAIR: self.chairs,
            PositionKind.MEMBER: self.members,
            PositionKind.COUNTER: self.counters,
            PositionKind.RESERVE: self.reserves,
        }


def fill(
    municipality: Municipality,
    size: Size,
    *,
    chapter: Chapter,
    centre: tuple[float, float] = (52.53, 5.47),
) -> None:
    """Fill an empty municipality: the data all or nothing, then the letters.

    chapter: how far the preparation is; each chapter includes the ones before it.
    centre: latitude and longitude around which the venues lie.
    """
    seed = int(municipality.code[2:])
    with tenant_context(municipality), timezone.override(municipality.tz):
        story = _Story(municipality, size, random.Random(seed), seed)  # noqa: S311 - invented data
        with transaction.atomic():
            story.prepare(centre)
            talk(story.members)
            gather(story.event, story.members)
            explain(story.event, story.members)
            train(story.members, seed)
            story.open_training()
            if chapter in CHAPTERS[1:]:
                story.answer()
            if chapter == "answered":
                story.open_reservation()
            if chapter in CHAPTERS[2:]:
                story.assign()
        announce(story.members, seed)
        ask_more(story.members, seed)
        sign_up(story.members, story.areas, seed, is_open=chapter != "finished")
        ask_members(story.event, story.members, seed)
        if chapter == "finished":
            story.finish()
        keep_history(story.event)


class _Story:
    def __init__(self, municipality: Municipality, size: Size, chance: random.Random, seed: int) -> None:
        self.municipality = municipality
        self.size = size
        self.chance = chance
        self.seed = seed
        self.password = make_password(PASSWORD)
        self.event: ElectionEvent
        self.areas: list[Neighbourhood] = []
        self.members: list[Member] = []

    # --- chapter 1: everything is ready for the members to answer ---

    def prepare(self, centre: tuple[float, float]) -> None:
        self._colleagues()
        self.event = create_event(proposed_plan(is_public_body=self.municipality.is_public_body), by=None)
        save_letter_texts(
            self.event, blocks=proposed_blocks(is_public_body=self.municipality.is_public_body),
            decision_date=date(2027, 2, 9),
            signatory="A.M. Verkade", signatory_title="teamleider Verkiezingen", by=None,
        )  # fmt: skip
        self.event.refresh_from_db()
        self.areas = neighbourhoods(self.size.stations, centre)
        self._stations()
        if self.size.stations >= TOWN:
            self._bands()
        if self.size.stations >= CITY:
            self._early_day()
        make_shifts(self.event, by=None)
        self._people()
        earlier_event(self.event, self.members, self.chance, is_public_body=self.municipality.is_public_body)
        self._open(StepKind.PERSONAL_DATA, until=_evening() + timedelta(days=60))
        self._open(StepKind.AVAILABILITY, until=_evening() + timedelta(days=45))

    def open_reservation(self) -> None:
        """Members pick their own place until the team begins to place the others."""
        self._open(StepKind.RESERVATION, until=_evening() + timedelta(days=30))

    def open_training(self) -> None:
        """Members do the training from the first day on."""
        self._open(StepKind.TRAINING)

    def _open(self, kind: StepKind, *, until: datetime | None = None) -> None:
        PortalStep.objects.filter(event=self.event, kind=kind).update(
            is_on=True, opens_at=None, closes_at=until
        )

    def _colleagues(self) -> None:
        host = self.municipality.name.lower()
        User.objects.bulk_create(
            User(username=f"{name}@{host}.example", email=f"{name}@{host}.example", name=full_name, role=role,
                 password=self.password)
            for name, full_name, role in (
                ("beheer", "Bea Beheer", StaffRole.ADMINISTRATOR),
                ("planning", "Pim Planning", StaffRole.PLANNER),
                ("meelezen", "Mees Meelezer", StaffRole.READER),
            )
        )  # fmt: skip
        give_authenticators()

    def _bands(self) -> None:
        """Large stations get one more member in each day part."""
        lines = self.event.template_lines.filter(station_kind=StationKind.REGULAR).select_related("position")
        ShiftTemplateLine.objects.bulk_create(
            ShiftTemplateLine(
                event=self.event, station_kind=line.station_kind, from_voters=LARGE_STATION,
                day_part_id=line.day_part_id, position=line.position,
                places=line.places + (line.position.kind == PositionKind.MEMBER),
            )
            for line in lines
        )  # fmt: skip

    def _early_day(self) -> None:
        """The day before the vote three stations are open."""
        vote = self.event.polling_days.get(kind=PollingDayKind.VOTING)
        part = DayPartPlan("Vervroegd stemmen", time(9), time(17))
        plan = PollingDayPlan(vote.date - timedelta(days=1), PollingDayKind.EARLY_VOTING, (part,))
        day = add_polling_day(self.event, plan, by=None)
        OpeningHours.objects.bulk_create(
            OpeningHours(
                polling_station=station, polling_day=day,
                opens_at=moment(day.date, part.start), closes_at=moment(day.date, part.end),
            )
            for station in self.event.polling_stations.all()[:3]
        )  # fmt: skip

    def _stations(self) -> None:
        built = [
            invented_venue(
                n, chance=self.chance, city=self.municipality.name, areas=self.areas,
                is_island=self.municipality.is_public_body,
            )
            for n in range(self.size.stations)
        ]  # fmt: skip
        venues = Venue.objects.bulk_create([venue for venue, _kind in built])
        stations = PollingStation.objects.bulk_create(
            PollingStation(
                event=self.event, venue=venue, number=n, name=venue.name, kind=kind,
                expected_voters=self.chance.randint(900, 1900), contact=self.municipality.email,
            )
            for n, (venue, (_venue, kind)) in enumerate(zip(venues, built, strict=True), start=1)
        )  # fmt: skip
        voting_day = self.event.polling_days.get(kind="voting")
        morning = timezone.make_aware(datetime.combine(voting_day.date, datetime.min.time()))
        OpeningHours.objects.bulk_create(
            OpeningHours(
                polling_station=station, polling_day=voting_day,
                opens_at=morning + timedelta(hours=7, minutes=30), closes_at=morning + timedelta(hours=21),
            )
            for station in stations
        )  # fmt: skip

    def _people(self) -> None:
        unsaved = invented_members(
            self.size.people(), seed=self.seed, city=self.municipality.name, areas=self.areas,
            is_island=self.municipality.is_public_body, today=timezone.localdate(),
        )  # fmt: skip
        users = User.objects.bulk_create(
            User(
                username=username_of(member),
                email=member.email,
                name=member.full_name,
                password=self.password,
            )
            for member in unsaved
        )
        for member, user in zip(unsaved, users, strict=True):
            member.user = user
        self.members = Member.objects.bulk_create(unsaved)
        self._labels()
        set_many_secrets(self._secrets(), by=None)

    def _secrets(self) -> Iterator[tuple[Member, SecretKind, str]]:
        bsns = test_bsns()
        for member in self.members:
            if self.chance.random() < 0.85:
                yield member, SecretKind.BSN, next(bsns)
            if self.chance.random() < 0.8 and not self.municipality.is_public_body:
                yield member, SecretKind.IBAN, test_iban(self.seed * 10_000 + member.number)

    def _labels(self) -> None:
        labels = Label.objects.bulk_create(
            Label(name=name) for name in ("Ervaren", "Nieuw", "Gebarentaal", "Host")
        )
        link = Member.labels.through
        link.objects.bulk_create(
            link(member_id=member.pk, label_id=self.chance.choice(labels).pk)
            for member in self.members
            if self.chance.random() < 0.5
        )
        wanted, sign_language = PollingStation.wanted_labels.through, labels[2]
        wanted.objects.bulk_create(
            wanted(pollingstation_id=station.pk, label_id=sign_language.pk)
            for station in self.event.polling_stations.filter(number__in=range(4, self.size.stations, 9))
        )

    # --- chapter 2: most members have answered ---

    def answer(self) -> None:
        parts = list(DayPart.objects.filter(polling_day__event=self.event).select_related("polling_day"))
        positions = list(self.event.positions.all())
        venues = list(Venue.objects.all())
        now = timezone.now()
        responses, answers, wishes = [], [], []
        for member in self.members:
            fate = self.chance.random()
            if fate > 0.82:
                continue  # has not begun
            submitted = now - timedelta(hours=self.chance.randint(1, 300)) if fate < 0.76 else None
            responses.append(AvailabilityResponse(member=member, event=self.event, submitted_at=submitted))
            answers += [Availability(member=member, day_part=part, answer=self._answer()) for part in parts]
            liked = [p for p in positions if p.kind in member.can_work_as]
            wishes += [
                Preference(member=member, event=self.event, kind="position", position=position, rank=rank)
                for rank, position in enumerate(liked[:2], start=1)
            ]
            wishes += self._other_wishes(member, parts, venues)
        AvailabilityResponse.objects.bulk_create(responses)
        Availability.objects.bulk_create(answers, batch_size=2000)
        Preference.objects.bulk_create(wishes)
        self._companions([response.member for response in responses])

    def _other_wishes(
        self, member: Member, parts: list[DayPart], venues: list[Venue]
    ) -> Iterator[Preference]:
        if self.chance.random() < 0.3:
            part = self.chance.choice(parts)
            yield Preference(member=member, event=self.event, kind="day_part", day_part=part, rank=1)
        if self.chance.random() < 0.2:
            venue = self.chance.choice(venues)
            yield Preference(member=member, event=self.event, kind="venue", venue=venue, rank=1)

    def _companions(self, members: list[Member]) -> None:
        """Pairs who like to work together; of half of them the team says who that is."""
        pairs = [self.chance.sample(members, 2) for _n in range(len(members) // 16)]
        now = timezone.now()
        wishes = {
            one.pk: CompanionWish(
                member=one, event=self.event, name=other.informal_name,
                companion=other if n % 2 else None, settled_at=now if n % 2 else None,
            )
            for n, (one, other) in enumerate(pairs)
        }  # fmt: skip
        CompanionWish.objects.bulk_create(wishes.values())

    def _answer(self) -> str:
        return self.chance.choices(AvailabilityAnswer.values, weights=(70, 15, 15))[0]

    # --- chapter 3: most places have somebody ---

    def assign(self) -> None:
        """Give each shift people who may and can, leaving some places open for the reader to fill."""
        able = set(
            Availability.objects.filter(answer=AvailabilityAnswer.YES).values_list("member_id", "day_part_id")
        )
        busy: dict[int, list[Shift]] = {}
        qualified = {kind: [m for m in self.members if kind in m.can_work_as] for kind in PositionKind}
        assignments = []
        shifts = Shift.objects.filter(polling_station__event=self.event).select_related("position")
        for shift in shifts.order_by("position__rank", "polling_station__number"):
            candidates = (
                member
                for member in qualified[PositionKind(shift.position.kind)]
                if (member.pk, shift.day_part_id) in able
                and not any(_overlap(shift, other) for other in busy.get(member.pk, ()))
            )
            for _place, member in zip(range(shift.places), candidates, strict=False):
                busy.setdefault(member.pk, []).append(shift)
                assignments.append(Assignment(member=member, shift=shift, period=shift.period))
        Assignment.objects.bulk_create(assignments, batch_size=2000)

    # --- chapter 4: published, and letters in the portal ---

    def finish(self) -> None:
        publish_assignments(self.event, by=None)
        job = make_letters(self.event, by=None)
        # In the product the workers do this; where they run already, one may have the last letters in hand.
        while work_on_letters(job) or not job.is_finished:
            sleep(0.2)
            job.refresh_from_db()
        publish_letters(self.event, by=None)
        self._open(StepKind.PLACEMENT)
        self._open(StepKind.LETTERS)


def username_of(member: Member) -> str:
    """As invitations make it: readable, and unique by the member's number."""
    plain = "".join(letter for letter in member.last_name.lower() if letter.isalpha())
    return f"{member.initials[:1].lower()}.{plain}{member.number}"


def _evening() -> datetime:
    return timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0)


def _overlap(one: Shift, other: Shift) -> bool:
    return one.period.lower < other.period.upper and other.period.lower < one.period.upper
