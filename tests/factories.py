"""Dull rows for tests: every function makes one valid row of the municipality at work. Keyword arguments
win."""

import base64
import hashlib
import itertools
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django_otp.oath import TOTP

from elections import audit, models
from elections.enums import StaffRole, StepKind
from elections.one_time_codes import store_seed

JUINEN = {
    "code": "GM0001",
    "name": "Juinen",
    "domain": "juinen.localhost",
    "email": "verkiezingen@juinen.example",
    "phone": "0123 456 789",
}
ZONNEILAND = {
    "code": "GM9009",
    "name": "Zonneiland",
    "domain": "zonneiland.localhost",
    "kind": "public_body",
    "time_zone": "America/Kralendijk",
    "accent": "#f5c400",
}
PASSWORD = "een zin die niemand raadt"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DAY = date(2027, 3, 17)

_numbers = itertools.count(1)
_hashes: dict[str, str] = {}


def password_hash() -> str:
    """One hash for all users of a run, the same in both municipalities; by the hasher of the tests, whichever a test
    sets for itself."""
    if PASSWORD not in _hashes:
        _hashes[PASSWORD] = make_password(PASSWORD, hasher=MD5PasswordHasher())
    return _hashes[PASSWORD]


def make_user(**values: Any) -> Any:
    """A user who is neither staff nor a member."""
    number = next(_numbers)
    defaults = {
        "username": f"gebruiker{number}",
        "email": f"gebruiker{number}@example.nl",
        "password": password_hash(),
    }
    return models.User.objects.create(**defaults | values)


def make_staff(role: str = "administrator", **values: Any) -> Any:
    """A colleague of the election team."""
    return make_user(**{"role": role, "name": f"Collega {next(_numbers)}"} | values)


def make_member(*, with_user: bool = True, **values: Any) -> Any:
    """A member of 40 years old who can log in and may do any work."""
    number = next(_numbers)
    defaults = {
        "number": number,
        "first_name": "Noor",
        "last_name": f"Bakker{number}",
        "birth_date": date(1987, 1, 1),
        "email": f"lid{number}@example.nl",
        "qualified_for": ["chair", "deputy_chair", "member", "counter", "reserve"],
    }
    if with_user and "user" not in values:
        defaults["user"] = make_user(username=f"lid{number}", email=values.get("email", defaults["email"]))
    return models.Member.objects.create(**defaults | values)


def make_event(**values: Any) -> Any:
    """An election event without anything in it."""
    return models.ElectionEvent.objects.create(**{"name": f"Verkiezingen {next(_numbers)}"} | values)


def make_election(event: Any, **values: Any) -> Any:
    defaults = {"event": event, "category": "PS", "name": f"Provinciale Staten {next(_numbers)}"}
    return models.Election.objects.create(**defaults | values)


def make_polling_day(event: Any, **values: Any) -> Any:
    return models.PollingDay.objects.create(**{"event": event, "date": DAY} | values)


def make_day_part(polling_day: Any, **values: Any) -> Any:
    """The morning, from 7.00 to 14.00."""
    defaults = {
        "polling_day": polling_day,
        "name": f"Ochtend {next(_numbers)}",
        "start": time(7),
        "end": time(14),
    }
    return models.DayPart.objects.create(**defaults | values)


def make_position(event: Any, **values: Any) -> Any:
    defaults = {"event": event, "kind": "member", "name": f"Stembureaulid {next(_numbers)}"}
    return models.Position.objects.create(**defaults | values)


def make_venue(**values: Any) -> Any:
    defaults = {
        "name": f"Buurthuis {next(_numbers)}",
        "street": "Dorpsstraat",
        "house_number": "1",
        "postcode": "1234 AB",
        "city": "Juinen",
    }
    return models.Venue.objects.create(**defaults | values)


def make_polling_station(event: Any, **values: Any) -> Any:
    number = next(_numbers)
    if "venue" not in values:
        values["venue"] = make_venue()
    defaults = {"event": event, "number": number, "name": f"Stembureau {number}"}
    return models.PollingStation.objects.create(**defaults | values)


def make_shift(polling_station: Any, day_part: Any, position: Any, **values: Any) -> Any:
    defaults = {
        "polling_station": polling_station,
        "day_part": day_part,
        "position": position,
        "places": 3,
        "period": DateTimeTZRange(day_part.starts_at, day_part.ends_at),
    }
    return models.Shift.objects.create(**defaults | values)


