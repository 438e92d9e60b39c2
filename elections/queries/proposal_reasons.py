"""Why a proposal puts somebody somewhere, why a place stays empty, and what to do about it: in sentences.

The optimiser answers with codes and points. These sentences are made from what the members answered, so that anybody
can check them; a page asks for the people on it only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from elections import distance
from elections.enums import AvailabilityAnswer, PreferenceKind
from elections.models import (
    Availability,
    CompanionWish,
    ElectionEvent,
    Member,
    Preference,
    Proposal,
    ProposedPlacement,
    Shift,
    UnfilledPlace,
    Venue,
)
from elections.planning.result import Reason, RemedyCode
from elections.queries.experience import experience
from elections.queries.proposal_instance import earlier_places

SAID: Final = {
    AvailabilityAnswer.YES: gettext_lazy("Zei ja"),
    AvailabilityAnswer.IF_NEEDED: gettext_lazy("Kan als het moet"),
    AvailabilityAnswer.NO: gettext_lazy("Zegt nu nee"),
}
RANKS: Final = (gettext_lazy("eerste"), gettext_lazy("tweede"), gettext_lazy("derde"))
EMPTY_BECAUSE: Final[dict[str, Promise]] = {
    Reason.NOBODY_ALLOWED: gettext_lazy("Niemand mag en kan dit werk op dit dagdeel doen."),
    Reason.NOBODY_AVAILABLE: gettext_lazy("Wie dit werk mag doen, is op dit dagdeel niet beschikbaar."),
    Reason.LIMITS: gettext_lazy(
        "Wie dit werk mag en kan doen, krijgt dan te weinig rust, te veel uren of werkt al ergens anders."
    ),
    Reason.ALL_PLACED: gettext_lazy(
        "Wie dit werk mag en kan doen, heeft op dat moment al een andere plaats."
    ),
}
# The same in a few words, for figures and filters.
EMPTY_IN_SHORT: Final[dict[str, Promise]] = {
    Reason.NOBODY_ALLOWED: gettext_lazy("niemand mag dit werk doen"),
    Reason.NOBODY_AVAILABLE: gettext_lazy("niemand beschikbaar"),
    Reason.LIMITS: gettext_lazy("te weinig rust of te veel uren"),
    Reason.ALL_PLACED: gettext_lazy("al een andere plaats"),
}
PEOPLE_NAMED: Final = 3


def why(proposal: Proposal, placements: Sequence[ProposedPlacement]) -> dict[int, str]:
    """A sentence for each placement, by its primary key. The number of queries does not depend on how many.

    placements: of `proposal`, with member, shift, position, day part, polling station and venue loaded.
    """
    facts = _Facts(proposal, placements)
    return {placement.pk: facts.sentence(placement) for placement in placements}


class _Facts:
    def __init__(self, proposal: Proposal, placements: Sequence[ProposedPlacement]) -> None:
        self.proposal, self.event = proposal, proposal.event
        self.members = {placement.member_id for placement in placements}
        given = Availability.objects.filter(member__in=self.members, day_part__polling_day__event=self.event)
        self.answers = {
            (member, part): answer
            for member, part, answer in given.values_list("member_id", "day_part_id", "answer")
        }
        self.ranks = self._ranks()
        self.experience = experience(self.members, self.event)
        self.places = distance.points(self._venues())
        self.homes = distance.homes(
            {
                placement.member_id: placement.member.postcode
                for placement in placements
                if not placement.member.is_confidential
            },
            self._venues(),
        )
        self.years = self._years()
        self.companions = self._companions(placements)
        self.labels = self._labels(placements)
        self.ways = self._ways()

    def sentence(self, placement: ProposedPlacement) -> str:
        """Such as "Zei ja · eerste voorkeur Stembureaulid · in de buurt · werkte hier in 2026"."""
        member, shift = placement.member_id, placement.shift
        if placement.leaves:
            return self._way_words(self.ways[member, False], _("Gaat naar %(shifts)s")) or str(
                _("Heeft in dit voorstel geen plaats meer")
            )
        venue = shift.polling_station.venue_id
        answer = self.answers.get((member, shift.day_part_id))
        words = [str(SAID[AvailabilityAnswer(answer)]) if answer else _("Antwoordde niet")]
        words += [
            self._rank_words(
                self.ranks[member, PreferenceKind.POSITION, shift.position_id], shift.position.name
            ),
            self._rank_words(
                self.ranks[member, PreferenceKind.DAY_PART, shift.day_part_id], shift.day_part.name
            ),
            self._rank_words(self.ranks[member, PreferenceKind.VENUE, venue], _("dit stemlokaal")),
        ]
        if member in self.homes and venue in self.places:
            words.append(distance.words(distance.metres(self.homes[member], self.places[venue])))
        if (member, venue) in self.years:
            words.append(_("werkte hier in %(year)s") % {"year": self.years[member, venue]})
        words.append(self._experience_words(self.experience.get(member, 0)))
        team = (shift.polling_station_id, shift.day_part_id)
        words += [
            _("samen met %(name)s") % {"name": name} for name in self.companions.get((member, *team), ())
        ]
        words += [
            _("heeft gewenst kenmerk %(label)s") % {"label": label}
            for label in self.labels.get((member, shift.polling_station_id), ())
        ]
        if not placement.is_present:
            words.append(self._way_words(self.ways[member, True], _("komt van %(shifts)s")))
        return " · ".join(word for word in words if word)

    def _way_words(self, shifts: list[str], text: str) -> str:
        return text % {"shifts": ", ".join(shifts)} if shifts else ""

    def _ways(self) -> dict[tuple[int, bool], list[str]]:
        """Where people come from (True) and go to (False) in this proposal, in words."""
        rows = (
            self.proposal.placements.filter(member__in=self.members)
            .filter(Q(leaves=True) | Q(is_present=False))
            .select_related("shift__polling_station", "shift__day_part", "shift__position")
        )
        found: dict[tuple[int, bool], list[str]] = defaultdict(list)
        for row in rows.order_by("shift__period", "pk"):
            found[row.member_id, row.leaves].append(str(row.shift))
        return found

    def _rank_words(self, rank: int, what: str) -> str:
        if not rank:
            return ""
        if rank > len(RANKS):
            return _("voorkeur %(rank)s: %(what)s") % {"rank": rank, "what": what}
        return _("%(rank)s voorkeur %(what)s") % {"rank": RANKS[rank - 1], "what": what}

    def _experience_words(self, times: int) -> str:
        if not times:
            return _("nieuw")
        return ngettext("werkte %(count)s keer eerder", "werkte %(count)s keer eerder", times) % {
            "count": times
        }

    def _ranks(self) -> dict[tuple[int, str, int], int]:
        found: dict[tuple[int, str, int], int] = defaultdict(int)
        rows = Preference.objects.filter(event=self.event, member__in=self.members)
        for member, kind, position, part, venue, rank in rows.values_list(
            "member_id", "kind", "position_id", "day_part_id", "venue_id", "rank"
        ):
            found[member, kind, position or part or venue] = rank
        return found

    def _venues(self) -> list[Venue]:
        if not hasattr(self, "_loaded_venues"):
            self._loaded_venues = list(
                Venue.objects.filter(polling_stations__event=self.event)
                .distinct()
                .only("postcode", "rd_x", "rd_y", "latitude", "longitude")
            )
        return self._loaded_venues

    def _years(self) -> dict[tuple[int, int], int]:
        if self.event.previous_id is None:
            return {}
        rows = earlier_places(self.event).filter(member__in=self.members)
        return {
            (member, venue): day.year
            for member, venue, day in rows.values_list(
                "member_id", "shift__polling_station__venue_id", "shift__day_part__polling_day__date"
            )
        }

    def _companions(self, placements: Sequence[ProposedPlacement]) -> dict[tuple[int, int, int], list[str]]:
        """Who asked for whom and gets it, by member, station and day part."""
        wishes = {
            wish.member_id: wish.companion
            for wish in CompanionWish.objects.filter(
                event=self.event, member__in=self.members, companion__isnull=False
            ).select_related("companion")
        }
        wanted = {companion.pk for companion in wishes.values() if companion}
        there = set(
            self.proposal.placements.filter(member__in=wanted, leaves=False).values_list(
                "member_id", "shift__polling_station_id", "shift__day_part_id"
            )
        )
        found: dict[tuple[int, int, int], list[str]] = {}
        for placement in placements:
            companion = wishes.get(placement.member_id)
            team = (placement.shift.polling_station_id, placement.shift.day_part_id)
            if companion and (companion.pk, *team) in there:
                found[placement.member_id, *team] = [companion.full_name]
        return found

    def _labels(self, placements: Sequence[ProposedPlacement]) -> dict[tuple[int, int], list[str]]:
        stations = {placement.shift.polling_station_id for placement in placements}
        rows = Member.labels.through.objects.filter(
            member__in=self.members, label__polling_stations__in=stations
        )
        found: dict[tuple[int, int], list[str]] = defaultdict(list)
        for member, station, name in rows.values_list(
            "member_id", "label__polling_stations", "label__name"
        ).order_by("label__name"):
            found[member, station].append(name)
        return found


@dataclass(frozen=True)
class RemedyWords:
    """What could be done about an empty place: `people` are the first it concerns, `shift` where they sit now."""

    code: str
    text: str
    people: list[Member]
    shift: Shift | None


@dataclass(frozen=True)
class Unfilled:
    """An empty place with the reason and its remedies, the cheapest first."""

    shift: Shift
    count: int
    reason: str
    remedies: list[RemedyWords]


def unfilled_words(places: Sequence[UnfilledPlace], event: ElectionEvent) -> list[Unfilled]:
    """Sentences for these places, of which the shifts are loaded. Two queries, however many there are."""
    stored = {place.pk: place.facts.get("remedies", []) for place in places}
    remedies = [remedy for each in stored.values() for remedy in each]
    members = Member.objects.present().in_bulk(
        {pk for remedy in remedies for pk in remedy["people"][:PEOPLE_NAMED]}
    )
    shifts = (
        Shift.objects.filter(polling_station__event=event)
        .select_related("polling_station", "day_part", "position")
        .in_bulk({remedy["shift"] for remedy in remedies if remedy["shift"]})
    )
    return [
        Unfilled(
            shift=place.shift,
            count=place.count,
            reason=str(EMPTY_BECAUSE.get(place.reason, place.reason)),
            remedies=[_remedy(remedy, members, shifts) for remedy in stored[place.pk]],
        )
        for place in places
    ]


def _remedy(stored: dict[str, Any], members: dict[int, Member], shifts: dict[int, Shift]) -> RemedyWords:
    people = [members[pk] for pk in stored["people"][:PEOPLE_NAMED] if pk in members]
    shift = shifts.get(stored["shift"] or 0)
    return RemedyWords(stored["code"], _remedy_text(stored, people, shift), people, shift)


def _remedy_text(stored: dict[str, Any], people: list[Member], shift: Shift | None) -> str:
    code, count = stored["code"], stored["count"]
    if code in (RemedyCode.MOVE, RemedyCode.UNLOCK):
        name = people[0].full_name if people else _("iemand")
        text = (
            _("Zet %(name)s hier neer, nu %(shift)s.")
            if code == RemedyCode.MOVE
            else _("Maak %(name)s los, nu vast op %(shift)s.")
        )
        instead = ngettext(
            "Voor die plaats is er %(count)s ander.",
            "Voor die plaats zijn er %(count)s anderen.",
            stored["alternatives"],
        )
        sentence = text % {"name": name, "shift": shift or _("op een andere plaats")}
        return f"{sentence} {instead % {'count': stored['alternatives']}}"
    if code == RemedyCode.RECRUIT:
        return _("Zoek nieuwe mensen voor deze functie.")
    texts = {
        RemedyCode.ASK: ngettext(
            "Vraag %(count)s lid dat dit mag doen en nog niet antwoordde.",
            "Vraag %(count)s leden die dit mogen doen en nog niet antwoordden.",
            count,
        ),
        RemedyCode.TRAIN: ngettext(
            "Herinner %(count)s lid aan de training. Dit lid kan dan, en mist alleen die.",
            "Herinner %(count)s leden aan de training. Zij kunnen dan, en missen alleen die.",
            count,
        ),
        RemedyCode.ASK_AGAIN: ngettext(
            "Vraag %(count)s lid dat nee zei, of het toch kan.",
            "Vraag %(count)s leden die nee zeiden, of zij toch kunnen.",
            count,
        ),
        RemedyCode.RELAX: ngettext(
            "Sta minder rust of meer uren toe. Dan kan %(count)s lid dit doen.",
            "Sta minder rust of meer uren toe. Dan kunnen %(count)s leden dit doen.",
            count,
        ),
    }
    return texts[RemedyCode(code)] % {"count": count}
