"""What becomes of rows that point to a member when two rows of one person are joined: for every relation there is."""

from types import MappingProxyType

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import ForeignKey, ManyToManyField, OneToOneField
from django_tenants.utils import tenant_context

from elections.actions import member_relations
from elections.actions.member_relations import (
    MEMBER_RULES,
    USER_RULES,
    Drop,
    Elsewhere,
    Move,
    OnePer,
    check_nothing_left,
    move_member_rows,
    relations_to,
)
from elections.models import AppointmentLetter, Member, User
from tests import factories


@pytest.mark.parametrize(("target", "rules"), [(Member, MEMBER_RULES), (User, USER_RULES)])
def test_every_relation_has_a_rule(target, rules):
    """A new foreign key to Member or User: decide in elections/actions/member_relations.py what joining two does."""
    assert sorted(relations_to(target)) == sorted(rules)


@pytest.mark.parametrize("target", [Member, User])
def test_relations_are_those_that_django_knows(target):
    """Found a second way, from the other side: fields and hidden tables that point to the model."""
    seen = {
        (each.related_model, each.field.name)
        for each in target._meta.get_fields(include_hidden=True)
        if (each.one_to_many or each.one_to_one) and each.auto_created and not each.concrete
    }
    assert seen == set(relations_to(target).values())
    many = [each for model in apps.get_models() for each in model._meta.local_many_to_many]
    for each in many:
        if target in (each.model, each.related_model):
            through = each.remote_field.through._meta.model_name
            assert any(name.startswith(f"{through}.") for name in relations_to(target))


@pytest.mark.parametrize("target", [Member, User])
def test_what_may_be_there_once_has_a_rule_that_knows_it(target):
    """A unique constraint on the member would make moving fail: such a relation needs more than Move."""
    rules = MEMBER_RULES if target is Member else USER_RULES
    careless = []
    settled = {
        "availability",
        "availabilityresponse",
        "preference",
        "companionwish",
        "conversation",
        "assignment",
    }
    for name, (model, column) in relations_to(target).items():
        unique = isinstance(model._meta.get_field(column), OneToOneField) or any(
            column in getattr(constraint, "fields", ()) for constraint in model._meta.constraints
        )
        unique = unique or any(column in together for together in model._meta.unique_together)
        if unique and type(rules[name]) is Move and model._meta.model_name not in settled:
            careless.append(name)
    assert careless == []


def test_one_per_names_fields_of_its_model():
    for name, rule in MEMBER_RULES.items():
        if isinstance(rule, OnePer):
            model, _column = relations_to(Member)[name]
            for each in rule.fields:
                assert not isinstance(model._meta.get_field(each), ManyToManyField)


def test_relation_without_a_rule_stops_the_work(monkeypatch):
    one, other = factories.make_member(), factories.make_member()
    fewer = {name: rule for name, rule in MEMBER_RULES.items() if name != "newsreading.member"}
    monkeypatch.setattr(member_relations, "MEMBER_RULES", MappingProxyType(fewer))
    with pytest.raises(LookupError, match=r"newsreading\.member"):
        move_member_rows(one, other, {})


def test_row_that_stayed_behind_stops_the_work():
    member = factories.make_member()
    factories.make_conversation(member)
    with pytest.raises(RuntimeError, match=r"conversation\.member"):
        check_nothing_left(member)


def test_rules_that_leave_rows_to_others_are_few():
    """Numbers and the log-in itself; what goes away with an account are its keys and half-done steps."""
    elsewhere = {name for name, rule in {**MEMBER_RULES, **USER_RULES}.items() if isinstance(rule, Elsewhere)}
    assert elsewhere == {"membersecret.member", "member.user"}
    dropped = {name for name, rule in MEMBER_RULES.items() if isinstance(rule, Drop)}
    assert dropped == set()


def test_foreign_keys_are_found_by_kind():
    model, column = relations_to(Member)["member_labels.member"]
    assert isinstance(model._meta.get_field(column), ForeignKey)


def test_file_that_goes_is_that_of_the_municipality_where_it_was_joined(
    juinen, zonneiland, django_capture_on_commit_callbacks
):
    """At the moment of the commit another municipality may be at work."""
    event = factories.make_event()
    keep, gone = factories.make_member(), factories.make_member()
    letters = [
        factories.make_letter(member, event, number=number) for number, member in enumerate((keep, gone), 1)
    ]
    for letter in letters:
        letter.file = default_storage.save(f"letters/{letter.number}.pdf", ContentFile(b"%PDF-"))
        letter.save()
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        move_member_rows(keep, gone, {})
    left = AppointmentLetter.objects.get()
    lost = next(letter.file for letter in letters if letter.pk != left.pk)
    with tenant_context(zonneiland):
        for callback in callbacks:
            callback()
    assert default_storage.exists(left.file)
    assert not default_storage.exists(lost)
