"""What the file of one person says about their work: answers, trainings, the BRP, candidacies, places and letters."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from elections.enums import PositionKind
from elections.imports.member_columns import ImportField
from elections.imports.member_undo import restored
from elections.imports.own_column import PREFIX, own_key
from elections.models import Application, BrpCheck, Member, OwnField

Facts = dict[str, str]

_SHIFT = ("shift__polling_station", "shift__day_part", "shift__position")


def in_words(value: Any) -> str:
    """A value as people read it; nothing for what is not there. Moments in the time zone of the municipality."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, list):
        return ", ".join(str(PositionKind(kind).label) for kind in value)
    if hasattr(value, "all"):
        return ", ".join(str(each) for each in value.all())
    if hasattr(value, "hour"):
        return date_format(timezone.localtime(value), "j F Y, H.i")
    if hasattr(value, "year"):
        return date_format(value, "j F Y")
    return str(value)


def answers(member: Member) -> list[Facts]:
    """When the member can work, and what they would like."""
    rows = [
        {
            _("Verkiezingsronde"): str(response.event),
            _("Opmerking"): response.remark,
            _("Reden dat u niet kunt"): response.unavailable_reason,
            _("Verstuurd op"): in_words(response.submitted_at),
        }
        for response in member.availability_responses.select_related("event").order_by("pk")
    ]
    rows += [
        {
            _("Dagdeel"): f"{given.day_part.polling_day}: {given.day_part}",
            _("Antwoord"): given.get_answer_display(),
        }
        for given in member.availabilities.select_related("day_part__polling_day").order_by("pk")
    ]
    rows += [
        {
            _("Verkiezingsronde"): str(wish.event),
            _("Voorkeur %(rank)s") % {"rank": wish.rank}: str(wish.position or wish.day_part or wish.venue),
        }
        for wish in member.preferences.select_related("event", "position", "day_part", "venue").order_by(
            "event", "kind", "rank"
        )
    ]
    rows += [
        {_("Verkiezingsronde"): str(wish.event), _("Werkt graag samen met"): wish.name}
        for wish in member.companion_wishes.select_related("event").order_by("pk")
    ]
    rows += [
        {
            _("Wacht op"): str(entry.shift),
            _("Soort"): entry.get_kind_display(),
            _("Sinds"): in_words(entry.joined_at),
        }
        for entry in member.waitlist_entries.select_related(*_SHIFT).order_by("pk")
    ]
    return rows


def trainings(member: Member) -> list[Facts]:
    """Results of trainings, and those that were begun."""
    rows = [
        {
            _("Training"): result.training.name,
            _("Gedaan op"): in_words(result.done_on),
            _("Gehaald"): in_words(result.passed),
            _("Score"): result.score,
            _("Geldig tot en met"): in_words(result.expires_on),
            _("Hoe"): result.get_source_display(),
        }
        for result in member.training_results.select_related("training").order_by("done_on", "pk")
    ]
    rows += [
        {
            _("Training"): start.training.name,
            _("Begonnen op"): in_words(start.started_at),
            _("Uw kenmerk bij de site"): str(start.reference),
        }
        for start in member.training_starts.select_related("training").order_by("started_at", "pk")
    ]
    return rows


def imports(member: Member) -> list[Facts]:
    """Files that the team read in, with what the member's data were before; forgotten after 30 days."""
    fields = {field.value: str(field.label) for field in ImportField}
    # Also those out of use: what was answered to them is kept.
    questions = {own_key(question): question for question in OwnField.objects.all()}

    def before(name: str, value: Any) -> tuple[str, str]:
        if name in questions:
            return questions[name].name, questions[name].words(value)
        if name.startswith(PREFIX):
            return _("Een vraag die niet meer bestaat"), in_words(value)
        return fields.get(name, name), in_words(restored(name, value))

    return [
        {
            _("Ingelezen uit bestand"): row.import_file.original_name,
            _("Op"): in_words(row.import_file.imported_at),
            _("Door"): _("team"),
            **{
                _("%(field)s daarvoor") % {"field": label}: words
                for label, words in (before(name, value) for name, value in row.before.items())
            },
        }
        for row in member.imports.select_related("import_file").order_by("pk")
    ]


