"""Questions of the municipality's own: what may be one, what may be an answer, and who still has to give it."""

import pytest
from django.db import IntegrityError, transaction

from elections import own_answer, secrets
from elections.actions import own_field as actions
from elections.actions.own_answer import give_own_answer, set_own_answers, update_own_answers
from elections.actions.own_field import OwnQuestion
from elections.enums import OwnFieldKind
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.models import AuditEvent, Member, OwnField, OwnFieldValue
from elections.queries.own_field import own_answers, with_answer_counts, with_answer_to
from elections.queries.personal_data import lacks_personal_data, missing_personal_data
from tests import factories

BSN, IBAN = "111222333", "NL91ABNA0417164300"


@pytest.fixture
def colleague():
    return factories.make_staff()


@pytest.fixture
def event():
    event = factories.make_event()
    factories.make_portal_step(event, "personal_data")
    return event


@pytest.fixture
def member():
    return factories.make_member()


def question(**values):
    return OwnQuestion(**{"name": "Dieetwens", "why": "Om eten te bestellen."} | values)


def diet(**values):
    return factories.make_own_field("choice", "geen", "vegetarisch", "halal", **values)


def test_questions_come_at_the_end_and_change_places(colleague):
    first = actions.create_own_field(OwnFieldKind.TEXT, question(), by=colleague)
    second = actions.create_own_field(OwnFieldKind.YES_NO, question(name="Hebt u een auto?"), by=colleague)
    assert list(OwnField.objects.all()) == [first, second]
    actions.move_own_field(second, up=True, by=colleague)
    assert list(OwnField.objects.all()) == [second, first]
    actions.move_own_field(second, up=True, by=colleague)
    assert list(OwnField.objects.all()) == [second, first]
    assert AuditEvent.objects.filter(action__startswith="own_field.").count() == 3


def test_name_is_used_once_whatever_the_capitals(colleague):
    actions.create_own_field(OwnFieldKind.TEXT, question(), by=colleague)
    with pytest.raises(ActionError, match="al een vraag met deze naam"):
        actions.create_own_field(OwnFieldKind.TEXT, question(name="DIEETWENS"), by=colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_own_field(name="dieetWENS")


@pytest.mark.parametrize("choices", [(), ("een",), ("een", "Een"), tuple(map(str, range(21)))])
def test_choices_are_two_to_twenty_different_ones(colleague, choices):
    with pytest.raises(ActionError):
        actions.create_own_field(OwnFieldKind.CHOICE, question(added=choices), by=colleague)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "text", "choices": ["een", "twee"]},
        {"kind": "choice", "choices": []},
        {"is_required": True, "in_portal": False},
        {"why": ""},
    ],
)
def test_database_refuses_what_cannot_be(values):
    kind = values.pop("kind", "text")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_own_field(kind, **values)


def test_what_members_are_not_asked_is_not_required(colleague):
    field = actions.create_own_field(
        OwnFieldKind.TEXT, question(in_portal=False, is_required=True), by=colleague
    )
    assert not field.is_required


def test_other_words_of_a_choice_reach_who_chose_it_also_when_two_change_places(colleague, member):
    field, other = diet(), factories.make_member()
    factories.make_own_value(member, field, "vegetarisch")
    factories.make_own_value(other, field, "halal")
    wording = question(choices=("geen", "halal", "vegetarisch"), added=("veganistisch",))
    actions.update_own_field(field, wording, version=1, by=colleague)
    field.refresh_from_db()
    assert field.choices == ["geen", "halal", "vegetarisch", "veganistisch"]
    texts = dict(OwnFieldValue.objects.values_list("member", "text"))
    assert texts == {member.pk: "halal", other.pk: "vegetarisch"}


def test_choice_that_somebody_made_stays_and_another_may_go(colleague, member):
    field = diet()
    factories.make_own_value(member, field, "halal")
    with pytest.raises(ActionError, match="“halal” kan niet weg: 1 leden"):
        actions.update_own_field(
            field, question(choices=("geen", "vegetarisch", "")), version=1, by=colleague
        )
    actions.update_own_field(field, question(choices=("geen", "", "halal")), version=1, by=colleague)
    field.refresh_from_db()
    assert field.choices == ["geen", "halal"]


def test_nobody_saves_over_a_colleague(colleague):
    field = diet()
    actions.update_own_field(
        field, question(choices=("geen", "vegetarisch", "halal")), version=1, by=colleague
    )
    with pytest.raises(ChangedElsewhere):
        actions.update_own_field(field, question(name="Anders"), version=1, by=colleague)


def test_removing_a_question_removes_its_answers(colleague, member):
    field = factories.make_own_field()
    factories.make_own_value(member, field, "iets")
    actions.delete_own_field(field, by=colleague)
    actions.delete_own_field(field, by=colleague)
    assert not OwnFieldValue.objects.exists()
    assert AuditEvent.objects.get(action="own_field.delete").details == {"members": 1}