def make_template_line(day_part: Any, position: Any, **values: Any) -> Any:
    defaults = {
        "event": position.event,
        "station_kind": "regulier",
        "day_part": day_part,
        "position": position,
        "places": 3,
    }
    return models.ShiftTemplateLine.objects.create(**defaults | values)


def make_assignment(member: Any, shift: Any, **values: Any) -> Any:
    """A place that the team gave; what its state asks besides (a moment, a deadline) is filled in."""
    defaults = {"member": member, "shift": shift, "period": shift.period}
    now = timezone.now()
    by_state = {
        "published": {"published_at": now},
        "proposed": {"answer_due_at": now + timedelta(days=2)},
        "declined": {"declined_at": now},
    }
    return models.Assignment.objects.create(**defaults | by_state.get(values.get("state", ""), {}) | values)


def make_waitlist_entry(member: Any, shift: Any, **values: Any) -> Any:
    """A member who waits in the line of a shift."""
    return models.WaitlistEntry.objects.create(**{"member": member, "shift": shift, "kind": "line"} | values)


def make_availability(member: Any, day_part: Any, **values: Any) -> Any:
    return models.Availability.objects.create(
        **{"member": member, "day_part": day_part, "answer": "yes"} | values
    )


def make_portal_step(event: Any, kind: str, **values: Any) -> Any:
    """A step that is open now; the later made, the lower in the list."""
    rank = event.portal_steps.count() + 1
    own = {"title": f"Onderdeel {rank}", "body": "Tekst"} if kind == "own" else {}
    return models.PortalStep.objects.create(
        **{"event": event, "kind": kind, "is_on": True, "rank": rank} | own | values
    )


def make_audience(**values: Any) -> Any:
    """An audience of all active members."""
    return models.Audience.objects.create(**values)


def make_reminder(step: Any, **values: Any) -> Any:
    """A rung that is to come: in a week."""
    defaults = {"step": step, "send_at": timezone.now() + timedelta(days=7), "created_by": "Collega"}
    return models.Reminder.objects.create(**defaults | values)


def make_calendar_feed(member: Any, **values: Any) -> Any:
    """The address at which the member's calendar reads."""
    return models.CalendarFeed.objects.create(**{"member": member} | values)


def make_candidate(election: Any, **values: Any) -> Any:
    """Somebody on the first list of an election."""
    number = next(_numbers)
    defaults = {
        "election": election,
        "list_number": 1,
        "list_name": "Lijst Een",
        "number": number,
        "initials": "K.",
        "last_name": f"Kandidaat{number}",
        "city": "Juinen",
    }
    return models.Candidate.objects.create(**defaults | values)


def make_clash(member: Any, candidate: Any, **values: Any) -> Any:
    """A member and a candidate with one name, of whom nobody said yet whether they are one."""
    decided = {} if values.get("state", "open") == "open" else {"decided_at": timezone.now()}
    return models.CandidateClash.objects.create(
        **{"member": member, "candidate": candidate} | decided | values
    )


def make_brp_connection(**values: Any) -> Any:
    """A connection to the BRP that is set and off, and has no key: nothing is ever asked by it."""
    return models.BrpConnection.objects.create(**{"url": "https://brp.example/haalcentraal/api/brp"} | values)


def make_brp_finding(member: Any, **values: Any) -> Any:
    """Something that the BRP says otherwise, of which somebody takes note."""
    return models.BrpFinding.objects.create(
        **{"member": member, "kind": "elsewhere", "since": "1 mei 2026", "fingerprint": "0" * 64} | values
    )


def make_companion_wish(member: Any, event: Any, **values: Any) -> Any:
    """A wish to work with somebody, that waits for the team."""
    return models.CompanionWish.objects.create(
        **{"member": member, "event": event, "name": f"Anna Vriendin{next(_numbers)}"} | values
    )


def make_letter_edition(event: Any, **values: Any) -> Any:
    """One edition of the letter texts, with a single text for everybody."""
    block = {"text": "Welkom.", "heading": "", "place": "below", "kinds": [], "staff": "", "pay": ""}
    return models.LetterEdition.objects.create(**{"event": event, "version": 1, "blocks": [block]} | values)


def make_letter(member: Any, event: Any, **values: Any) -> Any:
    defaults = {"member": member, "event": event, "number": next(_numbers)}
    return models.AppointmentLetter.objects.create(**defaults | values)


def make_job(**values: Any) -> Any:
    return models.Job.objects.create(**{"kind": "letters", "started_by": "Collega"} | values)


