"""What the law gives a person over their own data: all of it in one file, or all of it gone (AVG art. 15, 17, 20)."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.application import remove_applications
from elections.actions.audit import blank_events
from elections.actions.conversation import remove_conversations
from elections.actions.login import check_own_password
from elections.enums import EraseReason, PrivacyRequestKind, PrivacyRequestState
from elections.errors import ActionError
from elections.exports.person import export_person
from elections.models import (
    AccountQuestion,
    Application,
    AppointmentLetter,
    Assignment,
    AuditEvent,
    BrpCheck,
    CalendarFeed,
    CompanionWish,
    ImportFile,
    Job,
    Member,
    MemberSecret,
    OutboxMail,
    SignIn,
    User,
)
from elections.queries.application import kept_of
from elections.queries.companion import unlinked_wishes_for
from elections.queries.merged_member import old_ids
from elections.queries.privacy import keeps_numbers, kept_letters, places_ahead
from tenants.context import on_commit_here

EXPORTED: Final = "privacy.export"
EXPORTS_PER_HOUR: Final = 3
ERASED_NAME: Final = "verwijderd"
GONE: Final = "•••"
# A single word, or a short number, is not one person: it occurs by chance in what is about somebody else.
FEWEST_WORDS: Final = 2
FEWEST_DIGITS: Final = 8
# Events that prove how the system was used or kept. No text in them makes them disappear, whatever a member is called.
EVIDENCE: Final = (
    "audit.",
    "authenticator.",
    "login.",
    "retention.",
    "reveal",
    "secret.",
    "staff.",
    "work_account",
)
# Things whose label may name a member; labels of members and accounts are found by their number.
LABELS_WITH_NAMES: Final = ("", "assignment", "conversation")
# Facts that hold names of things, never of people.
NAMES_OF_THINGS: Final = frozenset({"day_parts", "elections", "positions", "venues"})
# What stands between the parts of a label, or between the name of a filter and what was asked for.
SEPARATOR: Final = re.compile(r" · |: |, |; |\n")

# What is written over a member's own columns. Every field of Member is here or in KEPT.
_EMPTY: Final[dict[str, Any]] = {
    "initials": "",
    "first_name": "",
    "infix": "",
    "last_name": ERASED_NAME,
    "birth_date": None,
    "email": "",
    "phone": "",
    "street": "",
    "house_number": "",
    "postcode": "",
    "city": "",
    "qualified_for": [],
    "earlier_elections": 0,
    "trained_on": None,
    "is_own_staff": False,
    "remark": "",
    "is_active": False,
    "data_checked_at": None,
    "sensitive_change_at": None,
    "confidential_since": None,
    "confidential_until": None,
    "confidential_reason": "",
    "user": None,
}
# The other fields of Member: what stays of an erased one, or what else clears it.
KEPT: Final = {
    "id": "places of past events point to it",
    "uuid": "a random number; the blanked events keep it",
    "number": "says nothing without the name",
    "version": "counts changes",
    "created_at": "for the counts of the past",
    "deactivated_at": "retention counts from it",
    "last_worked_on": "retention counts from it",
    "erased_at": "tells that this row is empty",
    "sort_name": "the database makes it from the emptied name",
    "search_text": "the database makes it from the emptied name, address and number",
    "labels": "_remove_answers clears them",
}


@transaction.atomic
def export_member(member: Member, *, by: User) -> bytes:
    """A ZIP with everything that is known about one member, made for a colleague who handles their question.

    What the member answered in an anonymous survey and did not send yet is not in it: see `export_own_data`.
    """
    audit.record(EXPORTED, by=by, on=member)
    return export_person(member)


def export_own_data(member: Member, password: str, *, by: User, browser: str = "") -> bytes:
    """The same for the member, after the password. Call it outside a transaction: a refused try must stay counted.

    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.

    Raises:
        ActionError: when the password is wrong or was tried too often, or after three files within an hour.
    """
    check_own_password(by, password, browser=browser)
    with transaction.atomic():
        # The lock makes simultaneous requests wait for each other, so that the count is exact.
        Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
        lately = AuditEvent.objects.filter(
            object_type="member", object_id=str(member.uuid), action=EXPORTED, actor_id=str(by.uuid)
        )
        if lately.filter(at__gt=timezone.now() - timedelta(hours=1)).count() >= EXPORTS_PER_HOUR:
            raise ActionError(_("U hebt uw gegevens net al gedownload. Probeer het over een uur weer."))
        audit.record(EXPORTED, by=by, on=member)
        return export_person(member, is_own=True)


@transaction.atomic
def erase_member(member: Member, *, by: User | None, reason: str) -> None:
    """Erase one person: the account and everything personal goes, what the law keeps stays without a name.

    An empty row of Member stays, so that places and counts of past events remain right. Doing it twice changes
    nothing. queries.privacy.erase_plan tells beforehand what goes and what stays.

    reason: a value of EraseReason; nothing that says who it was.

    Raises:
        ActionError: while the member has a place that is still to come; it names those places.
    """
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if member.erased_at:
        return
    _check_no_places_ahead(member)
    traces, about = _traces(member), _objects_of(member)
    _remove_answers(member)
    remove_conversations(list(member.conversations.all()))
    remove_applications(_applications(member))
    member.merged.all().delete()
    member.news_readings.all().delete()
    member.survey_responses.all().delete()
    member.survey_participations.all().delete()
    member.document_readings.all().delete()
    member.step_readings.all().delete()
    member.own_values.all().delete()
    member.declaration_consents.all().delete()
    member.data_changes.all().delete()
    CalendarFeed.objects.filter(member=member).delete()
    BrpCheck.objects.filter(member=member).delete()
    _remove_unpublished_letters(member)
    if not keeps_numbers(member):
        MemberSecret.objects.filter(member=member).delete()
    _close_requests(member, by)
    user, member.user = member.user, None
    for name, value in _EMPTY.items():
        setattr(member, name, value)
    member.erased_at = timezone.now()
    member.deactivated_at = member.deactivated_at or member.erased_at
    member.version += 1
    member.save()
    if user and not user.is_staff_member:
        _remove_user(user)
    _remove_from_work(traces)
    _remove_from_letters(member, traces)
    blank_events(_events_about(about, traces), by=by)
    audit.record(
        "member.erase", by=by, on=member, label=str(member.number), purpose=str(EraseReason(reason).label)
    )


def _check_no_places_ahead(member: Member) -> None:
    place = places_ahead(member).first()
    if place:
        raise ActionError(
            _("%(name)s is nog ingedeeld: %(place)s. Haal het lid eerst uit de indeling.")
            % {"name": member.full_name, "place": place.shift}
        )


def _traces(member: Member) -> list[str]:
    """Texts by which the member can be recognised in rows that do not refer to them, the longest first."""
    texts = {member.full_name, member.informal_name, member.list_name, member.email, member.phone}
    if member.user and not member.user.is_staff_member:
        texts |= {member.user.name, member.user.username, member.user.email}
    return sorted(filter(_tells_who, texts), key=len, reverse=True)


def _tells_who(text: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    return len(text.split()) >= FEWEST_WORDS or "@" in text or digits >= FEWEST_DIGITS


def _applications(member: Member) -> list[Application]:
    """Those of the member, and those kept for a later election, which point to nobody."""
    return [*member.applications.all(), *kept_of(member)]


def _objects_of(member: Member) -> list[str]:
    """The uuids under which the log speaks of the member, the account, and what belongs to them."""
    things: list[Model] = [
        member,
        *member.assignments.all(),
        *member.letters.all(),
        *member.privacy_requests.all(),
        *member.conversations.all(),
        *_applications(member),
    ]
    if member.user and not member.user.is_staff_member:
        user = member.user
        things += [user, *user.invitations.all(), *user.mails.all(), *user.sign_ins.all()]
    return [*old_ids(member), *(str(getattr(thing, "uuid", thing.pk)) for thing in things)]


def _events_about(about: list[str], traces: list[str]) -> QuerySet[AuditEvent]:
    """Events on the member or by the member, and those of which a whole label or fact is the member's name."""
    own = Q(object_id__in=about) | Q(actor_id__in=about) | Q(pk__in=list(_events_that_name(traces)))
    return AuditEvent.objects.filter(own, blanked_at=None)