def test_member_answers_and_takes_back(event, member):
    field = diet()
    give_own_answer(member, event, field, "halal", version=1, by=member.user)
    give_own_answer(member, event, field, "halal", version=1, by=member.user)
    assert [answer.words for answer in own_answers(member, OwnField.objects.asked())] == ["halal"]
    assert AuditEvent.objects.filter(action="own_answer.give").count() == 1
    give_own_answer(member, event, field, "", version=2, by=member.user)
    assert not OwnFieldValue.objects.exists()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"is_required": True}, ""),
        ({"is_active": False}, "iets"),
        ({"in_portal": False}, "iets"),
        ({}, "x" * 501),
        ({}, f"mijn nummer is {BSN}"),
        ({}, IBAN),
        ({"kind": "yes_no"}, "misschien"),
        ({"kind": "choice", "choices": ["een", "twee"]}, "drie"),
    ],
)
def test_what_a_member_cannot_answer(event, member, values, text):
    field = factories.make_own_field(**values)
    with pytest.raises(ActionError) as refusal:
        give_own_answer(member, event, field, text, version=1, by=member.user)
    assert BSN not in refusal.value.message
    assert IBAN not in refusal.value.message
    assert not OwnFieldValue.objects.exists()


def test_answer_waits_for_the_part_to_be_open(member):
    with pytest.raises(StepNotOpen):
        give_own_answer(member, factories.make_event(), diet(), "halal", version=1, by=member.user)


def test_answer_does_not_go_over_what_changed_elsewhere(event, member):
    field = diet()
    give_own_answer(member, event, field, "halal", version=1, by=member.user)
    with pytest.raises(ChangedElsewhere):
        give_own_answer(member, event, field, "geen", version=1, by=member.user)
    with pytest.raises(ChangedElsewhere):
        update_own_answers(member, {field: "geen"}, version=1, by=None)


def test_team_fills_in_what_members_do_not_see(colleague, member):
    field, asked = factories.make_own_field(in_portal=False), factories.make_own_field(is_required=True)
    update_own_answers(member, {field: "belt liever", asked: ""}, version=1, by=colleague)
    assert [(answer.field, answer.text) for answer in own_answers(member, OwnField.objects.active())] == [
        (field, "belt liever"),
        (asked, ""),
    ]
    assert own_answers(member, OwnField.objects.asked())[0].field == asked
    event = AuditEvent.objects.get(action="own_answer.update")
    assert event.details == {"fields": [field.name]}  # which question, and not what the answer was


def test_nothing_is_filled_in_for_who_was_erased(colleague):
    member = factories.make_member(with_user=False)
    Member.objects.filter(pk=member.pk).update(
        erased_at="2027-01-01T12:00Z", is_active=False, email="", phone="", birth_date=None
    )
    with pytest.raises(ActionError, match="gewist"):
        update_own_answers(member, {factories.make_own_field(): "iets"}, version=1, by=colleague)


def test_one_and_many_agree_on_who_still_has_to_answer(member):
    def lacks():
        return Member.objects.filter(lacks_personal_data(), pk=member.pk).exists()

    Member.objects.filter(pk=member.pk).update(
        street="Laan", house_number="1", postcode="1234 AB", city="Juinen", phone="+31 6 12345678"
    )
    member.refresh_from_db()
    for kind in ("bsn", "iban"):
        _secret(member, kind)
    kinds = ["bsn", "iban"]
    factories.make_own_field()
    factories.make_own_field(in_portal=False)
    assert (missing_personal_data(member, kinds), lacks()) == ([], False)
    field = factories.make_own_field(is_required=True)
    assert (missing_personal_data(member, kinds), lacks()) == ([field.name], True)
    factories.make_own_value(member, field, "iets")
    assert (missing_personal_data(member, kinds), lacks()) == ([], False)
    gone = factories.make_own_field(is_required=True)
    OwnField.objects.filter(pk=gone.pk).update(is_active=False)
    assert (missing_personal_data(member, kinds), lacks()) == ([], False)


def _secret(member, kind):
    secrets.set_secret(member, kind, {"bsn": BSN, "iban": IBAN}[kind], by=None)


def test_members_are_found_and_counted_by_their_answers(member):
    fields = [diet(), factories.make_own_field("yes_no")]
    others = [factories.make_member() for _number in range(3)]
    set_own_answers([(member, fields[0], "halal"), (member, fields[1], "yes"), (others[0], fields[1], "no")])
    set_own_answers([(member, fields[0], "geen")])
    everybody = Member.objects.all()
    assert list(with_answer_to(everybody, fields[1], "yes")) == [member]
    assert list(with_answer_to(everybody, fields[0], None)) == [member]
    assert with_answer_to(everybody, fields[1], "").count() == 2
    assert [each.answers for each in with_answer_counts()] == [1, 2]


def test_answer_of_one_kind_is_tidied():
    assert own_answer.checked(factories.make_own_field(), "  veel \n spaties ") == "veel spaties"


@pytest.mark.parametrize(
    "text",
    [
        "BSN 111 222 333",
        "bsn:111222333",
        "dat is 111.222.333, denk ik",
        "mijn rekening is NL91 ABNA 0417 1643 00",
        "rekening:NL91ABNA0417164300.",
    ],
)
def test_number_between_other_words_is_refused(member, colleague, text):
    field = factories.make_own_field("text")
    with pytest.raises(ActionError, match="geen BSN"):
        update_own_answers(member, {field: text}, version=member.version, by=colleague)
    assert not OwnFieldValue.objects.exists()
