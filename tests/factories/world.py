"""One of everything, for tests that go over all pages, rows or files."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from elections import audit, models
from elections.enums import StaffRole, StepKind
from tests.factories.application import make_application
from tests.factories.assignment import make_assignment
from tests.factories.audience import make_audience
from tests.factories.availability import make_companion_wish
from tests.factories.brp import make_brp_connection, make_brp_finding
from tests.factories.calendar_feed import make_calendar_feed
from tests.factories.candidate import make_candidate, make_clash
from tests.factories.conversation import (
    make_attachment,
    make_canned_answer,
    make_conversation,
    make_group_message,
    make_message,
)
from tests.factories.declaration import make_consent, make_declaration
from tests.factories.document import make_document
from tests.factories.event import (
    DAY,
    make_day_part,
    make_election,
    make_event,
    make_polling_day,
    make_position,
)
from tests.factories.import_file import make_import_file, make_read_file
from tests.factories.job import make_job
from tests.factories.letter import make_letter, make_letter_edition
from tests.factories.login import make_invitation
from tests.factories.mail import make_mail
from tests.factories.member import make_member
from tests.factories.news_item import make_news_item
from tests.factories.own_field import make_own_field, make_own_value
from tests.factories.personal_data_change import make_personal_data_change
from tests.factories.polling_station import make_polling_station
from tests.factories.portal_step import make_portal_step
from tests.factories.privacy import make_privacy_request
from tests.factories.proposal import make_proposal
from tests.factories.reminder import make_reminder
from tests.factories.saved_filter import make_saved_filter
from tests.factories.shift import make_shift, make_template_line
from tests.factories.sign_in import make_sign_in
from tests.factories.survey import make_question, make_survey
from tests.factories.training import make_training, make_training_result, make_training_start
from tests.factories.user import make_staff, make_user
from tests.factories.venue import make_venue
from tests.factories.waitlist_entry import make_waitlist_entry


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