def _events_that_name(traces: list[str]) -> Iterator[int]:
    """Keys of the events that hold one of these texts as a whole value: part of a value may be somebody else."""
    events = AuditEvent.objects.filter(blanked_at=None).annotate(as_text=Cast("details", TextField()))
    for prefix in EVIDENCE:
        events = events.exclude(action__startswith=prefix)
    words = [max(text.split(), key=len) for text in traces]
    told = Q(object_type__in=LABELS_WITH_NAMES) & _any_in("object_label", words) | _any_in("as_text", words)
    wanted = {_plain(text) for text in traces}
    found = events.filter(told).values_list("pk", "object_type", "object_label", "details")
    for key, kind, label, details in found.iterator() if traces else ():
        texts = [
            text for name, value in details.items() if name not in NAMES_OF_THINGS for text in _texts(value)
        ]
        if kind in LABELS_WITH_NAMES:
            texts.append(label)
        if any(wanted & _parts(text) for text in texts):
            yield key


def _any_in(column: str, traces: Iterable[str]) -> Q:
    """Condition "one of these texts occurs in the column": a first sieve, for plain text and for JSON as text."""
    told = Q()
    for text in traces:
        told |= Q(**{f"{column}__icontains": text})
        told |= Q(**{f"{column}__icontains": json.dumps(text, ensure_ascii=False)[1:-1]})
    return told


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a JSON value, without the keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _parts(text: str) -> set[str]:
    """The whole text, what stands behind the name of a filter ("q: Anna Berg"), and each part by itself."""
    return {_plain(part) for part in (text, text.partition(": ")[2], *SEPARATOR.split(text))}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _remove_answers(member: Member) -> None:
    member.availability_responses.all().delete()
    member.availabilities.all().delete()
    member.preferences.all().delete()
    member.labels.clear()
    member.audiences.clear()
    for rows in (
        member.companion_wishes,
        member.waitlist_entries,
        member.proposed_placements,
        member.placement_changes,
        member.brp_findings,
        member.clashes,
        member.training_results,
        member.training_starts,
        member.imports,
    ):
        rows.all().delete()
    # What the member or the team wrote down about a place that ended; the place itself stays for the counts.
    member.assignments.exclude(end_reason="").update(end_reason="")
    # Whoever wished to work with this person typed the name; that somebody was wished for may stay.
    member.wished_for.update(name=GONE, companion=None)
    CompanionWish.objects.filter(pk__in=unlinked_wishes_for(member)).update(name=GONE)


