"""The page with terms: what is over, another term after a look at what it removes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elections.models import RetentionTerm
from elections.retention import RULES, months
from tests import factories


@pytest.fixture
def colleague(client_for, juinen):
    return client_for(juinen, factories.make_staff("administrator"))


def old_mail():
    user = factories.make_user()
    return factories.make_mail(user, state="sent", created_at=timezone.now() - timedelta(days=100))


def test_every_kind_is_on_the_page_with_its_ground(colleague):
    page = colleague.get("/backoffice/retention/").content.decode()
    for rule in RULES.values():
        assert f"?kind={rule.kind.value}" in page
    assert "resultaat 19.24" in page
    assert "nog niet" in page


def test_page_takes_a_fixed_number_of_queries(colleague, django_assert_max_num_queries):
    for _number in range(3):
        old_mail()
    with django_assert_max_num_queries(41):
        colleague.get("/backoffice/retention/")


def test_shorter_term_is_first_shown_and_then_kept(colleague):
    old_mail()
    url = "/backoffice/retention/edit/?kind=mail"
    shown = colleague.post(url, {"days": "60"}).content.decode()
    assert "Vannacht wordt 1 gegeven verwijderd" in shown
    assert not RetentionTerm.objects.exists()
    answer = colleague.post(url, {"days": "60", "seen": "on"})
    assert answer.headers["Location"] == "/backoffice/retention/"
    assert RetentionTerm.objects.get().days == 60


@pytest.mark.parametrize("days", ["", "x", "1", "99999"])
def test_wrong_term_is_explained(colleague, days):
    page = colleague.post("/backoffice/retention/edit/?kind=mail", {"days": days, "seen": "on"})
    assert page.status_code == 200
    assert "z-field--invalid" in page.content.decode()
    assert not RetentionTerm.objects.exists()


@pytest.mark.parametrize("kind", ["", "?kind=", "?kind=onzin"])
def test_unknown_kind_is_not_found(colleague, kind):
    assert colleague.get(f"/backoffice/retention/edit/{kind}").status_code == 404


def test_changing_asks_again_who_sits_here(colleague):
    session = colleague.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    answer = colleague.post("/backoffice/retention/edit/?kind=mail", {"days": "60", "seen": "on"})
    assert answer.headers["Location"].startswith("/confirm/")
    assert not RetentionTerm.objects.exists()


def test_default_stands_in_the_form(colleague):
    assert f'value="{months(6)}"' in colleague.get("/backoffice/retention/edit/?kind=mail").content.decode()
