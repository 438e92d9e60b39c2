"""The page that undoes an import: what will happen, what stays and why, and only after a clear yes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.actions.member_import_undo import run_import_undo
from elections.models import Job, Member
from tests import factories
from tests.backoffice.pages import text_of
from tests.elections.test_member_import_undo import imported


@pytest.fixture
def import_file():
    factories.make_member(with_user=False, number=6, last_name="Dekker", city="Oud")
    return imported(
        "lidnr;achternaam;plaats\n6;Dekker;Nieuw\n7;Bakker;\n8;Visser;\n", by=factories.make_staff()
    )


def url(import_file):
    return reverse("backoffice:member-import-undo", args=[import_file.uuid])


def seen_in(page):
    return page.split('name="seen" value="')[1].split('"')[0]


def test_page_tells_what_happens_and_a_click_does_it(planner, import_file):
    assert url(import_file) in text_of(planner.get(reverse("backoffice:member-import")))
    Member.objects.filter(number=8).update(data_checked_at=timezone.now())
    page = text_of(planner.get(url(import_file)))
    assert "heeft de gegevens daarna nagekeken" in page
    assert "wordt verwijderd" in page
    assert "wordt teruggezet" in page
    assert Member.objects.count() == 3
    answer = planner.post(url(import_file), {"seen": seen_in(page)})
    job = Job.objects.get(kind="import_undo")
    assert answer.url == reverse("backoffice:job-detail", args=[job.uuid])
    run_import_undo(job)
    assert dict(Member.objects.values_list("number", "city")) == {6: "Oud", 8: ""}
    assert "1 lid verwijderd. 1 lid teruggezet. 1 lid bleef" in text_of(planner.get(answer.url))


def test_page_that_is_out_of_date_is_shown_anew_before_anything_happens(planner, import_file):
    seen = seen_in(text_of(planner.get(url(import_file))))
    Member.objects.filter(number=8).update(version=2)
    page = text_of(planner.post(url(import_file), {"seen": seen}))
    assert "Kijk opnieuw" in page
    assert not Job.objects.filter(kind="import_undo").exists()
    planner.post(url(import_file), {"seen": seen_in(page)})
    assert Job.objects.filter(kind="import_undo").count() == 1


def test_nothing_left_to_undo_is_told(planner, import_file):
    Member.objects.update(version=9)
    page = text_of(planner.get(url(import_file)))
    assert "niets meer dat Zitting ongedaan kan maken" in page
    assert "Maak het inlezen ongedaan" not in page


def test_file_that_was_not_read_in_cannot_be_undone(planner):
    waiting = factories.make_import_file()
    page = text_of(planner.get(url(waiting), follow=True))
    assert "kan niet meer ongedaan worden gemaakt" in page
    assert url(waiting) not in page


def test_job_of_the_import_leads_to_undoing_it_for_who_may_import(juinen, client_for, planner, import_file):
    job = reverse("backoffice:job-detail", args=[Job.objects.get(kind="member_import").uuid])
    assert url(import_file) in text_of(planner.get(job))
    assert url(import_file) not in text_of(client_for(juinen, factories.make_staff("reader")).get(job))
    import_file.members.all().delete()
    assert url(import_file) not in text_of(planner.get(job))
