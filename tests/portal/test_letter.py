"""Members read their own published letters."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.models import AuditEvent
from tests import factories

PDF = b"%PDF-1.7 een brief"


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "letters")


def make_letter(member: Any, event: Any, state: str = "published") -> Any:
    name = default_storage.save("letters/brief.pdf", ContentFile(PDF))
    return factories.make_letter(member, event, state=state, file=name, published_at=timezone.now())


def test_list_without_letters_says_what_will_be_here(as_member: Any, step: Any) -> None:
    assert "Er is nu geen brief voor u" in as_member.get("/letter/").content.decode()


def test_list_marks_letters_that_were_not_opened(as_member: Any, member: Any, event: Any, step: Any) -> None:
    letter = make_letter(member, event)
    assert ">Nieuw<" in as_member.get("/letter/").content.decode()
    as_member.get(f"/letter/{letter.uuid}/")
    assert ">Nieuw<" not in as_member.get("/letter/").content.decode()


def test_letter_opens_in_the_browser_under_its_own_name(
    as_member: Any, member: Any, event: Any, step: Any
) -> None:
    response = as_member.get(f"/letter/{make_letter(member, event).uuid}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="benoemingsbrief-staten-2027.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].endswith("sandbox")
    assert "no-store" in response["Cache-Control"]


def test_reading_sets_the_first_moment_and_logs_every_time(
    as_member: Any, member: Any, event: Any, step: Any
) -> None:
    letter = make_letter(member, event)
    as_member.get(f"/letter/{letter.uuid}/")
    letter.refresh_from_db()
    first = letter.first_read_at
    as_member.get(f"/letter/{letter.uuid}/")
    letter.refresh_from_db()
    assert letter.first_read_at == first is not None
    assert AuditEvent.objects.filter(action="letter.read", object_id=str(letter.uuid)).count() == 2


@pytest.mark.parametrize("state", ["waiting", "made", "withdrawn", "failed"])
def test_letter_that_is_not_published_is_not_found(
    as_member: Any, member: Any, event: Any, step: Any, state: str
) -> None:
    letter = make_letter(member, event, state)
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404
    assert str(letter.uuid) not in as_member.get("/letter/").content.decode()


def test_letter_whose_file_is_gone_is_not_found(as_member: Any, member: Any, event: Any, step: Any) -> None:
    letter = make_letter(member, event)
    default_storage.delete(letter.file)
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404
    letter.refresh_from_db()
    assert letter.first_read_at is None


def test_letter_of_somebody_else_is_not_found(as_member: Any, event: Any, step: Any) -> None:
    letter = make_letter(factories.make_member(), event)
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404
    letter.refresh_from_db()
    assert letter.first_read_at is None


def test_letter_of_another_municipality_is_not_found(
    as_member: Any, event: Any, step: Any, zonneiland: Any
) -> None:
    with tenant_context(zonneiland):
        other = factories.make_event()
        factories.make_portal_step(other, "letters")
        letter = make_letter(factories.make_member(), other)
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404


def test_letter_is_not_found_while_the_step_is_off(
    as_member: Any, member: Any, event: Any, step: Any
) -> None:
    letter = make_letter(member, event)
    step.is_on = False
    step.save()
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404


def test_list_needs_a_fixed_number_of_queries(
    as_member: Any, member: Any, django_assert_num_queries: Any
) -> None:
    as_member.get("/letter/")
    for rows in (1, 3):
        for _row in range(rows):
            event = factories.make_event()
            factories.make_portal_step(event, "letters")
            make_letter(member, event)
        with django_assert_num_queries(8):
            as_member.get("/letter/")


def test_list_tells_what_changed_in_words(as_member: Any, member: Any, event: Any, step: Any) -> None:
    change = {
        "code": "arrival",
        "day": "woensdag 17 maart 2027",
        "was": "07.00 uur",
        "now": "06.45 uur",
    }
    letter = make_letter(member, event)
    letter.changes, letter.publications = [change], 2
    letter.save()
    page = as_member.get("/letter/").content.decode()
    assert ">Aangepast<" in page
    assert "Uw aankomsttijd op woensdag 17 maart 2027 is nu 06.45 uur (was 07.00 uur)." in page


def test_letter_that_was_withdrawn_after_publishing_is_told_and_closed(
    as_member: Any, member: Any, event: Any, step: Any
) -> None:
    letter = make_letter(member, event, "withdrawn")
    letter.publications = 1
    letter.save()
    page = as_member.get("/letter/").content.decode()
    assert f"Uw brief voor {event.name} is ingetrokken" in page
    assert "De brief gaat open als PDF" not in page
    assert str(letter.uuid) not in page
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404


@pytest.mark.parametrize("state", ["waiting", "made", "failed"])
def test_letter_that_is_being_renewed_is_told_and_closed(
    as_member: Any, member: Any, event: Any, step: Any, state: str
) -> None:
    letter = make_letter(member, event, state)
    letter.publications = 1
    letter.save()
    page = as_member.get("/letter/").content.decode()
    assert f"Uw brief voor {event.name} wordt aangepast" in page
    assert str(letter.uuid) not in page
    assert as_member.get(f"/letter/{letter.uuid}/").status_code == 404


def test_list_says_nothing_about_a_letter_that_was_never_published(
    as_member: Any, member: Any, event: Any, step: Any
) -> None:
    make_letter(member, event, "withdrawn")
    assert "Er is nu geen brief voor u" in as_member.get("/letter/").content.decode()
