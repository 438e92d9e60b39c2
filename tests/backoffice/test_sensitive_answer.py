"""Answers that can tell of somebody's health or faith (AVG art. 9): who reads them, and who cannot even guess."""

import pytest
from django.urls import reverse

from elections.models import OwnField
from tests import factories

LIST = "/backoffice/member/"


@pytest.fixture
def diet():
    return factories.make_own_field("choice", "geen", "halal", name="Dieetwens", is_sensitive=True)


@pytest.fixture
def car():
    return factories.make_own_field("yes_no", name="Hebt u een auto?", is_sensitive=False)


@pytest.fixture
def member(diet, car):
    member = factories.make_member(first_name="Nazli")
    factories.make_own_value(member, diet, "halal")
    factories.make_own_value(member, car, "yes")
    factories.make_member(first_name="Willemijn")
    return member


@pytest.fixture
def ask(juinen, client_for):
    clients = {role: client_for(juinen, factories.make_staff(role)) for role in ("planner", "reader")}

    def page(role, url, query=""):
        return clients[role].get(f"{url}?{query}").content.decode()

    return page


@pytest.mark.parametrize(("role", "is_shown"), [("planner", True), ("reader", False)])
def test_page_and_list_show_a_sensitive_answer_to_few(ask, member, diet, car, role, is_shown):
    page = ask(role, reverse("backoffice:member-detail", args=[member.uuid]))
    assert ("halal" in page) is is_shown
    assert "Hebt u een auto?" in page
    listed = ask(role, LIST, f"columns=number&columns=own-{diet.uuid}&columns=own-{car.uuid}")
    assert ("halal" in listed) is is_shown
    assert ("Dieetwens" in listed) is is_shown
    assert "Hebt u een auto?" in listed


def test_filter_on_a_sensitive_answer_finds_nobody_for_who_may_not_read_it(ask, member, diet, car):
    by_diet, by_car = f"own_{diet.uuid.hex}==halal", f"own_{car.uuid.hex}==yes"
    found = ask("planner", LIST, by_diet)
    assert "Nazli" in found
    assert "Willemijn" not in found
    guessed = ask("reader", LIST, by_diet)
    assert "Nazli" not in guessed
    assert "Willemijn" not in guessed, "a filter that is left out shows everybody, and so reaches everybody"
    assert "Nazli" in ask("reader", LIST, by_car)


def test_mark_is_taken_away_only_by_who_may_read_the_answers(juinen, client_for, diet):
    url = reverse("backoffice:own-field-edit", args=[diet.uuid])
    sent = {"version": "1", "name": "Dieetwens", "why": "Eten.", "choice_1": "geen", "choice_2": "halal"}
    refused = client_for(juinen, factories.make_staff("communication")).post(url, sent)
    assert "Alleen wie gevoelige antwoorden mag zien" in refused.content.decode()
    assert OwnField.objects.get().is_sensitive
    assert client_for(juinen, factories.make_staff("planner")).post(url, sent).status_code == 302
    assert not OwnField.objects.get().is_sensitive
