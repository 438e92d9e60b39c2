"""Marking contact data as confidential, for how long, and who may end it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions.confidentiality import end_confidentiality, forget_ended, mark_confidential
from elections.actions.job_file import offered_file
from elections.actions.look import begin_look
from elections.actions.privacy import erase_member
from elections.documents.activation_letter import _letter
from elections.enums import EraseReason
from elections.errors import ActionError
from elections.look import look_of
from elections.models import AuditEvent, Member
from elections.queries.confidentiality import (
    CONTACT_FIELDS,
    contact_of,
    ending_soon,
    may_see_contact,
    with_contact,
)
from elections.queries.letter_bundle import _has_address
from tests import factories

ADDRESS = {"street": "Laan", "house_number": "1", "postcode": "1234 AB", "city": "Juinen", "phone": "+31 6 1"}


@pytest.fixture
def member():
    return factories.make_member(**ADDRESS)


@pytest.fixture
def administrator():
    return factories.make_staff()


@pytest.fixture
def planner():
    return factories.make_staff("planner")


def test_mark_hides_and_end_shows(member, administrator, planner):
    marked = mark_confidential(member, "  op eigen  verzoek ", None, planner)
    assert (marked.is_confidential, marked.confidential_reason, marked.version) == (
        True,
        "op eigen verzoek",
        2,
    )
    assert contact_of(marked, planner).is_hidden
    assert contact_of(marked, administrator).phone == "+31 6 1"
    end_confidentiality(member, by=administrator)
    end_confidentiality(member, by=administrator)
    member.refresh_from_db()
    assert (member.confidential_since, member.confidential_reason, member.version) == (None, "", 3)
    assert may_see_contact(member, planner)
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["member.mark_confidential", "member.end_confidential"]


def test_log_does_not_say_why(member, planner):
    mark_confidential(member, "bedreigd door een bekende", None, planner)
    assert "bedreigd" not in str(AuditEvent.objects.values_list("details", "purpose", "object_label").get())


@pytest.mark.parametrize(
    ("reason", "until"), [("  ", None), ("x" * 201, None), ("verzoek", date(2020, 1, 1))]
)
def test_mark_needs_a_reason_and_a_day_to_come(member, planner, reason, until):
    with pytest.raises(ActionError):
        mark_confidential(member, reason, until, planner)
    assert not Member.objects.confidential().exists()


def _paper_job(kind, **values):
    """A job that is done with its file, or with a part of it when `values` say that it goes on."""
    done = {"state": "done", "file_name": "papier.pdf", "finished_at": timezone.now()}
    job = factories.make_job(kind=kind, **done | values)
    name = "file.pdf" if job.state == "done" else "part-00000"
    path = Path(default_storage.path(f"jobs/{job.uuid}/{name}"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF")
    if job.state == "done":
        job.file = f"jobs/{job.uuid}/{name}"
        job.save()
    return job, path


CONTACT_PAPERS = [
    ("contact_sheets", {"parameters": {"with_phones": True}}),
    ("station_dossiers", {"parameters": {"with_phones": True}}),
    ("address_labels", {}),
]


@pytest.mark.parametrize(("kind", "values"), CONTACT_PAPERS)
def test_papers_with_contact_data_go(member, planner, kind, values, django_capture_on_commit_callbacks):
    job, path = _paper_job(kind, **values)
    with django_capture_on_commit_callbacks(execute=True):
        mark_confidential(member, "verzoek", None, planner)
    job.refresh_from_db()
    assert (offered_file(job), job.state, path.exists()) == (None, "done", False)
    assert "vertrouwelijk" in job.result


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("badges", {"parameters": {"with_phones": False}}),
        ("station_dossiers", {"parameters": {"with_phones": False}}),
    ],
)
def test_papers_without_contact_data_stay(member, planner, kind, values, django_capture_on_commit_callbacks):
    job, path = _paper_job(kind, **values)
    with django_capture_on_commit_callbacks(execute=True):
        mark_confidential(member, "verzoek", None, planner)
    job.refresh_from_db()
    assert offered_file(job)
    assert path.exists()


@pytest.mark.parametrize("state", ["queued", "running"])
def test_papers_that_are_being_made_stop(member, planner, state, django_capture_on_commit_callbacks):
    """Its parts were made before the mark; whoever takes it up again makes all of them anew."""
    job, path = _paper_job("address_labels", state=state, finished_at=None)
    with django_capture_on_commit_callbacks(execute=True):
        mark_confidential(member, "verzoek", None, planner)
    job.refresh_from_db()
    assert (job.state, path.exists()) == ("failed", False)
    assert "vertrouwelijk" in job.errors[0]


def test_another_reason_leaves_papers_alone(member, administrator, django_capture_on_commit_callbacks):
    mark_confidential(member, "verzoek", None, administrator)
    _job, path = _paper_job("address_labels")
    with django_capture_on_commit_callbacks(execute=True):
        mark_confidential(member, "bedreigd", None, administrator)
    assert path.exists()


@pytest.mark.parametrize("by", ["system", "planner"])
def test_mark_of_another_only_grows(member, planner, by):
    mark_confidential(member, "bedreigd", None, planner)
    actor = planner if by == "planner" else None
    again = mark_confidential(member, "geheim in de BRP", timezone.localdate(), actor)
    assert (again.confidential_until, again.confidential_reason) == (None, "bedreigd; geheim in de BRP")


def test_administrator_replaces_the_term(member, administrator):
    mark_confidential(member, "bedreigd", None, administrator)
    today = timezone.localdate()
    again = mark_confidential(member, "verhuizing", today, administrator)
    assert (again.confidential_until, again.confidential_reason) == (today, "verhuizing")


def test_same_mark_again_changes_nothing(member, administrator):
    first = mark_confidential(member, "bedreigd", None, administrator)
    assert mark_confidential(member, "bedreigd", None, administrator).version == first.version


def test_mark_that_is_over_is_forgotten_at_night(member, planner):
    mark_confidential(member, "bedreigd", timezone.localdate(), planner)
    assert forget_ended() == 0
    Member.objects.update(confidential_until=timezone.localdate() - timedelta(days=1))
    assert forget_ended() == 1
    assert Member.objects.get().confidential_reason == ""
    assert AuditEvent.objects.filter(action="member.end_confidential", actor_id="").count() == 1


def test_lists_are_asked_what_a_colleague_may_read(member, administrator, planner):
    factories.make_member(phone="+31 6 2")
    mark_confidential(member, "bedreigd", None, planner)
    names = [f"shown_{name}" for name in CONTACT_FIELDS]
    hidden = with_contact(Member.objects.filter(pk=member.pk), planner).values(*names).get()
    assert set(hidden.values()) == {""}
    assert with_contact(Member.objects.exclude(pk=member.pk), planner).get().shown_phone == "+31 6 2"
    assert with_contact(Member.objects.filter(pk=member.pk), administrator).get().shown_phone == "+31 6 1"


def test_marks_that_end_soon_can_be_listed(member, planner):
    mark_confidential(member, "bedreigd", timezone.localdate() + timedelta(days=30), planner)
    mark_confidential(factories.make_member(), "bedreigd", None, planner)
    assert ending_soon(Member.objects.all()).get() == member


def test_nobody_looks_along_to_read_what_is_hidden(member, planner, administrator):
    session = {}
    begin_look(session, member, "vraag van het lid", by=planner)
    planner.otp_device = factories.make_authenticator(planner)
    assert look_of(session, planner).member == member
    mark_confidential(member, "bedreigd", None, administrator)
    assert look_of(session, planner) is None
    member.refresh_from_db()
    with pytest.raises(ActionError, match="vertrouwelijk"):
        begin_look({}, member, "vraag van het lid", by=planner)
    begin_look({}, member, "vraag van het lid", by=administrator)


def test_paper_has_no_address(member, planner):
    invitation = factories.make_invitation(member.user, kind="member_letter")
    assert _letter(invitation).address == ("Laan 1", "1234 AB  Juinen")
    assert _has_address(member)
    mark_confidential(member, "bedreigd", None, planner)
    invitation.user.member.refresh_from_db()
    assert _letter(invitation).address == ()
    assert not _has_address(invitation.user.member)


def test_erasing_takes_the_reason_along(member, planner):
    mark_confidential(member, "bedreigd", None, planner)
    erase_member(member, by=planner, reason=EraseReason.REQUEST)
    assert Member.objects.get().confidential_reason == ""
    with pytest.raises(ActionError, match="gewist"):
        mark_confidential(member, "bedreigd", None, planner)


def test_database_wants_a_reason(member):
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.update(confidential_since=timezone.now())
