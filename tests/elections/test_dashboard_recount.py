"""Every figure of the dashboard equals a recount from the raw rows, in plain Python that shares nothing with the
queries: no queryset of ours, no rule of ours, only rows as they are stored."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elections import models
from elections.enums import LetterState, MailState
from elections.queries.daily_figures import figures_now
from elections.queries.dashboard import dashboard
from tests.elections.dashboard_city import City

ACTIVE = {"proposed", "reserved", "confirmed", "published"}
ASKED_FIELDS = ("birth_date", "street", "city", "phone", "email", "house_number", "postcode")


def _all(model: Any) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())


def _by_member(place: dict[str, Any]) -> bool:
    return place["source"] in ("reservation", "waitlist")


def _planned(place: dict[str, Any]) -> bool:
    unknown = place["accepted_at"] is None and place["answer_due_at"] is None
    return place["state"] == "confirmed" and unknown and not _by_member(place)


class Recount:
    """The raw rows of one event, and the figures counted from them by hand."""

    def __init__(self, event: Any) -> None:
        self.event = event
        self.now = timezone.now()
        self.shifts = {row["id"]: row for row in _all(models.Shift)}
        self.users = {row["id"]: row for row in _all(models.User)}
        self.members = [m for m in _all(models.Member) if m["is_active"] and m["erased_at"] is None]
        stations = {s["id"] for s in _all(models.PollingStation) if s["event_id"] == event.pk}
        self.shifts = {pk: s for pk, s in self.shifts.items() if s["polling_station_id"] in stations}
        self.places = [a for a in _all(models.Assignment) if a["shift_id"] in self.shifts]
        self.active = [a for a in self.places if a["state"] in ACTIVE]
        self.positions = {p["id"]: p for p in _all(models.Position)}
        self.responses = [r for r in _all(models.AvailabilityResponse) if r["event_id"] == event.pk]
        self.letters = [row for row in _all(models.AppointmentLetter) if row["event_id"] == event.pk]

    # --- parts of the portal ---

    def parts(self) -> dict[str, Counter]:
        rules = {
            "personal_data": self._personal_data,
            "availability": self._availability,
            "reservation": self._reservation,
            "placement": self._placement,
            "letters": self._letters,
            "training": self._training,
            "surveys": self._surveys,
            "own": self._own,
        }
        steps = [s for s in _all(models.PortalStep) if s["event_id"] == self.event.pk and s["is_on"]]
        return {
            step["kind"]: Counter(
                self._reached(member, rules[step["kind"]](member)) for member in self._for_whom(step)
            )
            for step in steps
        }

    def _for_whom(self, step: dict[str, Any]) -> list[dict[str, Any]]:
        """Everybody, or who was picked by hand for the part."""
        if step["audience_id"] is None:
            return self.members
        picked = {
            row["member_id"]
            for row in _all(models.Audience.members.through)
            if row["audience_id"] == step["audience_id"]
        }
        return [member for member in self.members if member["id"] in picked]

    def _own(self, member: dict[str, Any]) -> str:
        steps = {
            s["id"] for s in _all(models.PortalStep) if s["event_id"] == self.event.pk and s["kind"] == "own"
        }
        read = {(r["step_id"], r["member_id"]) for r in _all(models.StepReading)}
        return "done" if any((step, member["id"]) in read for step in steps) else "not_begun"

    def _reached(self, member: dict[str, Any], word: str) -> str:
        if word != "not_begun":
            return word
        user = self.users.get(member["user_id"])
        was_in = user and user["is_active"] and user["last_login"] is not None and user["email"] != ""
        return "not_begun" if was_in else "not_reached"

    def _personal_data(self, member: dict[str, Any]) -> str:
        if member["data_checked_at"] is None or member["data_checked_at"] < self.event.created_at:
            return "not_begun"
        kinds = {s["kind"] for s in _all(models.MemberSecret) if s["member_id"] == member["id"]}
        complete = all(member[f] for f in ASKED_FIELDS) and kinds >= {"bsn", "iban"}
        return "done" if complete and self._answered_what_is_asked(member) else "busy"

    def _answered_what_is_asked(self, member: dict[str, Any]) -> bool:
        """The own questions that must be answered, and the newest text of each declaration."""
        given = {v["field_id"] for v in _all(models.OwnFieldValue) if v["member_id"] == member["id"]}
        asked = {
            f["id"] for f in _all(models.OwnField) if f["is_active"] and f["in_portal"] and f["is_required"]
        }
        texts = {(t["declaration_id"], t["edition"]): t["id"] for t in _all(models.DeclarationText)}
        said = {
            c["text_id"]: c["agreed"]
            for c in _all(models.DeclarationConsent)
            if c["member_id"] == member["id"]
        }
        answers = [
            (d["is_required"], said.get(texts[d["id"], d["edition"]]))
            for d in _all(models.Declaration)
            if d["is_active"]
        ]
        return asked <= given and all(
            answer or (answer is False and not required) for required, answer in answers
        )

    def _availability(self, member: dict[str, Any]) -> str:
        own = [r for r in self.responses if r["member_id"] == member["id"]]
        if not own:
            return "not_begun"
        if own[0]["submitted_at"] is None:
            return "busy"
        days = {d["id"] for d in _all(models.PollingDay) if d["event_id"] == self.event.pk}
        parts = {p["id"] for p in _all(models.DayPart) if p["polling_day_id"] in days and p["is_offered"]}
        said = {a["day_part_id"] for a in _all(models.Availability) if a["member_id"] == member["id"]}
        return "busy" if own[0]["unavailable_reason"] == "" and parts - said else "done"

    def _reservation(self, member: dict[str, Any]) -> str:
        def lapsed(place: dict[str, Any]) -> bool:
            silent = place["accepted_at"] is None and place["end_reason"] == ""
            return place["answer_due_at"] is not None and silent

        own = [a for a in self.places if a["member_id"] == member["id"]]
        known = [a for a in own if not _planned(a)]
        if any(a["state"] == "proposed" for a in known):
            return "busy"
        if any(a["state"] in ("reserved", "confirmed", "published") for a in known):
            return "done"
        waits = [w for w in _all(models.WaitlistEntry) if w["shift_id"] in self.shifts]
        if any(w["member_id"] == member["id"] for w in waits):
            return "busy"
        if len(known) < len(own):
            return "nothing_yet"
        refused = [
            a for a in known
            if a["state"] == "cancelled" and _by_member(a) and a["published_at"] is None and not lapsed(a)
        ]  # fmt: skip
        return "busy" if refused else "not_begun"

    def _placement(self, member: dict[str, Any]) -> str:
        changes = [c for c in _all(models.PlacementChange) if c["event_id"] == self.event.pk]
        if any(c["member_id"] == member["id"] and c["seen_at"] is None for c in changes):
            return "busy"
        told = [a for a in self.places if a["member_id"] == member["id"] and a["published_at"] is not None]
        silent = [a for a in told if a["state"] == "published" and a["accepted_at"] is None]
        if self.event.asks_answer and silent:
            return "not_begun"
        return "done" if told else "nothing_yet"

    def _letters(self, member: dict[str, Any]) -> str:
        own = [e for e in self.letters if e["member_id"] == member["id"] and e["state"] == "published"]
        if not own:
            return "nothing_yet"
        return "done" if own[0]["first_read_at"] else "not_begun"

    def _training(self, member: dict[str, Any]) -> str:
        """By the work that the member knows of, or else by all that they can do."""
        places = [a for a in self.active if a["member_id"] == member["id"] and not _planned(a)]
        positions = [p for p in self.positions.values() if p["event_id"] == self.event.pk]
        if places:
            positions = [self.positions[self.shifts[a["shift_id"]]["position_id"]] for a in places]
            kinds = {p["kind"] for p in positions if p["needs_training"]}
        else:
            can = {*member["qualified_for"]}
            can |= {"deputy_chair", "member"} if "chair" in can else set()
            can |= {"member"} if "deputy_chair" in can else set()
            kinds = {p["kind"] for p in positions if p["needs_training"]} & can
        if not kinds:
            return "nothing_yet"
        if all(self._is_trained(member, kind) for kind in kinds):
            return "done"
        begin = self.event.created_at
        failed = [
            r for r in _all(models.TrainingResult)
            if r["member_id"] == member["id"] and not r["passed"] and r["done_on"] >= timezone.localdate(begin)
        ]  # fmt: skip
        begun = [
            s for s in _all(models.TrainingStart)
            if s["member_id"] == member["id"] and s["started_at"] >= begin
        ]  # fmt: skip
        return "busy" if failed or begun else "not_begun"

    def _is_trained(self, member: dict[str, Any], kind: str) -> bool:
        """There is one polling day; the team's own date holds for all work and does not expire."""
        (vote,) = (d["date"] for d in _all(models.PollingDay) if d["event_id"] == self.event.pk)
        since = self.event.trained_since
        kinds = {t["id"]: t["position_kinds"] for t in _all(models.Training)}
        dates = [member["trained_on"]] if member["trained_on"] else []
        for row in _all(models.TrainingResult):
            counts = row["member_id"] == member["id"] and row["passed"]
            counts = counts and (not kinds[row["training_id"]] or kind in kinds[row["training_id"]])
            if counts and (row["expires_on"] is None or row["expires_on"] >= vote):
                dates.append(row["done_on"])
        return any(since is None or day >= since for day in dates)

    def _surveys(self, member: dict[str, Any]) -> str:
        audiences = {a["id"]: a["kind"] for a in _all(models.Audience)}
        picked = {(row["audience_id"], row["member_id"]) for row in _all(models.Audience.members.through)}
        asked = {
            s["id"] for s in _all(models.Survey)
            if s["state"] == "published" and s["publishes_at"] <= self.now
            and (s["ends_at"] is None or s["ends_at"] > self.now)
            and (audiences[s["audience_id"]] == "everyone" or (s["audience_id"], member["id"]) in picked)
        }  # fmt: skip
        if not asked:
            return "nothing_yet"
        own = [r for r in _all(models.SurveyResponse) if r["member_id"] == member["id"]]
        took_part = [p for p in _all(models.SurveyParticipation) if p["member_id"] == member["id"]]
        if asked & {r["survey_id"] for r in own if not r["is_sent"]}:
            return "busy"
        sent = {r["survey_id"] for r in own if r["is_sent"]} | {p["survey_id"] for p in took_part}
        return "done" if asked <= sent else "not_begun"

    # --- places ---

    def taken(self, shift: int) -> int:
        return sum(a["shift_id"] == shift for a in self.active)

    def stations(self) -> dict[str, int]:
        by_station: dict[int, list[int]] = {}
        for pk, shift in self.shifts.items():
            by_station.setdefault(shift["polling_station_id"], []).append(pk)
        open_places = {
            station: sum(self.shifts[pk]["places"] - self.taken(pk) for pk in shifts)
            for station, shifts in by_station.items()
        }
        return {
            "places": sum(shift["places"] for shift in self.shifts.values()),
            "open": sum(open_places.values()),
            "with_open": sum(number > 0 for number in open_places.values()),
            "against_law": sum(self._breaks_law(shifts) for shifts in by_station.values()),
            "with_warnings": len(
                {self.shifts[a["shift_id"]]["polling_station_id"] for a in self._doubtful()}
            ),
        }

    def _breaks_law(self, shifts: list[int]) -> bool:
        """Of each day part with a board: a chair, and three of the board. The parts do not overlap."""
        for part in {self.shifts[pk]["day_part_id"] for pk in shifts}:
            kinds = {
                pk: self.positions[self.shifts[pk]["position_id"]]["kind"]
                for pk in shifts
                if self.shifts[pk]["day_part_id"] == part
            }
            board = [a for a in self.active if kinds.get(a["shift_id"]) in ("chair", "member")]
            chairs = [a for a in board if kinds[a["shift_id"]] == "chair"]
            if {"chair", "member"} & {*kinds.values()} and not (chairs and len(board) >= 3):
                return True
        return False

    def _doubtful(self) -> list[dict[str, Any]]:
        """Places of who is not active, said no, or must be elsewhere while they still work."""
        idle = {m["id"] for m in _all(models.Member) if not m["is_active"]}
        no = {(a["member_id"], a["day_part_id"]) for a in _all(models.Availability) if a["answer"] == "no"}

        def hurries(place: dict[str, Any]) -> bool:
            here = self.shifts[place["shift_id"]]
            return any(
                other["member_id"] == place["member_id"]
                and other["period"].lower == place["period"].upper
                and self.shifts[other["shift_id"]]["polling_station_id"] != here["polling_station_id"]
                for other in self.active
            )

        return [
            a for a in self.active
            if a["member_id"] in idle
            or (a["member_id"], self.shifts[a["shift_id"]]["day_part_id"]) in no
            or hurries(a)
        ]  # fmt: skip

    def per_position(self) -> dict[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for pk, shift in self.shifts.items():
            places, taken = found.get(shift["position_id"], (0, 0))
            found[shift["position_id"]] = (places + shift["places"], taken + self.taken(pk))
        return found

    def answers(self) -> Counter:
        found: Counter = Counter()
        for place in self.places:
            if place["state"] == "proposed":
                found["offered"] += 1
            elif place["state"] == "declined" and place["published_at"]:
                found["declined"] += 1
            elif place["state"] == "published" and place["accepted_at"]:
                found["accepted"] += 1
            elif place["state"] == "published" and self.event.asks_answer:
                found["silent"] += 1
                found["overdue"] += bool(place["answer_due_at"] and place["answer_due_at"] < self.now)
        return found

    def dropped(self) -> Counter:
        moved = {a["replaces_id"] for a in self.active}
        ended = [a for a in self.places if a["published_at"] and a["id"] not in moved]
        return Counter(a["state"] for a in ended if a["state"] in ("declined", "cancelled"))

    # --- contact ---

    def questions(self) -> list[dict[str, Any]]:
        asked = {m["conversation_id"] for m in _all(models.Message) if m["kind"] == "from_member"}
        talks = [c for c in _all(models.Conversation) if c["group_id"] is None or c["id"] in asked]
        return [c for c in talks if c["state"] == "open"]


def _check(event: Any) -> None:
    shown, raw = dashboard(event), Recount(event)
    assert {part.step.kind: Counter(part.counts) for part in shown.parts} == raw.parts()
    assert {part.total for part in shown.parts if not part.step.audience} <= {len(raw.members)}
    stations = shown.stations
    assert {name: getattr(stations, name) for name in raw.stations()} == raw.stations()
    assert stations.filled == len(raw.active)
    cells = {position.pk: (cell.places, cell.taken) for position, cell in shown.positions}
    assert cells == raw.per_position()
    answers = {
        name: getattr(shown.answers, name)
        for name in ("accepted", "silent", "overdue", "declined", "offered")
    }
    assert answers == {name: raw.answers()[name] for name in answers}
    assert (shown.dropped.declined, shown.dropped.cancelled) == tuple(
        raw.dropped()[state] for state in ("declined", "cancelled")
    )
    letters = Counter(row["state"] for row in raw.letters)
    assert shown.letters == {
        "all": len(raw.letters),
        **{state: letters[state] for state in LetterState.values},
    }
    mails = Counter(row["state"] for row in _all(models.OutboxMail))
    assert shown.mails == {state: mails[state] for state in MailState.values}
    assert shown.questions == len(raw.questions())
    assert shown.waiting_since == min((c["waiting_since"] for c in raw.questions()), default=None)
    assert shown.applications == sum(row["state"] == "open" for row in _all(models.Application))
    assert shown.data_changes == sum(row["state"] == "waiting" for row in _all(models.PersonalDataChange))
    given = [r for r in raw.responses if r["submitted_at"]]
    active = {member["id"] for member in raw.members}
    assert shown.progress.answered == len({r["member_id"] for r in given} & active)
    assert figures_now(event) == {
        "members": len(raw.members),
        "answered": shown.progress.answered,
        "places": raw.stations()["places"],
        "filled": len(raw.active),
        "asked": raw.answers()["accepted"] + raw.answers()["silent"],
        "accepted": raw.answers()["accepted"],
        "dropped": raw.dropped().total(),
        "letters": len(raw.letters),
        "letters_published": letters["published"],
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000))
def test_every_figure_equals_a_recount_from_the_raw_rows(db: None, seed: int) -> None:
    with transaction.atomic():
        _check(City(seed).event)
        transaction.set_rollback(True)