def make_proposal(event: Any, **values: Any) -> Any:
    """A proposal that is ready and has no places yet."""
    defaults = {
        "event": event,
        "number": next(_numbers),
        "state": "ready",
        "weights": {},
        "method": "highs",
        "loaded_at": timezone.now(),
    }
    return models.Proposal.objects.create(**defaults | values)


def make_import_file(**values: Any) -> Any:
    defaults = {
        "kind": "member_import",
        "original_name": f"leden{next(_numbers)}.csv",
        "digest": "0" * 64,
        "uploaded_by": "Collega",
    }
    return models.ImportFile.objects.create(**defaults | values)


def make_read_file(member: Any, **values: Any) -> Any:
    """A file that was read in, and changed where `member` lives; it can be undone."""
    import_file = make_import_file(state="done", imported_at=timezone.now(), **values)
    models.ImportedMember.objects.create(
        import_file=import_file,
        member=member,
        row=2,
        is_new=False,
        version=member.version,
        before={"city": ""},
    )
    return import_file


def make_training(**values: Any) -> Any:
    defaults = {"name": f"Training {next(_numbers)}", "site": "https://training.example/begin"}
    return models.Training.objects.create(**defaults | values)


def make_training_result(training: Any, member: Any, **values: Any) -> Any:
    """A result that was passed and does not expire."""
    defaults = {"done_on": date(2026, 1, 12), "passed": True, "source": "manual", "noted_by": "Collega"}
    return models.TrainingResult.objects.create(training=training, member=member, **defaults | values)


def make_training_start(training: Any, member: Any, **values: Any) -> Any:
    return models.TrainingStart.objects.create(training=training, member=member, **values)


def make_invitation(user: Any, **values: Any) -> Any:
    """An invitation that can still be used."""
    defaults = {"user": user, "kind": "member", "expires_at": timezone.now() + timedelta(days=7)}
    return models.Invitation.objects.create(**defaults | values)


def make_challenge(user: Any, *, used: bool = False, **values: Any) -> Any:
    """A log-in that waits for its code, or one that was answered."""
    now = timezone.now()
    defaults = {
        "user": user,
        "name": "e-mail",
        "session_digest": "",
        "expires_at": now + timedelta(minutes=10),
    }
    if used:
        defaults["used_at"] = now
    return models.LoginChallenge.objects.create(**defaults | values)


def make_sign_in(user: Any, **values: Any) -> Any:
    """One log-in whose session is over; with a session_key it may be going on."""
    defaults = {"user": user, "method": "email_code", "browser_digest": "b" * 64}
    return models.SignIn.objects.create(**defaults | values)


def make_email_confirmation(user: Any, **values: Any) -> Any:
    """A new address that waits for its code."""
    defaults = {
        "user": user,
        "email": f"nieuw{next(_numbers)}@example.nl",
        "expires_at": timezone.now() + timedelta(minutes=10),
    }
    return models.EmailConfirmation.objects.create(**defaults | values)


def make_authenticator(user: Any, *, seed: str = "", **values: Any) -> Any:
    """The authenticator app of a user; without a seed no code fits it."""
    defaults = {"user": user, "name": "app", "confirmed": True}
    made = models.Authenticator.objects.create(**defaults | values)
    if seed:
        store_seed(made, seed)
    return made


def app_code(seed: str = SEED, *, steps: int = 0) -> str:
    """What an app with `seed` shows now, or `steps` half minutes later."""
    return f"{TOTP(base64.b32decode(seed), drift=steps).token():06d}"


def wrong_app_code(seed: str = SEED) -> str:
    """Six digits that the app does not show within two minutes of now."""
    near = {app_code(seed, steps=steps) for steps in range(-4, 5)}
    return next(code for code in (f"{number:06d}" for number in range(10)) if code not in near)


def make_mail(user: Any, **values: Any) -> Any:
    defaults = {
        "user": user,
        "kind": "login_code",
        "to_email": user.email or "iemand@example.nl",
        "idempotency_key": f"test-{next(_numbers)}",
    }
    return models.OutboxMail.objects.create(**defaults | values)


def make_application(**values: Any) -> Any:
    """Somebody who signed up and confirmed the address."""
    number = next(_numbers)
    defaults = {
        "state": "open",
        "first_name": "Sanne",
        "last_name": f"Aanmelder{chr(97 + number % 26)}",
        "birth_date": date(1990, 5, 6),
        "email": f"aanmelder{number}@example.nl",
        "phone": f"+31 6 {20_000_000 + number}",
        "city": "Juinen",
        "may_keep": True,
        "confirmed_at": timezone.now(),
    }
    return models.Application.objects.create(**defaults | values)


