"""The page "Uw training", and the way from there to the site of a trainer."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from elections.models import AuditEvent, TrainingStart
from tests import factories


@pytest.fixture
def event(db: None) -> Any:
    made = factories.make_event()
    factories.make_polling_day(made)
    factories.make_position(made)
    return made


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "training")


@pytest.fixture
def training(db: None) -> Any:
    return factories.make_training(name="Basistraining")


@pytest.fixture
def member(db: None) -> Any:
    return factories.make_member(last_name="Achternaamdieweg")


@pytest.fixture
def portal(juinen: Any, client_for: Any, member: Any) -> Any:
    return client_for(juinen, member.user)


def page(portal: Any) -> str:
    return portal.get("/training/").content.decode()


def test_home_leads_to_the_training(portal: Any, step: Any, training: Any) -> None:
    home = portal.get("/").content.decode()
    assert "Uw training" in home
    assert 'href="/training/"' in home


def test_member_goes_to_the_site_with_a_link_of_their_own(
    portal: Any, step: Any, training: Any, member: Any
) -> None:
    assert "Begin met de training" in page(portal)
    answer = portal.post(f"/training/{training.uuid}/begin/")
    assert answer.status_code == 302
    # A form may go nowhere but here, so the answer to it is a page of our own with a link.
    assert answer["Location"] == f"/training/{training.uuid}/go/"
    go = portal.get(answer["Location"])
    policy = go["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "training.example" not in policy
    assert go["Referrer-Policy"] == "same-origin"
    assert "no-store" in go["Cache-Control"]
    (link,) = re.findall(
        r'href="(https://training\.example/[^"]*)" rel="noopener noreferrer"', go.content.decode()
    )
    assert unescape(link).startswith("https://training.example/begin?zitting=eyJ")
    start = TrainingStart.objects.get()
    assert (start.training, start.member) == (training, member)
    assert "Ga verder met de training" in page(portal)
    assert AuditEvent.objects.filter(action="training.begin").count() == 1


def test_work_with_trainings_of_its_own_asks_one_for_each(
    portal: Any, event: Any, step: Any, member: Any
) -> None:
    """Another training for the chair than for members of the board: one of them is not enough, and the page says so."""
    factories.make_position(event, kind="chair")
    for_chair = factories.make_training(name="Leidinggeven", position_kinds=["chair"])
    factories.make_training(name="Zo werkt het", position_kinds=["member"])
    member.qualified_for = ["chair", "member"]
    member.save()
    first = page(portal)
    assert "Eén training is genoeg" not in first
    assert "U hebt meer dan één training nodig" in first
    assert "Voorzitter: nog te doen" in first
    assert "Stembureaulid: nog te doen" in first
    assert first.count("Telt voor uw werk als") == 2
    factories.make_training_result(for_chair, member, done_on=timezone.localdate())
    then = page(portal)
    assert "Voorzitter: gedaan" in then
    assert "Stembureaulid: nog te doen" in then
    assert "U hebt de training gedaan" not in then


def test_work_without_a_training_yet_is_named(portal: Any, event: Any, step: Any, member: Any) -> None:
    factories.make_position(event, kind="chair")
    factories.make_training(name="Zo werkt het", position_kinds=["member"])
    member.qualified_for = ["chair", "member"]
    member.save()
    assert "Voorzitter: er staat nog geen training klaar" in page(portal)


def test_one_of_two_trainings_that_count_for_all_work_is_enough(
    portal: Any, event: Any, step: Any, training: Any
) -> None:
    factories.make_position(event, kind="chair")
    factories.make_training(name="Nog een training")
    found = page(portal)
    assert "Eén training is genoeg" in found
    assert "meer dan één training" not in found


def test_link_is_for_who_pressed_the_button(portal: Any, step: Any, training: Any) -> None:
    factories.make_training_start(training, factories.make_member())
    assert portal.get(f"/training/{training.uuid}/go/").status_code == 404


def test_link_is_gone_when_the_part_closes_or_the_training_goes_off(
    portal: Any, step: Any, training: Any, member: Any
) -> None:
    factories.make_training_start(training, member)
    path = f"/training/{training.uuid}/go/"
    assert portal.get(path).status_code == 200
    training.is_on = False
    training.save()
    assert portal.get(path)["Location"] == "/training/"
    training.is_on = True
    training.save()
    step.closes_at = timezone.now()
    step.save()
    assert portal.get(path)["Location"] == "/training/"
    assert "De training is nu niet open" in page(portal)
    sent = portal.post(f"/training/{training.uuid}/begin/", follow=True).content.decode()
    assert "gesloten" in sent


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Gehaald"),
        ({"passed": False}, "Nog niet gehaald"),
        ({"expires_on": date(2026, 2, 1)}, "Telt niet meer mee"),
    ],
)
def test_page_tells_how_it_went(
    portal: Any, step: Any, training: Any, member: Any, values: dict[str, Any], words: str
) -> None:
    factories.make_training_result(training, member, **values)
    shown = page(portal)
    assert words in shown
    assert ("U hebt de training gedaan" in shown) is (not values)
    assert ("met de training" in shown) is bool(values)


def test_who_needs_none_and_where_none_is_ready_is_told_so(portal: Any, event: Any, step: Any) -> None:
    assert "Er staat nog geen training klaar" in page(portal)
    event.positions.update(needs_training=False)
    assert "U hoeft nu geen training te doen" in page(portal)


def test_page_needs_as_many_queries_for_one_training_as_for_three(
    portal: Any, step: Any, member: Any, training: Any
) -> None:
    page(portal)
    with CaptureQueriesContext(connection) as one:
        page(portal)
    for _number in range(2):
        factories.make_training_result(factories.make_training(), member, passed=False)
    with CaptureQueriesContext(connection) as three:
        page(portal)
    assert len(three) == len(one)
