"""The codes of the demo's colleagues: what the page shows lets them in, and only the demo shows it."""

import pytest
import time_machine
from django.http import Http404
from django.test import RequestFactory

from config.authenticators import authenticators_page
from elections.demo.authenticators import demo_code, demo_seed, give_authenticators
from elections.models import Authenticator
from elections.one_time_codes import seed_of, use_app_code
from tests import factories
from tests.isolation.walk import addresses


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-03-01T12:00:10Z", tick=False):
        yield


def test_page_is_not_there_outside_the_demo(settings, juinen):
    assert "authenticators" not in addresses()
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Http404):
        authenticators_page(RequestFactory().get("/_authenticator/"))


def test_code_of_the_demo_lets_a_colleague_in():
    user = factories.make_staff(username="beheer@juinen.example")
    give_authenticators()
    give_authenticators()
    app = Authenticator.objects.get(user=user)
    assert seed_of(app).uncover() == demo_seed(user.username)
    assert use_app_code(app, demo_code(user.username))


def test_demo_leaves_alone_who_has_an_app():
    user = factories.make_staff()
    factories.make_authenticator(user)
    give_authenticators()
    assert Authenticator.objects.get().name == "app"