def make_privacy_request(member: Any, **values: Any) -> Any:
    """A question that waits for the team."""
    return models.PrivacyRequest.objects.create(**{"member": member, "kind": "correct"} | values)


def make_own_field(kind: str = "text", *choices: str, **values: Any) -> Any:
    """A question that members answer in the portal and may leave open."""
    number = next(_numbers)
    defaults = {
        "kind": kind,
        "choices": list(choices),
        "name": f"Eigen vraag {number}",
        "why": "Om eten te bestellen.",
        "rank": number,
    }
    return models.OwnField.objects.create(**defaults | values)


def make_own_value(member: Any, field: Any, text: str, **values: Any) -> Any:
    return models.OwnFieldValue.objects.create(member=member, field=field, text=text, **values)


def make_declaration(text: str = "Ik sta op geen lijst.", **values: Any) -> Any:
    """A declaration that members must confirm, with its first text."""
    number = next(_numbers)
    defaults = {"title": f"Verklaring {number}", "why": "Voor het vertrouwen.", "rank": number}
    declaration = models.Declaration.objects.create(**defaults | values)
    models.DeclarationText.objects.create(declaration=declaration, edition=declaration.edition, text=text)
    return declaration


def make_consent(member: Any, declaration: Any, **values: Any) -> Any:
    """A yes to the newest text."""
    text = declaration.texts.get(edition=declaration.edition)
    return models.DeclarationConsent.objects.create(
        **{"member": member, "text": text, "agreed": True} | values
    )


def make_personal_data_change(member: Any, **values: Any) -> Any:
    """Another telephone number, which waits for the team."""
    defaults = {"member": member, "subject": "phone", "values": {"phone": "+31 6 87654321"}}
    return models.PersonalDataChange.objects.create(**defaults | values)


def make_conversation(member: Any, body: str = "Een vraag", **values: Any) -> Any:
    """A question of a member that waits for the team; of another state, an answer is there too."""
    defaults = {"member": member, "subject": f"Onderwerp {next(_numbers)}"}
    conversation = models.Conversation.objects.create(**defaults | values)
    make_message(conversation, body=body)
    if conversation.state != "open":
        make_message(conversation, kind="from_team", body="Een antwoord")
    return conversation


def make_message(conversation: Any, **values: Any) -> Any:
    """Something the member wrote and nobody read."""
    defaults = {"conversation": conversation, "kind": "from_member", "body": "Een bericht"}
    return models.Message.objects.create(**defaults | values)


def make_group_message(**values: Any) -> Any:
    """A message to all members that nobody sent yet."""
    if "audience" not in values:
        values["audience"] = models.Audience.objects.create()
    defaults = {"subject": f"Aan iedereen {next(_numbers)}", "body": "Een bericht aan velen"}
    return models.GroupMessage.objects.create(**defaults | values)


def make_saved_filter(owner: Any = None, **values: Any) -> Any:
    """A filter of the member list; of a colleague of its own unless `owner` says whose."""
    defaults = {"name": f"Filter {next(_numbers)}", "query": "active=inactive"}
    return models.SavedFilter.objects.create(**defaults | {"owner": owner or make_staff("planner")} | values)


def make_canned_answer(**values: Any) -> Any:
    defaults = {"title": f"Antwoord {next(_numbers)}", "body": "Een tekst die vaak past"}
    return models.CannedAnswer.objects.create(**defaults | values)


