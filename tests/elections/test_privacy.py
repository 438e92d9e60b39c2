"""One person's data: all of it in one file, and all of it gone, with nothing left behind anywhere."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from elections import audit, data_register, master_keys, models
from elections.actions.audit import seal_events
from elections.actions.member import activate_member, update_member
from elections.actions.plan_change import step
from elections.actions.privacy import _EMPTY, KEPT, erase_member, export_member, export_own_data
from elections.enums import EraseReason, SecretKind
from elections.errors import ActionError
from elections.models import (
    AccountQuestion,
    AuditEvent,
    Availability,
    AvailabilityResponse,
    EmailConfirmation,
    Label,
    Member,
    MemberSecret,
    SignIn,
    User,
)
from elections.queries.audit_chain import verify
from elections.queries.privacy import erase_plan
from elections.secrets import set_secret
from tests import factories

BSN = "111222333"

IBAN = "NL91ABNA0417164300"
NAME, EMAIL, PHONE = "Zeldzaamstra", "zeldzaam.adres@voorbeeld.example", "+31 6 98765432"
TRACES = (NAME, EMAIL, "98765432", "Kersenpitlaan")


@pytest.fixture(autouse=True)
def master_key(settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "keys" / "master-key.json")
    master_keys.make_master_key_file(settings.MASTER_KEY_FILE)


@pytest.fixture
def colleague():
    return factories.make_staff()


@pytest.fixture
def member():
    """Somebody who left traces wherever a person can."""
    user = factories.make_user(username=EMAIL, email=EMAIL, name=f"Anna {NAME}")
    member = factories.make_member(
        user=user,
        first_name="Anna",
        initials="A.",
        last_name=NAME,
        email=EMAIL,
        phone=PHONE,
        street="Kersenpitlaan",
        house_number="7",
        remark=f"{NAME} belt liever",
    )
    member.labels.add(Label.objects.create(name="ervaren"))
    factories.make_invitation(user)
    factories.make_challenge(user)
    factories.make_authenticator(user)
    factories.make_mail(user)
    factories.make_sign_in(user, user_agent="Firefox")
    EmailConfirmation.objects.create(user=user, email=f"nieuw.{EMAIL}", expires_at=timezone.now())
    AccountQuestion.objects.create(kind="password", typed=EMAIL)
    factories.make_privacy_request(member, text=f"Ik ben {NAME}")
    factories.make_job(errors=[f"Rij 3: A. {NAME} heeft geen adres.", "Rij 4: leeg."])
    factories.make_import_file(state="done", options={"namen": [f"Anna {NAME}"]})
    plan_traces(member)
    audit.record("member.update", by=user, on=member, fields=["email"])
    audit.record("member.import", by=None, label=f"A. {NAME}", note=EMAIL)
    return member


def plan_traces(member):
    """What planning keeps of a person: wishes in both directions, waiting, proposals, changes, candidacy, reasons."""
    event = factories.make_event()
    day = factories.make_polling_day(event, date=timezone.localdate() - timedelta(days=20))
    part, position = factories.make_day_part(day), factories.make_position(event)
    shift = factories.make_shift(factories.make_polling_station(event), part, position)
    friends = [factories.make_member() for _number in range(3)]
    models.CompanionWish.objects.create(
        member=member, event=event, name=friends[0].full_name, companion=friends[0]
    )
    models.CompanionWish.objects.create(
        member=friends[0], event=event, name=f"annie {NAME.lower()}", companion=member
    )
    models.CompanionWish.objects.create(member=friends[1], event=event, name=f"Anna {NAME}")
    models.CompanionWish.objects.create(member=friends[2], event=event, name="Iemand Anders")
    models.WaitlistEntry.objects.create(member=member, shift=shift, kind="line")
    proposal = models.Proposal.objects.create(event=event, number=1)
    models.ProposedPlacement.objects.create(proposal=proposal, member=member, shift=shift)
    place = factories.make_assignment(
        member, shift, state="cancelled", end_reason=f"{NAME} kan niet", assigned_by=None
    )
    models.PlacementChange.objects.create(
        member=member, event=event, assignment=place, kind="cancelled", before={"station": f"Bij {NAME}"}
    )
    candidate = models.Candidate.objects.create(
        election=factories.make_election(event), list_number=1, number=2, last_name="Lijstman"
    )
    models.CandidateClash.objects.create(member=member, candidate=candidate)
    models.PlanChange.objects.create(event=event, kind="assign", steps=[step(None, place)])


def past_place(member, *, days=30, **values):
    """A place that the member filled, with its answers and its letter."""
    event = factories.make_event()
    day = factories.make_polling_day(event, date=timezone.localdate() - timedelta(days=days))
    part = factories.make_day_part(day)
    shift = factories.make_shift(factories.make_polling_station(event), part, factories.make_position(event))
    place = factories.make_assignment(member, shift, **{"state": "published"} | values)
    factories.make_availability(member, part)
    AvailabilityResponse.objects.create(member=member, event=event, remark=f"groet, {NAME}")
    return place


def stored_letter(member, event, **values):
    name = default_storage.save("letters/brief.pdf", ContentFile(b"%PDF-1.7 brief"))
    return factories.make_letter(member, event, **{"state": "published", "file": name} | values)


def columns_with(text):
    """Every column of the schema, asked of the catalogue, that holds `text` in any row."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = %s AND t.table_type = 'BASE TABLE'
            AND (c.data_type IN ('text', 'character varying', 'character', 'jsonb', 'json', 'ARRAY', 'inet'))""",
            [connection.schema_name],
        )
        for table, column in cursor.fetchall():
            # Names from the catalogue, quoted; the text is a parameter.
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s',  # noqa: S608
                [f"%{text}%"],
            )
            if cursor.fetchone()[0]:
                found.append((table, column))
    return found


def test_the_scan_finds_what_is_there(member):
    """The premise of the tests below: the traces are in many tables."""
    assert len(columns_with(NAME)) >= 8
    assert len(columns_with(EMAIL)) >= 7


def test_after_erasing_no_column_of_any_table_holds_the_person(member, colleague):
    past_place(member)
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert {text: columns_with(text) for text in TRACES if columns_with(text)} == {}


def test_erasing_empties_the_member_and_deletes_the_account(member, colleague):
    keys = (member.pk, member.user.pk, member.number)
    place = past_place(member)
    erase_member(member, by=colleague, reason=EraseReason.STOPPED)
    left = Member.objects.get(pk=keys[0])
    assert (left.number, left.last_name, left.birth_date, left.is_active) == (
        keys[2],
        "verwijderd",
        None,
        False,
    )
    assert left.erased_at
    assert not User.objects.filter(pk=keys[1]).exists()
    assert not SignIn.objects.exists()
    assert not left.labels.exists()
    assert not Availability.objects.exists()
    assert place in left.assignments.all()


def test_erasing_leaves_nothing_of_the_planning_but_the_places(member, colleague):
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    for rows in (
        member.companion_wishes,
        member.waitlist_entries,
        member.proposed_placements,
        member.placement_changes,
        member.clashes,
    ):
        assert not rows.exists()
    names = sorted(models.CompanionWish.objects.values_list("name", flat=True))
    assert names == ["Iemand Anders", "•••", "•••"]
    assert not models.CompanionWish.objects.filter(companion=member).exists()
    assert member.assignments.exists()


def test_the_seals_still_hold_after_erasing(member, colleague):
    seal_events()
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    seal_events()
    assert verify().damaged == 0
    assert AuditEvent.objects.exclude(blanked_at=None).count() >= 2


def test_erasing_twice_changes_nothing(member, colleague):
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    before = list(Member.objects.values()), AuditEvent.objects.count()
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert (list(Member.objects.values()), AuditEvent.objects.count()) == before


def test_the_log_tells_who_erased_and_why_but_not_whom(member, colleague):
    erase_member(member, by=colleague, reason=EraseReason.DECEASED)
    event = AuditEvent.objects.get(action="member.erase")
    assert event.actor == colleague.display_name
    assert event.purpose == str(EraseReason.DECEASED.label)
    assert event.object_label == str(member.number)


def test_place_ahead_stops_erasing_and_is_named(member, colleague):
    place = past_place(member, days=-20)
    with pytest.raises(ActionError) as refused:
        erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert str(place.shift.polling_station) in refused.value.message
    assert erase_plan(member).refusals
    member.refresh_from_db()
    assert member.last_name == NAME


def test_published_letter_stays_within_its_term_and_a_draft_goes(
    member, colleague, django_capture_on_commit_callbacks
):
    place = past_place(member)
    letter = stored_letter(member, place.shift.polling_station.event)
    draft = stored_letter(member, factories.make_event(), state="made")
    with django_capture_on_commit_callbacks(execute=True):
        erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert list(member.letters.all()) == [letter]
    assert default_storage.exists(letter.file)
    assert not default_storage.exists(draft.file)


def test_numbers_of_who_worked_stay_and_of_who_did_not_go(member, colleague):
    idle = factories.make_member()
    for each in (member, idle):
        set_secret(each, SecretKind.BSN, BSN if each == member else "123456782", by=None)
    past_place(member)
    plan = " ".join(map(str, erase_plan(member).stays))
    assert "AWR" in plan
    for each in (member, idle):
        erase_member(each, by=colleague, reason=EraseReason.REQUEST)
    assert list(MemberSecret.objects.values_list("member", flat=True)) == [member.pk]


def test_open_request_to_erase_counts_as_granted(member, colleague):
    member.privacy_requests.all().delete()
    request = factories.make_privacy_request(member, kind="erase", text="graag alles weg")
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    request.refresh_from_db()
    assert (request.state, request.text, request.answered_by) == ("granted", "", colleague.display_name)


def test_log_in_of_a_colleague_outlives_the_member(colleague):
    staff = factories.make_staff(name="Collega Blijfstaan")
    member = factories.make_member(user=staff)
    erase_member(member, by=colleague, reason=EraseReason.STOPPED)
    staff.refresh_from_db()
    assert staff.is_active
    assert staff.name == "Collega Blijfstaan"
    assert Member.objects.get(pk=member.pk).user is None


def test_others_with_the_same_name_keep_theirs(member, colleague):
    other = factories.make_member(first_name="Anna", initials="A.", last_name=NAME)
    audit.record("member.update", by=colleague, on=other, fields=["phone"])
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    other.refresh_from_db()
    assert other.last_name == NAME
    event = AuditEvent.objects.get(action="member.update", object_id=str(other.uuid))
    assert event.blanked_at is None


def test_label_of_a_place_that_is_gone_loses_the_name(member, colleague):
    place = past_place(member)
    audit.record("assignment.create", by=colleague, on=place)
    place.delete()
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert ("elections_auditevent", "object_label") not in columns_with(NAME)


def test_every_field_of_member_is_emptied_or_kept_with_a_reason():
    fields = {field.name for field in (*Member._meta.fields, *Member._meta.many_to_many)}
    assert set(_EMPTY) | set(KEPT) == fields
    assert not set(_EMPTY) & set(KEPT)


def test_erasing_is_all_or_nothing(member, colleague, monkeypatch):
    draft = stored_letter(member, factories.make_event(), state="made")
    monkeypatch.setattr("elections.actions.privacy.blank_events", _break)
    with pytest.raises(RuntimeError), transaction.atomic():
        erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    member.refresh_from_db()
    assert (member.last_name, member.user.email) == (NAME, EMAIL)
    assert default_storage.exists(draft.file)


def _break(*_args, **_kwargs):
    raise RuntimeError("the log is away")


def test_erased_member_cannot_be_filled_again(member, colleague):
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    member.refresh_from_db()
    with pytest.raises(ActionError):
        activate_member(member, by=colleague)
    with pytest.raises(ActionError):
        update_member(member, {"last_name": NAME}, [], version=member.version, by=colleague)


def read(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist()}


def test_export_holds_everything_and_no_secret(member, colleague):
    place = past_place(member)
    stored_letter(member, place.shift.polling_station.event)
    set_secret(member, SecretKind.BSN, BSN, by=None)
    set_secret(member, SecretKind.IBAN, IBAN, by=None)
    files = read(export_member(member, by=colleague))
    data = json.loads(files["gegevens.json"])
    assert set(data) == {str(datum.label) for datum in data_register.REGISTER}
    assert data["Naam"][0]["Achternaam"] == NAME
    assert data["BSN"] == [{"BSN": "bekend"}]
    assert [name for name in files if name.startswith("brieven/") and name.endswith(".pdf")]
    whole = b"".join(files.values()).decode()
    for text in (NAME, EMAIL, "Firefox", "ervaren", f"groet, {NAME}"):
        assert text in whole
    for secret in (BSN, IBAN, IBAN[-4:] + '"', colleague.display_name):
        assert secret not in whole
    assert AuditEvent.objects.filter(action="privacy.export", object_id=str(member.uuid)).exists()


def test_export_page_escapes_what_people_typed(colleague):
    member = factories.make_member(last_name="<script>alert(1)</script>")
    files = read(export_member(member, by=colleague))
    assert b"<script>" not in files["gegevens.html"]


def test_export_leaves_out_a_letter_whose_file_is_lost(member, colleague):
    letter = stored_letter(member, factories.make_event())
    default_storage.delete(letter.file)
    assert not [name for name in read(export_member(member, by=colleague)) if name.startswith("brieven/")]


def test_export_of_another_member_holds_nothing_of_this_one(member, colleague):
    other = factories.make_member()
    files = read(export_member(other, by=colleague))
    assert NAME.encode() not in b"".join(files.values())


def test_own_export_asks_the_password_and_counts(member):
    with pytest.raises(ActionError):
        export_own_data(member, "verkeerd", by=member.user)
    for _number in range(3):
        assert export_own_data(member, factories.PASSWORD, by=member.user)
    with pytest.raises(ActionError, match="over een uur"):
        export_own_data(member, factories.PASSWORD, by=member.user)


def test_every_field_of_member_is_in_the_register_once():
    """A new field without a ground, a reason and a term fails here."""
    fields = {field.name for field in (*Member._meta.fields, *Member._meta.many_to_many)}
    listed = [name for datum in data_register.REGISTER for name in datum.fields]
    assert sorted(listed) == sorted(fields)


def test_every_datum_of_the_register_has_a_term_and_a_ground():
    for datum in data_register.REGISTER:
        assert datum.kept_words(30)
        assert str(datum.why)
        assert str(datum.ground.label)


def test_register_in_the_documentation_is_that_of_the_code():
    written = (settings.BASE_DIR / "docs" / "privacy.md").read_text()
    assert data_register.as_markdown() in written
