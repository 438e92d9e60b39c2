"""What the municipality itself asks, in the portal: own questions, declarations, and changes that wait for the team."""

from typing import Any

import pytest
from django.urls import reverse

from elections.actions.personal_data_change import choose_approved_subjects, refuse_personal_data_change
from elections.models import (
    Declaration,
    DeclarationConsent,
    DeclarationText,
    OwnFieldValue,
    PersonalDataChange,
)
from tests import factories

HOME = "/personal-data/"


@pytest.fixture(autouse=True)
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "personal_data")


def page(client: Any, address: str = HOME) -> str:
    return client.get(address).content.decode()


def address(name: str, row: Any) -> str:
    return reverse(f"portal:personal-data-{name}", args=[row.uuid])


def test_page_shows_nothing_of_what_is_not_asked(as_member: Any) -> None:
    factories.make_own_field(in_portal=False, name="Alleen voor het team")
    factories.make_own_field(is_active=False, name="Vroeger gevraagd")
    shown = page(as_member)
    assert "Alleen voor het team" not in shown
    assert "Vroeger gevraagd" not in shown
    assert "Wat wij nog meer vragen" not in shown


def test_question_stands_with_its_reason_and_is_answered(as_member: Any, member: Any) -> None:
    field = factories.make_own_field(
        "choice", "geen", "halal", name="Dieetwens", why="Om eten te bestellen.", is_required=True
    )
    shown = page(as_member)
    assert "Om eten te bestellen." in shown
    assert "Om eten te bestellen." in page(as_member, address("own-field", field))
    assert "Dieetwens" in as_member.post("/personal-data/confirm/", follow=True).content.decode()
    response = as_member.post(address("own-field", field), {"version": member.version, "answer": ""})
    assert "Geef antwoord op deze vraag." in response.content.decode()
    response = as_member.post(address("own-field", field), {"version": member.version, "answer": "halal"})
    assert response.url == HOME
    assert "halal" in page(as_member)


def test_free_question_can_be_left_open_again(as_member: Any, member: Any) -> None:
    field = factories.make_own_field("yes_no")
    factories.make_own_value(member, field, "yes")
    assert "Dat vul ik niet in" in page(as_member, address("own-field", field))
    as_member.post(address("own-field", field), {"version": member.version, "answer": " "})
    assert not OwnFieldValue.objects.exists()


def test_number_of_a_person_is_no_answer(as_member: Any, member: Any) -> None:
    field = factories.make_own_field()
    sent = {"version": member.version, "answer": "mijn BSN is 111222333"}
    assert "geen BSN of rekeningnummer" in as_member.post(address("own-field", field), sent).content.decode()
    assert not OwnFieldValue.objects.exists()


def test_question_of_the_team_is_not_found(as_member: Any) -> None:
    field = factories.make_own_field(in_portal=False)
    assert as_member.get(address("own-field", field)).status_code == 404
    declaration = factories.make_declaration(is_active=False)
    assert as_member.get(address("declaration", declaration)).status_code == 404


def test_declaration_is_read_and_confirmed(as_member: Any) -> None:
    declaration = factories.make_declaration("Ik sta op geen lijst.", title="Geen kandidaat")
    assert "Ik sta op geen lijst." in page(as_member, address("declaration", declaration))
    response = as_member.post(address("declaration", declaration), {"edition": "1"})
    assert "Kruis aan dat u dit verklaart." in response.content.decode()
    assert as_member.post(address("declaration", declaration), {"edition": "1", "agreed": "on"}).url == HOME
    assert "Ja, op " in page(as_member)


def test_free_declaration_takes_a_no(as_member: Any) -> None:
    declaration = factories.make_declaration(is_required=False)
    assert (
        "Kies ja of nee."
        in as_member.post(address("declaration", declaration), {"edition": "1"}).content.decode()
    )
    as_member.post(address("declaration", declaration), {"edition": "1", "agreed": "no"})
    assert "Nee, op " in page(as_member)


def test_text_that_changed_meanwhile_is_read_first(as_member: Any, member: Any) -> None:
    declaration = factories.make_declaration("Oud.")
    factories.make_consent(member, declaration)
    DeclarationText.objects.create(declaration=declaration, edition=2, text="Nieuw.")
    Declaration.objects.update(edition=2)
    assert "De tekst is veranderd nadat u antwoordde." in page(as_member, address("declaration", declaration))
    response = as_member.post(address("declaration", declaration), {"edition": "1", "agreed": "on"})
    text = response.content.decode()
    assert "De tekst is intussen veranderd." in text
    assert "Nieuw." in text
    assert 'name="edition" value="2"' in text
    assert " checked" not in text
    assert DeclarationConsent.objects.count() == 1


def test_change_waits_is_shown_and_can_be_taken_back(as_member: Any, member: Any) -> None:
    choose_approved_subjects(["phone"], by=factories.make_staff())
    sent = {"version": member.version, "phone": "0687654321"}
    response = as_member.post("/personal-data/phone/", sent, follow=True)
    text = response.content.decode()
    assert "Het team kijkt eerst naar uw wijziging." in text
    assert "Uw telefoonnummer wordt: +31 6 87654321." in text
    assert "+31 6 12345678" in text  # what counts until then
    assert 'value="+31 6 87654321"' in page(as_member, "/personal-data/phone/")
    change = PersonalDataChange.objects.get()
    response = as_member.post(address("change-withdraw", change), follow=True)
    assert "Uw gegevens blijven zoals ze zijn." in response.content.decode()
    assert "Het team kijkt nog" not in page(as_member)


def test_refusal_is_told_with_its_reason(as_member: Any, member: Any) -> None:
    change = factories.make_personal_data_change(member)
    refuse_personal_data_change(change, "Dit nummer is van een ander.", by=factories.make_staff())
    text = page(as_member)
    assert "Wij namen uw wijziging niet over" in text
    assert "Dit nummer is van een ander." in text


def test_change_of_somebody_else_is_not_found(as_member: Any) -> None:
    change = factories.make_personal_data_change(factories.make_member())
    assert as_member.post(address("change-withdraw", change)).status_code == 404


def test_page_asks_as_much_for_three_questions_as_for_one(
    as_member: Any, django_assert_max_num_queries: Any
) -> None:
    factories.make_own_field()
    factories.make_declaration()
    page(as_member)
    with django_assert_max_num_queries(30) as first:
        page(as_member)
    for _number in range(3):
        factories.make_own_field("choice", "een", "twee")
        factories.make_declaration()
    with django_assert_max_num_queries(len(first)):
        page(as_member)
