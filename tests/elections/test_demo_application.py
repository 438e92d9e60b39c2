"""The applications of the demo: one in each state, that the team can go on with."""

import pytest

from elections.actions.application import accept_application
from elections.actions.application_transfer import make_package
from elections.demo.application import sign_up
from elections.demo.places import neighbourhoods
from elections.enums import ApplicationState
from elections.models import Application, OutboxMail
from elections.queries.application import possible_doubles, state_counts
from tests import factories

CENTRE = (52.53, 5.47)


@pytest.fixture
def people(juinen):
    factories.make_staff("administrator")
    return [factories.make_member(city="Juinen", phone=f"+31 6 1234567{n}") for n in range(10)]


def test_demo_has_an_application_in_each_state_and_mails_nobody(people):
    sign_up(people, neighbourhoods(26, CENTRE), seed=9042, is_open=True)
    assert all(state_counts().values())
    assert not OutboxMail.objects.exists()
    again = Application.objects.get(email=people[2].email)
    assert [double.member for double in possible_doubles(again)] == [people[2]]
    assert Application.objects.get(state=ApplicationState.ACCEPTED).member == people[8]


def test_team_can_go_on_with_the_applications_of_the_demo(people):
    by = factories.make_staff("administrator")
    sign_up(people, neighbourhoods(26, CENTRE), seed=9042, is_open=True)
    agreed = Application.objects.get(state=ApplicationState.OPEN, transfer_agreed_at__isnull=False)
    assert make_package(agreed, by=by)
    assert make_package(Application.objects.get(email="aanmelding11@voorbeeld.example"), by=by)
    new = Application.objects.get(email="aanmelding2@voorbeeld.example")
    assert accept_application(new, by=by).full_name == new.full_name


@pytest.mark.parametrize(
    ("is_open", "words"), [(True, "U krijgt een vergoeding"), (False, "Alle plaatsen zijn bezet")]
)
def test_form_of_the_demo_is_open_or_says_why_not(people, client_for, juinen, is_open, words):
    sign_up(people, neighbourhoods(26, CENTRE), seed=9042, is_open=is_open)
    page = client_for(juinen).get("/sign-up/")
    assert words in page.content.decode()