def _remove_unpublished_letters(member: Member) -> None:
    for letter in member.letters.exclude(pk__in=kept_letters(member)):
        if letter.file:
            on_commit_here(partial(default_storage.delete, letter.file))
        letter.delete()


def _close_requests(member: Member, by: User | None) -> None:
    waiting = member.privacy_requests.filter(state=PrivacyRequestState.OPEN)
    ending: dict[str, Any] = {
        "answered_at": timezone.now(),
        "answered_by": by.display_name if by else audit.SYSTEM,
    }
    waiting.filter(kind=PrivacyRequestKind.ERASE).update(state=PrivacyRequestState.GRANTED, **ending)
    waiting.update(state=PrivacyRequestState.REFUSED, **ending)
    member.privacy_requests.update(text="", answer="")


def _remove_user(user: User) -> None:
    """The log-in with all that hangs on it: sessions, codes, invitations, mails, known browsers."""
    keys = SignIn.objects.filter(user=user).going_on().values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    AccountQuestion.objects.filter(Q(typed__iexact=user.username) | Q(typed__iexact=user.email)).delete()
    OutboxMail.objects.filter(user=user).delete()
    user.delete()


def _remove_from_work(traces: list[str]) -> None:
    """Take the name out of the results and choices of long jobs, and out of wishes that nobody looked into."""
    for model, names in (
        (Job, ("errors", "result", "parameters")),
        (ImportFile, ("options", "mapping")),
        (CompanionWish, ("name",)),
    ):
        _remove_from_rows(model.objects.all(), names, traces)


def _remove_from_letters(member: Member, traces: list[str]) -> None:
    """Take a chair out of the facts of the team's letters. The PDFs themselves stay for their own term."""
    events = Assignment.objects.filter(member=member).values("shift__polling_station__event")
    of_others = AppointmentLetter.objects.filter(event__in=events).exclude(member=member)
    # In a letter a number stands on one line (queries.letter_facts).
    written = traces + [text.replace(" ", "\N{NO-BREAK SPACE}") for text in traces if " " in text]
    _remove_from_rows(of_others, ("facts", "published_facts", "changes"), written)


def _remove_from_rows(rows: QuerySet[Any], names: Iterable[str], traces: list[str]) -> None:
    for name in names if traces else ():
        for row in rows.annotate(as_text=Cast(name, TextField())).filter(_any_in("as_text", traces)):
            setattr(row, name, _without(getattr(row, name), traces))
            row.save(update_fields=[name])


def _without(value: Any, traces: list[str]) -> Any:
    """The same value with GONE for each of these texts, not where it is part of a longer name or address."""
    if isinstance(value, str):
        for text in traces:
            value = re.sub(rf"(?<![\w.+-]){re.escape(text)}(?!\w)", GONE, value, flags=re.IGNORECASE)
        return value
    if isinstance(value, list):
        return [_without(each, traces) for each in value]
    if isinstance(value, dict):
        return {key: _without(each, traces) for key, each in value.items()}
    return value