def make_attachment(content: bytes = b"tekst", **values: Any) -> Any:
    """A text file with a message or with a message to a group."""
    defaults = {
        "file": default_storage.save("uploads/messages/file.txt", ContentFile(content)),
        "file_name": f"bestand{next(_numbers)}.txt",
        "media_type": "text/plain",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    return models.Attachment.objects.create(**defaults | values)


def make_survey(*members: Any, **values: Any) -> Any:
    """An anonymous survey without questions that shows now, for everybody or for these members."""
    audience = make_audience(kind="members" if members else "everyone")
    audience.members.set(members)
    defaults = {
        "title": f"Enquête {next(_numbers)}",
        "audience": audience,
        "state": "published",
        "publishes_at": timezone.now() - timedelta(minutes=1),
        "created_by": "Collega",
    }
    return models.Survey.objects.create(**defaults | values)


def make_question(survey: Any, kind: str = "short_text", *choices: str, **values: Any) -> Any:
    """A question at the end of a survey, with these choices; those of yes/no come by themselves."""
    rank = survey.questions.count() + 1
    defaults = {"survey": survey, "kind": kind, "rank": rank, "text": f"Vraag {next(_numbers)}?"}
    question = models.Question.objects.create(**defaults | values)
    for number, text in enumerate(("Ja", "Nee") if kind == "yes_no" else choices, start=1):
        models.Choice.objects.create(question=question, rank=number, text=text)
    return question


def make_news_item(*members: Any, **values: Any) -> Any:
    """A news item that shows now, for everybody or for these members."""
    return models.NewsItem.objects.create(**_publication(members, {"body": "Beste leden,"} | values))


def make_document(*members: Any, content: bytes = b"tekst", **values: Any) -> Any:
    """A text file that shows now, for everybody or for these members."""
    file = {
        "file": default_storage.save("uploads/documents/file.txt", ContentFile(content)),
        "file_name": f"bestand{next(_numbers)}.txt",
        "media_type": "text/plain",
        "size": len(content),
        "digest": hashlib.sha256(content).hexdigest(),
    }
    return models.Document.objects.create(**_publication(members, file | values))


def _publication(members: tuple[Any, ...], values: dict[str, Any]) -> dict[str, Any]:
    audience = models.Audience.objects.create(kind="members" if members else "everyone")
    audience.members.set(members)
    now = timezone.now()
    published = {"state": "published", "publishes_at": now, "announced_at": now}
    defaults = {"title": f"Titel {next(_numbers)}", "audience": audience, "created_by": "Collega"}
    return defaults | ({} if values.get("state") == "draft" else published) | values


def _stored_letter(marker: str) -> str:
    return default_storage.save("letters/brief.pdf", ContentFile(f"%PDF-1.7 {marker}".encode()))


def _proposal_with_place(event: Any, member: Any, shift: Any) -> Any:
    proposal = make_proposal(event, number=1)
    models.ProposedPlacement.objects.create(proposal=proposal, member=member, shift=shift, is_present=True)
    models.UnfilledPlace.objects.create(proposal=proposal, shift=shift, count=1, reason="nobody_available")
    return proposal


def _answered_field(member: Any, marker: str) -> Any:
    field = make_own_field(name=f"{marker} eigen vraag")
    make_own_value(member, field, f"{marker} antwoord")
    return field


def _answered_declaration(member: Any, marker: str) -> Any:
    declaration = make_declaration(f"{marker} tekst", title=f"{marker} verklaring")
    make_consent(member, declaration)
    return declaration


@dataclass
class World:
    """One of everything in one municipality. `marker` is in every name, so that a page shows whose it is."""

    marker: str
    staff: dict[str, Any]
    colleague: Any
    member: Any
    same_person: Any
    event: Any
    election: Any
    polling_day: Any
    day_part: Any
    position: Any
    venue: Any
    polling_station: Any
    shift: Any
    portal_step: Any
    own_part: Any
    template_line: Any
    assignment: Any
    reservation: Any
    offer: Any
    waitlist_entry: Any
    clash: Any
    brp_finding: Any
    letter_edition: Any
    letter: Any
    job: Any
    proposal: Any
    import_file: Any
    read_file: Any
    station_file: Any
    invitation: Any
    password_reset: Any
    mail: Any
    privacy_request: Any
    application: Any
    conversation: Any
    attachment: Any
    group_message: Any
    canned_answer: Any
    saved_filter: Any
    news_item: Any
    survey: Any
    question: Any
    document: Any
    sign_in: Any
    audit_event: Any
    audience: Any
    reminder: Any
    calendar_feed: Any
    training: Any
    training_start: Any
    training_result: Any
    training_file: Any
    own_field: Any
    declaration: Any
    data_change: Any


def make_world(marker: str = "Merk") -> World:
    """One of everything, with a colleague of every role. Made twice, it has the same keys in both
    municipalities."""
    roles = StaffRole.values
    staff = {role: make_staff(role, username=f"{role}@wereld", name=f"{marker} {role}") for role in roles}
    user = make_user(username="lid@wereld", email="lid@wereld.example")
    member = make_member(
        number=1, user=user, first_name="Noor", last_name=f"{marker}Bakker", email=user.email
    )
    event = make_event(name=f"{marker} verkiezingen")
    election = make_election(event, name=f"{marker} Staten")
    polling_day = make_polling_day(event)
    polling_day.elections.add(election)
    day_part = make_day_part(polling_day, name=f"{marker} ochtend")
    position = make_position(event, name=f"{marker} stembureaulid")
    venue = make_venue(name=f"{marker} buurthuis")
    polling_station = make_polling_station(event, venue=venue, number=1, name=f"{marker} bureau")
    shift = make_shift(polling_station, day_part, position)
    steps = [make_portal_step(event, kind) for kind in StepKind.values]
    count_day = make_polling_day(event, date=DAY + timedelta(days=1), kind="counting")
    count_day.elections.add(election)
    picked, offered = (
        make_shift(
            polling_station, make_day_part(count_day, start=time(start), end=time(start + 4)), position
        )
        for start in (9, 13)
    )
    candidate = make_candidate(election, last_name=f"{marker}Bakker")
    make_brp_connection()
    make_companion_wish(member, event, name=f"{marker} vriendin")
    conversation = make_conversation(member, f"{marker} vraag", subject=f"{marker} gesprek")
    make_message(conversation, kind="note", body=f"{marker} notitie")
    survey = make_survey(member, title=f"{marker} enquête")
    models.SignUp.objects.create(pk=1, is_open=True, text=f"{marker} zoekt mensen")
    training = make_training(name=f"{marker} training")
    return World(
        marker=marker,
        staff=staff,
        colleague=make_staff("reader", username="collega@wereld", name=f"{marker} collega"),
        member=member,
        same_person=make_member(
            with_user=False,
            number=2,
            first_name="Noor",
            last_name=f"{marker}Bakker",
            email="",
            is_active=False,
        ),
        event=event,
        election=election,
        polling_day=polling_day,
        day_part=day_part,
        position=position,
        venue=venue,
        polling_station=polling_station,
        shift=shift,
        portal_step=steps[0],
        own_part=next(step for step in steps if step.kind == StepKind.OWN),
        template_line=make_template_line(day_part, position),
        assignment=make_assignment(member, shift, state="published", published_at=timezone.now()),
        reservation=make_assignment(member, picked, state="reserved", source="reservation"),
        offer=make_assignment(member, offered, state="proposed", source="waitlist"),
        waitlist_entry=make_waitlist_entry(member, shift),
        clash=make_clash(member, candidate, state="same"),
        brp_finding=make_brp_finding(member),
        letter_edition=make_letter_edition(event, created_by=f"{marker} planner"),
        letter=make_letter(member, event, number=1, state="published", file=_stored_letter(marker)),
        job=make_job(event=event, result=f"{marker} taak"),
        proposal=_proposal_with_place(event, member, shift),
        import_file=make_import_file(original_name=f"{marker}.csv"),
        read_file=make_read_file(member, original_name=f"{marker} ingelezen.csv"),
        station_file=make_import_file(
            kind="station_import", event=event, original_name=f"{marker}-bureaus.csv"
        ),
        invitation=make_invitation(user),
        password_reset=make_invitation(user, kind="password_reset"),
        mail=make_mail(user),
        privacy_request=make_privacy_request(member, text=f"{marker} vraag"),
        application=make_application(last_name=f"{marker}Aanmelder", remark=f"{marker} wil graag"),
        conversation=conversation,
        attachment=make_attachment(f"{marker} bijlage".encode(), message=conversation.messages.first()),
        group_message=make_group_message(subject=f"{marker} groep"),
        canned_answer=make_canned_answer(title=f"{marker} antwoord"),
        saved_filter=make_saved_filter(staff["administrator"], name=f"{marker} filter", is_shared=True),
        news_item=make_news_item(member, title=f"{marker} nieuws"),
        survey=survey,
        question=make_question(survey, text=f"{marker} vraag"),
        document=make_document(member, title=f"{marker} document"),
        sign_in=make_sign_in(user),
        audit_event=audit.record("member.update", by=staff["planner"], on=member),
        audience=make_audience(name=f"{marker} doelgroep"),
        reminder=make_reminder(steps[0]),
        calendar_feed=make_calendar_feed(member),
        training=training,
        training_start=make_training_start(training, member),
        training_result=make_training_result(training, member, passed=False, score=f"{marker} 4"),
        training_file=make_import_file(
            kind="training_import",
            original_name=f"{marker}-uitslagen.csv",
            options={"training": str(training.uuid)},
        ),
        own_field=_answered_field(member, marker),
        declaration=_answered_declaration(member, marker),
        data_change=make_personal_data_change(member),
    )
