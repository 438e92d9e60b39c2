"""Saved filters: keeping what the list shows, sharing it, and whose it is."""

import pytest
from django.db import IntegrityError, transaction

from elections.actions.saved_filter import MOST_FILTERS, create_saved_filter
from elections.errors import ActionError
from elections.models import AuditEvent, SavedFilter
from tests import factories
from tests.backoffice.pages import text_of, url


@pytest.fixture
def colleague(juinen, client_for):
    return client_for(juinen, factories.make_staff("reader"))


def test_filter_columns_and_order_are_kept_and_what_was_searched_is_not(planner, staff):
    factories.make_member(with_user=False)
    asked = "q=jansen&active=inactive&position=chair&columns=labels&columns=address&sort=-number&page=3&x=1"
    page = text_of(planner.get(f"{url('member-list')}?{asked}"))
    assert "Bewaar dit filter" in page
    page = text_of(planner.get(f"{url('saved-filter-create')}?{asked}"))
    assert "Waar u op zocht, bewaart Zitting niet." in page
    answer = planner.post(f"{url('saved-filter-create')}?{asked}", {"name": "Oude voorzitters"})
    saved = SavedFilter.objects.get()
    assert saved.query == "position=chair&active=inactive&columns=address&columns=labels&sort=-number"
    assert (saved.owner, saved.is_shared) == (staff, False)
    assert answer.url == f"{url('member-list')}?{saved.query}"
    page = text_of(planner.get(answer.url))
    assert 'aria-current="true">Oude voorzitters' in page
    assert "Bewaar dit filter" not in page
    event = AuditEvent.objects.get(action="saved_filter.create")
    assert "jansen" not in str(event.details)


@pytest.mark.parametrize("asked", ["", "q=jansen", "page=2", "label=bestaat-niet", "sort=bsn", "columns=bsn"])
def test_nothing_to_keep_leads_back_to_the_list(planner, asked):
    answer = planner.post(f"{url('saved-filter-create')}?{asked}", {"name": "Leeg"})
    assert answer.url == url("member-list")
    assert not SavedFilter.objects.exists()


def test_shared_filter_is_for_the_team_and_an_own_one_is_not(planner, colleague, staff):
    own = factories.make_saved_filter(staff, name="Alleen van mij")
    shared = factories.make_saved_filter(staff, name="Van ons", is_shared=True)
    factories.make_member(with_user=False)
    for page in (
        text_of(colleague.get(url("member-list"))),
        text_of(colleague.get(url("saved-filter-list"))),
    ):
        assert "Van ons" in page
        assert "Alleen van mij" not in page
    assert colleague.get(url("saved-filter-edit", own)).status_code == 404
    assert colleague.post(url("saved-filter-delete", own)).status_code == 404
    page = text_of(colleague.get(url("saved-filter-list")))
    assert url("saved-filter-edit", shared) not in page
    assert url("saved-filter-edit", shared) in text_of(planner.get(url("saved-filter-list")))


def test_only_its_owner_changes_or_deletes_a_shared_filter(planner, colleague, staff):
    shared = factories.make_saved_filter(staff, name="Van ons", is_shared=True)
    page = text_of(colleague.post(url("saved-filter-edit", shared), {"name": "Gekaapt"}))
    assert "Dit filter is van een collega." in page
    page = text_of(colleague.post(url("saved-filter-delete", shared), follow=True))
    assert "Dit filter is van een collega." in page
    shared.refresh_from_db()
    assert shared.name == "Van ons"
    planner.post(url("saved-filter-edit", shared), {"name": "Van mij"})
    shared.refresh_from_db()
    assert (shared.name, shared.is_shared) == ("Van mij", False)
    assert "“Van mij” verwijderen?" in text_of(planner.get(url("saved-filter-delete", shared)))
    planner.post(url("saved-filter-delete", shared))
    assert not SavedFilter.objects.exists()


def test_name_is_asked_and_used_once_by_each(planner, staff):
    factories.make_saved_filter(staff, name="Voorzitters")
    factories.make_saved_filter(name="Voorzitters")
    create = f"{url('saved-filter-create')}?active=all"
    assert "Geef het filter een naam." in text_of(planner.post(create, {"name": " "}))
    assert "U hebt al een filter met deze naam." in text_of(planner.post(create, {"name": "voorzitters"}))
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_saved_filter(staff, name="VOORZITTERS")


def test_one_colleague_keeps_so_many_at_most(staff):
    SavedFilter.objects.bulk_create(
        SavedFilter(name=f"Filter {number}", query="active=all", owner=staff)
        for number in range(MOST_FILTERS)
    )
    with pytest.raises(ActionError, match="al 50 filters"):
        create_saved_filter("Nog een", "active=all", is_shared=False, by=staff)


@pytest.mark.parametrize(("query", "words"), [("", "Kies eerst een filter"), ("x" * 2001, "te lang")])
def test_empty_or_endless_filter_is_refused(staff, query, words):
    with pytest.raises(ActionError, match=words):
        create_saved_filter("Naam", query, is_shared=False, by=staff)


def test_filters_of_who_left_are_no_longer_shown(colleague, staff):
    factories.make_saved_filter(staff, name="Van ons", is_shared=True)
    staff.is_active = False
    staff.save()
    assert "Van ons" not in text_of(colleague.get(url("saved-filter-list")))


def test_list_asks_as_much_for_three_filters_as_for_one(planner, staff, django_assert_max_num_queries):
    factories.make_saved_filter(staff)
    planner.get(url("saved-filter-list"))
    with django_assert_max_num_queries(50) as one:
        planner.get(url("saved-filter-list"))
    factories.make_saved_filter(staff), factories.make_saved_filter(is_shared=True)
    with django_assert_max_num_queries(50) as three:
        planner.get(url("saved-filter-list"))
    assert len(one) == len(three)
