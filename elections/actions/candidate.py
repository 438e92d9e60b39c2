"""Lists of candidates: read one in, match it with the member file, and say who is whom.

The law lets a candidate work at a polling station; the municipality chooses what it does (ElectionEvent.clash_policy).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections import audit
from elections.documents.upload import too_large
from elections.enums import ClashState, ElectionCategory, PollingDayKind
from elections.errors import ActionError
from elections.imports.candidate_list import CandidateList, ListedCandidate, parse_candidate_list
from elections.models import Candidate, CandidateClash, Election, Member, User
from elections.queries.candidate import candidates_with_decision, listed
from elections.queries.event import require_open_event
from elections.same_person import PersonFacts, compare, facts_of, keys_of
from tenants.context import current_municipality

BATCH = 1000
# What two people are compared by: when one of these changes, a member is matched anew.
MATCHED_FIELDS = frozenset(("initials", "first_name", "infix", "last_name", "city"))
LISTED_FIELDS = tuple(field.name for field in fields(ListedCandidate))

Decision = tuple[str, int | None, Any]


@dataclass(frozen=True)
class ReadList:
    """What reading a file did.

    members: how many may be a candidate. warnings: sentences about things that look odd but stop nothing.
    """

    lists: int
    candidates: int
    members: int
    warnings: list[str]


@transaction.atomic
def read_candidate_list(election: Election, file: File, *, by: User) -> ReadList:
    """Read a file with the candidates of `election` (EML_NL 230b); it replaces what was read before as a whole.

    What the team decided about a person who stands in the new file too is kept.

    Raises:
        ActionError: in an archived event, or when the file is too large, cannot be read, is of another category, or is
            older than the one that was read before. Nothing has changed then.
    """
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    found = parse_candidate_list(file.read())
    election = Election.objects.select_for_update(of=("self",)).select_related("event").get(pk=election.pk)
    require_open_event(election.event)
    _check_fits(found, election)
    decisions = _decisions(election)
    _replace(election, found.candidates)
    election.candidates_as_of, election.candidates_read_at = found.made_at, timezone.now()
    election.save(update_fields=["candidates_as_of", "candidates_read_at"])
    match_members(election=election)
    _decide_again(election, decisions)
    lists = len({candidate.list_number for candidate in found.candidates})
    audit.record(
        "candidate.read",
        by=by,
        on=election,
        lists=lists,
        candidates=len(found.candidates),
    )
    waiting = CandidateClash.objects.filter(candidate__election=election, member__is_active=True)
    members = waiting.exclude(state=ClashState.OTHER).values("member").distinct().count()
    return ReadList(lists, len(found.candidates), members, _warnings(found, election))


@transaction.atomic
def remove_candidate_list(election: Election, *, by: User) -> None:
    """Take the candidates of `election` away, with all that was decided about them. Twice changes nothing.

    Raises:
        ActionError: in an archived event.
    """
    election = Election.objects.select_for_update(of=("self",)).select_related("event").get(pk=election.pk)
    require_open_event(election.event)
    if not election.candidates.exists():
        return
    election.candidates.all().delete()
    election.candidates_as_of = election.candidates_read_at = None
    election.save(update_fields=["candidates_as_of", "candidates_read_at"])
    audit.record("candidate.remove", by=by, on=election)


@transaction.atomic
def decide_clash(clash: CandidateClash, state: ClashState, *, by: User) -> CandidateClash:
    """Say whether a member and a candidate are one person; OPEN takes a decision back. Twice changes nothing.

    Raises:
        ActionError: in an archived event.
    """
    found = CandidateClash.objects.select_for_update(of=("self",))
    clash = found.select_related("member", "candidate__election__event").get(pk=clash.pk)
    require_open_event(clash.candidate.election.event)
    if clash.state == state:
        return clash
    clash.state = state
    is_open = state == ClashState.OPEN
    clash.decided_by, clash.decided_at = (None, None) if is_open else (by, timezone.now())
    clash.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record("candidate.decide", by=by, on=clash.member, clash=str(ClashState(state).label))
    return clash


def match_members(members: Iterable[Member] | None = None, *, election: Election | None = None) -> None:
    """Find who may be a candidate. Part of larger actions: a list that is read in, or a name that is new or changed.

    members: only these; without, the whole member file. election: only its candidates; without, those of all events.

    New clashes wait for the team. One that waited and does not hold any more goes; a decision stays.
    """
    checked = None if members is None else list(members)
    if checked == []:
        return
    candidates = Candidate.objects.all() if election is None else election.candidates.all()
    by_key: dict[str, list[tuple[Candidate, PersonFacts]]] = defaultdict(list)
    for candidate in candidates:
        facts = facts_of(candidate)
        for key in keys_of(facts):
            by_key[key].append((candidate, facts))
    known = CandidateClash.objects.filter(candidate__in=candidates)
    if not by_key:
        return
    if checked is None:
        checked = list(Member.objects.present())
    else:
        known = known.filter(member__in=checked)
    wanted = {(member.pk, candidate) for member in checked for candidate in _matches(member, by_key)}
    gone = [
        pk
        for pk, *pair, state in known.values_list("pk", "member_id", "candidate_id", "state")
        if tuple(pair) not in wanted and state == ClashState.OPEN
    ]
    CandidateClash.objects.filter(pk__in=gone).delete()
    CandidateClash.objects.bulk_create(
        [CandidateClash(member_id=member, candidate_id=candidate) for member, candidate in sorted(wanted)],
        ignore_conflicts=True,
        batch_size=BATCH,
    )


def _matches(member: Member, by_key: Mapping[str, list[tuple[Candidate, PersonFacts]]]) -> set[int]:
    """Primary keys of the candidates who may be this member."""
    facts = facts_of(member)
    return {
        candidate.pk
        for key in keys_of(facts)
        for candidate, other in by_key.get(key, ())
        if compare(facts, other) is not None
    }


def _check_fits(found: CandidateList, election: Election) -> None:
    if found.category != election.category:
        categories = dict(ElectionCategory.choices)
        raise ActionError(
            _("Dit bestand is voor een andere verkiezing (%(file)s). U koos %(election)s (%(category)s).")
            % {
                "file": categories.get(found.category, found.category[:20]),
                "election": election.name,
                "category": ElectionCategory(election.category).label,
            }
        )
    if election.candidates_as_of and found.made_at < election.candidates_as_of:
        raise ActionError(
            _("U las al een nieuwere lijst in, van %(stored)s. Dit bestand is van %(file)s.")
            % {"stored": _day(election.candidates_as_of), "file": _day(found.made_at)}
        )


def _warnings(found: CandidateList, election: Election) -> list[str]:
    """What may mean that this is the file of another election, or of another municipality."""
    warnings = []
    days = election.polling_days.filter(kind=PollingDayKind.VOTING).values_list("date", flat=True)
    if found.election_date and days and found.election_date not in days:
        warnings.append(
            _("Let op: dit bestand is voor de verkiezing van %(day)s. Klopt dat?")
            % {"day": date_format(found.election_date, "j F Y")}
        )
    own = current_municipality()
    is_local = election.category in (ElectionCategory.GR, ElectionCategory.ER)
    if is_local and found.domain_code and found.domain_code.lstrip("0") != own.code[2:].lstrip("0"):
        warnings.append(
            _("Let op: dit bestand is van %(domain)s (%(code)s). Klopt dat?")
            % {"domain": found.domain, "code": found.domain_code[:10]}
        )
    return warnings


def _replace(election: Election, found: list[ListedCandidate]) -> None:
    """Write the new list. Who stands in the same place keeps the row, so that a page with it goes on working."""
    stored = listed(election)
    kept = {}
    for candidate in found:
        place = (candidate.list_number, candidate.number)
        old = stored.get(place)
        if old is not None and _identity(old) == _identity(candidate):
            kept[place] = old
            if old.list_name != candidate.list_name:
                old.list_name = candidate.list_name
                old.save(update_fields=["list_name"])
    election.candidates.exclude(pk__in=[old.pk for old in kept.values()]).delete()
    Candidate.objects.bulk_create(
        [
            Candidate(election=election, **{name: getattr(candidate, name) for name in LISTED_FIELDS})
            for candidate in found
            if (candidate.list_number, candidate.number) not in kept
        ],
        batch_size=BATCH,
    )


def _identity(candidate: Candidate | ListedCandidate) -> tuple[str, ...]:
    """What makes a candidate of two lists the same person: exactly the same name and city."""
    return (
        candidate.initials,
        candidate.first_name,
        candidate.infix,
        candidate.last_name,
        candidate.city,
    )


def _decisions(election: Election) -> dict[tuple[int, tuple[str, ...]], set[Decision]]:
    """What was decided, by member and candidate; more than one when somebody stands on two lists."""
    found: dict[tuple[int, tuple[str, ...]], set[Decision]] = defaultdict(set)
    for clash in candidates_with_decision(election):
        found[clash.member_id, _identity(clash.candidate)].add(
            (clash.state, clash.decided_by_id, clash.decided_at)
        )
    return found


def _decide_again(election: Election, decisions: Mapping[tuple[int, tuple[str, ...]], set[Decision]]) -> None:
    """Give new clashes the decision about the same two people; when there were two different ones, ask again."""
    waiting = CandidateClash.objects.filter(candidate__election=election, state=ClashState.OPEN)
    for clash in waiting.select_related("candidate"):
        earlier = decisions.get((clash.member_id, _identity(clash.candidate)), set())
        if len({state for state, _by, _at in earlier}) == 1:
            clash.state, clash.decided_by_id, clash.decided_at = next(iter(earlier))
            clash.save(update_fields=["state", "decided_by", "decided_at"])


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H.i")
