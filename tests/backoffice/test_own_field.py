"""Own questions on the pages of the team: making them, one member's answers, and the filter of the list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.actions.own_answer import update_own_answers
from elections.models import AuditEvent, OwnField, OwnFieldValue
from tests import factories

LIST = "/backoffice/own-field/"
BSN = "111222333"


@pytest.fixture
def diet():
    return factories.make_own_field("choice", "geen", "halal", name="Dieetwens")


def page(client, url, **data):
    return client.get(url, data).content.decode()


def test_empty_list_says_what_questions_are_for(planner):
    assert "U hebt nog geen eigen vragen" in page(planner, LIST)


def test_question_is_made_changed_moved_and_removed(planner):
    values = {"name": "Dieetwens", "why": "Voor het eten.", "added": "geen\n\nhalal\n", "in_portal": "on"}
    response = planner.post(f"{LIST}create/?kind=choice", values)
    assert response.url == LIST
    field = OwnField.objects.get()
    assert (field.choices, field.in_portal, field.is_required) == (["geen", "halal"], True, False)
    edit = reverse("backoffice:own-field-edit", args=[field.uuid])
    assert 'value="halal"' in page(planner, edit)
    changed = values | {
        "version": "1",
        "added": "veganistisch",
        "choice_1": "geen",
        "choice_2": "hallal",
        "is_active": "on",
        "is_required": "on",
    }
    assert planner.post(edit, changed).url == LIST
    field.refresh_from_db()
    assert (field.choices, field.is_required) == (["geen", "hallal", "veganistisch"], True)
    other = factories.make_own_field()
    planner.post(reverse("backoffice:own-field-move", args=[other.uuid]), {"up": "1"})
    assert list(OwnField.objects.all()) == [other, field]
    delete = reverse("backoffice:own-field-delete", args=[field.uuid])
    assert "verdwijnen mee" in page(planner, delete)
    planner.post(delete)
    assert list(OwnField.objects.all()) == [other]


def test_removal_asks_for_fresh_proof(planner, diet):
    session = planner.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    response = planner.post(reverse("backoffice:own-field-delete", args=[diet.uuid]))
    assert response.url.startswith("/confirm/")
    assert OwnField.objects.exists()


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"why": ""}, "Schrijf op waarom u dit vraagt."),
        ({"name": ""}, "Schrijf de vraag op."),
        ({"added": "een"}, "Geef 2 tot 20 antwoorden"),
        ({"added": "x" * 101 + "\ntwee"}, "hoogstens 100 tekens"),
        ({"name": "DIEETWENS"}, "al een vraag met deze naam"),
    ],
)
def test_mistakes_are_told(planner, diet, values, error):
    sent = {"name": "Vraag", "why": "Daarom.", "added": "een\ntwee"} | values
    assert error in planner.post(f"{LIST}create/?kind=choice", sent).content.decode()
    assert OwnField.objects.count() == 1


def test_kind_that_does_not_exist_is_not_found(planner):
    assert planner.get(f"{LIST}create/?kind=iets").status_code == 404


def test_page_of_an_older_version_does_not_win(planner, diet):
    edit = reverse("backoffice:own-field-edit", args=[diet.uuid])
    values = {"name": "Eten", "why": "Daarom.", "choice_1": "geen", "choice_2": "halal", "version": "1"}
    assert planner.post(edit, values).url == LIST
    text = planner.post(edit, values | {"name": "Drinken"}).content.decode()
    assert "Een collega heeft deze vraag intussen gewijzigd" in text


def test_list_asks_as_much_for_three_questions_as_for_one(planner, diet, django_assert_max_num_queries):
    planner.get(LIST)
    with django_assert_max_num_queries(20) as first:
        planner.get(LIST)
    for _number in range(3):
        factories.make_own_field("choice", "een", "twee")
    with django_assert_max_num_queries(len(first)):
        planner.get(LIST)


def test_team_changes_the_answers_of_a_member(planner, diet):
    member = factories.make_member()
    team_only = factories.make_own_field("yes_no", in_portal=False, name="Heeft sleutel")
    detail = reverse("backoffice:member-detail", args=[member.uuid])
    assert "Heeft sleutel" in page(planner, detail)
    answers = reverse("backoffice:own-field-answers", args=[member.uuid])
    assert answers in page(planner, detail)
    sent = {"version": "1", f"answer_{diet.uuid}": "halal", f"answer_{team_only.uuid}": "yes"}
    assert planner.post(answers, sent).url == detail
    shown = page(planner, detail)
    assert "halal" in shown
    assert AuditEvent.objects.filter(action="own_answer.update").count() == 1


def test_answers_that_changed_elsewhere_are_kept_and_saved_the_second_time(planner, diet):
    member = factories.make_member()
    update_own_answers(member, {diet: "geen"}, version=1, by=None)
    url = reverse("backoffice:own-field-answers", args=[member.uuid])
    response = planner.post(url, {"version": "1", f"answer_{diet.uuid}": "halal"})
    text = response.content.decode()
    assert "intussen ergens anders gewijzigd" in text
    assert 'name="version" value="2"' in text
    planner.post(url, {"version": "2", f"answer_{diet.uuid}": "halal"})
    assert OwnFieldValue.objects.get().text == "halal"


def test_number_of_a_person_is_no_answer_and_does_not_come_back(planner):
    member, field = factories.make_member(), factories.make_own_field()
    url = reverse("backoffice:own-field-answers", args=[member.uuid])
    response = planner.post(url, {"version": "1", f"answer_{field.uuid}": BSN})
    assert "geen BSN of rekeningnummer" in response.content.decode()
    assert not OwnFieldValue.objects.exists()


def test_member_without_questions_gets_an_empty_page(planner):
    url = reverse("backoffice:own-field-answers", args=[factories.make_member().uuid])
    assert "U hebt nog geen eigen vragen" in page(planner, url)


def test_list_of_members_filters_by_answers_and_declarations(planner, diet):
    halal, nothing = (factories.make_member(last_name=name) for name in ("Halalstra", "Nietsma"))
    remark = factories.make_own_field(name="Bijzonderheid")
    declaration = factories.make_declaration(title="Geen kandidaat")
    factories.make_own_value(halal, diet, "halal")
    factories.make_own_value(nothing, remark, "iets")
    factories.make_consent(halal, declaration)

    def found(name, row, value):
        text = page(planner, "/backoffice/member/", **{f"{name}_{row.uuid.hex}": value})
        return {person for person in ("Halalstra", "Nietsma") if person in text}

    assert found("own", diet, "=halal") == {"Halalstra"}
    assert found("own", diet, "=geen") == set()
    assert found("own", diet, "empty") == {"Nietsma"}
    assert found("own", remark, "filled") == {"Nietsma"}
    assert found("declaration", declaration, "yes") == {"Halalstra"}
    assert found("declaration", declaration, "open") == {"Nietsma"}
