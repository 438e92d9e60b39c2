"""What the municipality asked somebody goes along in their file, and goes when they are erased or its term is over."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from elections.actions.privacy import erase_member
from elections.actions.retention import clean_up
from elections.enums import EraseReason
from elections.exports.person import person_sections
from elections.imports.own_column import PREFIX, own_key
from elections.models import DeclarationConsent, ImportedMember, OwnField, OwnFieldValue, PersonalDataChange
from elections.retention import RULES
from tests import factories


@pytest.fixture
def member():
    member = factories.make_member(with_user=False)
    diet = factories.make_own_field("yes_no", name="Heeft auto", why="Om spullen te brengen.")
    factories.make_own_value(member, diet, "yes")
    declaration = factories.make_declaration("Ik sta op geen lijst.", title="Geen kandidaat")
    factories.make_consent(member, declaration)
    factories.make_personal_data_change(member)
    return member


def test_file_of_a_person_holds_answers_texts_and_changes(member):
    OwnField.objects.update(is_active=False)  # what is no longer asked is still known
    sections = person_sections(member)
    (answer,) = sections["Uw antwoorden op eigen vragen van de gemeente"]
    assert (answer["Vraag"], answer["Antwoord"]) == ("Heeft auto", "Ja")
    assert answer["Waarom wij dit vragen"] == "Om spullen te brengen."
    (consent,) = sections["Uw verklaringen, met de tekst en het moment"]
    assert (consent["Tekst"], consent["Antwoord"]) == ("Ik sta op geen lijst.", "ja")
    (change,) = sections["Wijzigingen die u aan ons vroeg"]
    assert (change["Gegeven"], change["Gevraagd"]) == ("telefoonnummer", "+31 6 87654321")


def test_erasing_a_person_leaves_nothing_of_it(member):
    other = factories.make_member()
    factories.make_own_value(other, OwnField.objects.get(), "no")
    erase_member(member, by=None, reason=EraseReason.REQUEST)
    assert list(OwnFieldValue.objects.values_list("member", flat=True)) == [other.pk]
    assert not DeclarationConsent.objects.exists()
    assert not PersonalDataChange.objects.exists()


def test_decided_changes_go_after_their_term_and_waiting_ones_stay(member):
    long_ago = timezone.now() - timedelta(days=RULES["privacy_request"].days + 1)
    factories.make_personal_data_change(member, state="approved", asked_at=long_ago, decided_at=long_ago)
    recent = factories.make_personal_data_change(
        member, state="approved", decided_at=timezone.now() - timedelta(days=1)
    )
    PersonalDataChange.objects.filter(state="waiting").update(asked_at=long_ago)
    clean_up()
    assert set(PersonalDataChange.objects.values_list("state", "pk")) == {
        ("waiting", PersonalDataChange.objects.get(state="waiting").pk),
        ("approved", recent.pk),
    }


def test_kept_application_is_shown_to_whom_it_is_of():
    member = factories.make_member(first_name="Anna", last_name="Jansen", email="samen@voorbeeld.example")
    for first_name in ("Anna", "Piet"):
        factories.make_application(
            state="kept",
            first_name=first_name,
            last_name="Jansen",
            email="Samen@voorbeeld.example",
            decided_at=timezone.now(),
        )
    factories.make_application(state="kept", first_name="Anna", last_name="Jansen", decided_at=timezone.now())
    rows = person_sections(member)["Een aanmelding die wij voor u bewaren"]
    assert [row["Naam"] for row in rows] == ["Anna Jansen"]


def test_what_an_import_replaced_is_told_in_words():
    diet = factories.make_own_field("yes_no", name="Heeft auto", is_active=False)
    member = factories.make_member(with_user=False)
    ImportedMember.objects.create(
        import_file=factories.make_import_file(),
        member=member,
        row=2,
        is_new=False,
        version=1,
        before={own_key(diet): "yes", f"{PREFIX}{uuid4()}": "x", "birth_date": "1970-01-02", "city": "Oud"},
    )
    (row,) = [
        row
        for row in person_sections(member)["Lidnummer en data van het ledenbestand"]
        if "Ingelezen uit bestand" in row
    ]
    assert row["Heeft auto daarvoor"] == "Ja"
    assert row["Een vraag die niet meer bestaat daarvoor"] == "x"
    assert (row["Geboortedatum daarvoor"], row["Plaats daarvoor"]) == ("2 januari 1970", "Oud")
    assert not [label for label in row if PREFIX in label]
