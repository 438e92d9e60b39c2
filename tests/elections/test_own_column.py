"""Answers to own questions in a member list: read, compared, written and taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from elections.actions.member_import import plan_of
from elections.actions.member_import_undo import run_import_undo, start_import_undo
from elections.actions.own_field import OwnQuestion, update_own_field
from elections.errors import ActionError
from elections.imports.member_columns import check_mapping, column_choices, guess_mapping
from elections.imports.member_undo import undo_plan
from elections.imports.own_column import own_key, understood
from elections.models import AuditEvent, ImportFile, OwnField, OwnFieldValue
from tests import factories
from tests.elections.test_member_import import imported, uploaded

BSN = "999900018"


@pytest.fixture
def staff():
    return factories.make_staff()


@pytest.fixture
def diet():
    return factories.make_own_field("choice", "geen", "vegetarisch", name="Dieet-wens")


@pytest.fixture
def car():
    return factories.make_own_field("yes_no", name="Heeft auto", in_portal=False)


def texts():
    return set(OwnFieldValue.objects.values_list("member__last_name", "field__name", "text"))


def test_columns_are_found_by_the_name_of_the_question(diet, car):
    mapping = guess_mapping(["Achternaam", "dieetwens", "HEEFT AUTO", "Anders"])
    assert mapping == {0: "last_name", 1: own_key(diet), 2: own_key(car)}
    check_mapping(mapping, ["Achternaam", "dieetwens", "HEEFT AUTO", "Anders"])
    assert column_choices()[own_key(car)] == "Heeft auto"


def test_question_is_chosen_once_and_a_removed_one_is_left_out(diet, car):
    with pytest.raises(ActionError, match="Heeft auto"):
        check_mapping({0: "last_name", 1: own_key(car), 2: own_key(car)}, ["a", "b", "c"])
    chosen = {"a": "last_name", "b": own_key(car)}
    OwnField.objects.filter(pk=car.pk).update(is_active=False)
    with pytest.raises(ActionError, match="horen niet bij dit bestand"):
        check_mapping({0: "last_name", 1: own_key(car)}, ["a", "b"])
    assert guess_mapping(["a", "b"], chosen) == {0: "last_name"}


@pytest.mark.parametrize(
    ("kind", "text", "stored"),
    [
        ("yes_no", "Ja", "yes"),
        ("yes_no", "x", "yes"),
        ("yes_no", "NEE", "no"),
        ("yes_no", " ", ""),
        ("choice", "VEGETARISCH", "vegetarisch"),
        ("text", "=1+1", "=1+1"),
    ],
)
def test_answers_as_people_write_them(kind, text, stored):
    choices = ("geen", "vegetarisch") if kind == "choice" else ()
    assert understood(factories.make_own_field(kind, *choices), text) == stored


def test_import_writes_answers_of_new_and_known_members(staff, diet, car):
    known = factories.make_member(number=7, last_name="Berg", first_name="", initials="A.")
    factories.make_own_value(known, diet, "geen")
    job = imported(
        "Lidnummer;Voorletters;Achternaam;Dieet-wens;Heeft auto\n7;A.;Berg;Vegetarisch;\n;B.;Nieuw;;ja\n",
        by=staff,
    )
    assert job.result == "1 nieuw lid. 1 lid gewijzigd."
    assert texts() == {("Berg", "Dieet-wens", "vegetarisch"), ("Nieuw", "Heeft auto", "yes")}
    known.refresh_from_db()
    assert known.version == 2
    event = AuditEvent.objects.get(action="member.import", object_id=str(known.uuid))
    assert event.details == {"fields": ["Dieet-wens"]}


def test_same_answers_again_change_nothing(staff, diet):
    known = factories.make_member(number=7, last_name="Berg", first_name="", initials="A.")
    factories.make_own_value(known, diet, "geen")
    plan = plan_of(uploaded("Lidnummer;Voorletters;Achternaam;Dieet-wens\n7;A.;Berg;geen\n", by=staff))
    assert plan.to_do == 0


def test_fault_names_the_column_and_repeats_no_number(staff, diet):
    remark = factories.make_own_field(name="Bijzonderheid")
    plan = plan_of(uploaded(f"Achternaam;Dieet-wens;Bijzonderheid\nBerg;alles;mijn BSN is {BSN}\n", by=staff))
    assert [(fault.row, fault.column) for fault in plan.faults] == [(2, diet.name), (2, remark.name)]
    assert BSN not in repr(plan.faults)


def test_undoing_brings_back_the_answers_of_before(staff, diet, car):
    known = factories.make_member(number=7, last_name="Berg", first_name="", initials="A.")
    factories.make_own_value(known, diet, "geen")
    imported("Lidnummer;Voorletters;Achternaam;Dieet-wens;Heeft auto\n7;A.;Berg;vegetarisch;ja\n", by=staff)
    import_file = ImportFile.objects.get()
    job = start_import_undo(import_file, seen=undo_plan(import_file).fingerprint, by=staff)
    run_import_undo(job)
    assert texts() == {("Berg", "Dieet-wens", "geen")}


def undo_after(change, *, by, diet):
    """The answers after an import over "geen", `change`, and undoing the import."""
    known = factories.make_member(number=7, last_name="Berg", first_name="", initials="A.")
    factories.make_own_value(known, diet, "geen")
    imported("Lidnummer;Voorletters;Achternaam;Dieet-wens\n7;A.;Berg;vegetarisch\n", by=by)
    change()
    import_file = ImportFile.objects.get()
    run_import_undo(start_import_undo(import_file, seen=undo_plan(import_file).fingerprint, by=by))
    return texts()


def test_undoing_brings_back_the_answer_to_a_question_that_is_out_of_use(staff, diet):
    found = undo_after(lambda: OwnField.objects.update(is_active=False), by=staff, diet=diet)
    assert found == {("Berg", "Dieet-wens", "geen")}


@pytest.mark.parametrize(
    ("choices", "answer"),
    [(("alles", "vegetarisch"), "alles"), (("", "vegetarisch"), "vegetarisch")],
    ids=["other words", "removed"],
)
def test_undoing_gives_no_answer_that_cannot_be_chosen_any_more(staff, diet, choices, answer):
    question = OwnQuestion(name=diet.name, why=diet.why, choices=choices, added=("halal",))
    found = undo_after(lambda: update_own_field(diet, question, version=1, by=staff), by=staff, diet=diet)
    assert found == {("Berg", "Dieet-wens", answer)}


def test_import_holds_a_question_before_it_writes_its_answers(staff, diet):
    with CaptureQueriesContext(connection) as asked:
        imported("Achternaam;Dieet-wens\nBerg;geen\n", by=staff)
    texts = [query["sql"] for query in asked]
    held = next(place for place, text in enumerate(texts) if "ownfield" in text and "FOR UPDATE" in text)
    assert held < next(
        place for place, text in enumerate(texts) if 'INSERT INTO "elections_ownfieldv' in text
    )


def test_plan_asks_no_more_for_more_rows(staff, diet, django_assert_max_num_queries):
    head = "Voorletters;Achternaam;Dieet-wens\n"
    few = uploaded(head + "A.;Berg;geen\n", by=staff)
    many = uploaded(head + "".join(f"A.;Berg{row};geen\n" for row in range(30)), by=staff)
    with django_assert_max_num_queries(8) as first:
        plan_of(few)
    with django_assert_max_num_queries(len(first)):
        plan_of(many)