def candidacy(member: Member) -> list[Facts]:
    """Candidates on lists that may be this member."""
    return [
        {
            _("Kandidaat"): str(clash.candidate),
            _("Lijst"): f"{clash.candidate.list_number} {clash.candidate.list_name}".strip(),
            _("Verkiezing"): str(clash.candidate.election),
            _("Stand"): clash.get_state_display(),
            _("Beslist op"): in_words(clash.decided_at),
        }
        for clash in member.clashes.select_related("candidate__election").order_by("pk")
    ]


def register(member: Member) -> list[Facts]:
    """When the member was looked up in the BRP, and what it said otherwise."""
    checks = [
        {_("Opgezocht in de BRP op"): in_words(check.checked_at), _("Uitkomst"): check.get_outcome_display()}
        for check in BrpCheck.objects.filter(member=member)
    ]
    findings = [
        {
            _("Verschil met de BRP"): finding.get_kind_display(),
            _("Adres"): f"{finding.address_line} {finding.city_line}".strip(),
            _("Sinds"): finding.since,
            _("Gevonden op"): in_words(finding.found_at),
            _("Stand"): finding.get_state_display(),
            _("Beslist op"): in_words(finding.settled_at),
        }
        for finding in member.brp_findings.order_by("pk")
    ]
    return checks + findings


def placement(member: Member) -> list[Facts]:
    """Places, changes of them, proposals and letters."""
    related = ("shift__polling_station", "shift__position", "shift__day_part__polling_day")
    rows = [
        {
            _("Stembureau"): str(place.shift.polling_station),
            _("Functie"): place.shift.position.name,
            _("Dag"): str(place.shift.day_part.polling_day),
            _("Dagdeel"): str(place.shift.day_part),
            _("Stand"): place.get_state_display(),
            _("Ingedeeld op"): in_words(place.assigned_at),
            _("Hoe"): place.get_source_display(),
            _("U zou antwoorden voor"): in_words(place.answer_due_at),
            _("U zei ja op"): in_words(place.accepted_at),
            _("U zei nee op"): in_words(place.declined_at),
            _("Waarom het eindigde"): place.end_reason,
        }
        for place in member.assignments.select_related(*related).order_by("period")
    ]
    rows += [
        {
            _("Wijziging"): change.get_kind_display(),
            _("Was"): _plain_words(change.before),
            _("Werd"): _plain_words(change.after),
            _("Op"): in_words(change.created_at),
            _("Gezien op"): in_words(change.seen_at),
        }
        for change in member.placement_changes.order_by("pk")
    ]
    rows += [
        {
            _("Voorstel van de computer"): str(row.proposal),
            _("Plaats"): str(row.shift),
            _("Gemaakt op"): in_words(row.proposal.created_at),
        }
        for row in member.proposed_placements.select_related("proposal", *_SHIFT).order_by("pk")
    ]
    rows += [
        {
            _("Brief"): letter.reference,
            _("Verkiezingsronde"): str(letter.event),
            _("Stand"): letter.get_state_display(),
            _("Gepubliceerd op"): in_words(letter.published_at),
            _("Voor het eerst gelezen op"): in_words(letter.first_read_at),
        }
        for letter in member.letters.select_related("event").order_by("pk")
    ]
    return rows


def _plain_words(words: dict[str, str]) -> str:
    """The words of one side of a change, as they were shown."""
    return ", ".join(str(word) for word in words.values() if word)


def applications(sent: QuerySet[Application]) -> list[Facts]:
    """What the member sent when they signed up, for as long as it is kept."""
    return [
        {
            _("Aangemeld op"): in_words(each.created_at),
            _("Naam"): each.full_name,
            _("Geboortedatum"): in_words(each.birth_date),
            _("E-mailadres"): each.email,
            _("Telefoonnummer"): each.phone,
            _("Woonplaats"): each.city,
            _("Werkte eerder op een stembureau"): in_words(each.has_experience),
            _("Toelichting"): each.remark,
            _("Doorgegeven door"): each.origin_name,
            _("Toestemming"): each.transfer_words,
        }
        for each in sent.order_by("pk")
    ]
