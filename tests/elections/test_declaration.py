"""Declarations: the text that somebody agreed to is kept, and another text is asked again."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from elections.actions import declaration as actions
from elections.actions.declaration import DeclarationWording, answer_declaration
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.models import AuditEvent, Declaration, DeclarationConsent, DeclarationText, Member
from elections.queries.declaration import (
    consents_of,
    declarations_of,
    lacks_declarations,
    missing_declarations,
    texts_of,
    with_consent_counts,
)
from tests import factories


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


def wording(**values):
    defaults = {"title": "Geen kandidaat", "text": "Ik sta op geen lijst.", "why": "Voor het vertrouwen."}
    return DeclarationWording(**defaults | values)


def test_another_text_is_a_new_edition_and_the_old_one_stays(colleague):
    declaration = actions.create_declaration(wording(), by=colleague)
    actions.update_declaration(declaration, wording(title="Kandidaat"), version=1, by=colleague)
    actions.update_declaration(
        declaration, wording(text="Ik sta op geen enkele lijst."), version=2, by=colleague
    )
    declaration.refresh_from_db()
    assert declaration.edition == 2
    assert [text.text for text in texts_of(declaration)] == [
        "Ik sta op geen enkele lijst.",
        "Ik sta op geen lijst.",
    ]


def test_database_keeps_a_text_as_it_was():
    declaration = factories.make_declaration()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        DeclarationText.objects.filter(declaration=declaration).update(text="Iets anders.")


def test_title_is_used_once_and_nobody_saves_over_a_colleague(colleague):
    declaration = actions.create_declaration(wording(), by=colleague)
    with pytest.raises(ActionError, match="al een verklaring met deze titel"):
        actions.create_declaration(wording(title="geen KANDIDAAT"), by=colleague)
    actions.update_declaration(declaration, wording(why="Anders."), version=1, by=colleague)
    with pytest.raises(ChangedElsewhere):
        actions.update_declaration(declaration, wording(), version=1, by=colleague)


def test_declaration_that_somebody_answered_cannot_go_only_out_of_use(colleague, member):
    declaration = factories.make_declaration()
    consent = factories.make_consent(member, declaration)
    with pytest.raises(ActionError, match="bewijs"):
        actions.delete_declaration(declaration, by=colleague)
    assert list(DeclarationConsent.objects.all()) == [consent]
    actions.retire_declaration(declaration, by=colleague)
    actions.retire_declaration(declaration, by=colleague)
    declaration.refresh_from_db()
    assert (declaration.is_active, declaration.version) == (False, 2)
    assert AuditEvent.objects.filter(action="declaration.retire").count() == 1
    assert consents_of(member).count() == 1


def test_no_to_an_older_text_keeps_a_declaration_too(colleague, member):
    declaration = factories.make_declaration(is_required=False)
    factories.make_consent(member, declaration, agreed=False)
    text = DeclarationText.objects.create(declaration=declaration, edition=2, text="Anders.")
    Declaration.objects.update(edition=text.edition)
    with pytest.raises(ActionError, match="bewijs"):
        actions.delete_declaration(declaration, by=colleague)


def test_order_and_removal(colleague):
    first = actions.create_declaration(wording(), by=colleague)
    second = actions.create_declaration(wording(title="Brief"), by=colleague)
    actions.move_declaration(first, up=False, by=colleague)
    assert list(Declaration.objects.all()) == [second, first]
    actions.delete_declaration(second, by=colleague)
    actions.delete_declaration(second, by=colleague)
    assert list(Declaration.objects.all()) == [first]
    assert AuditEvent.objects.filter(action="declaration.delete").count() == 1


def test_answer_keeps_the_text_and_the_moment(event, member):
    declaration = factories.make_declaration("Ik sta op geen lijst.")
    moment = timezone.now() + timedelta(hours=1)
    with time_machine.travel(moment, tick=False):
        for _twice in range(2):
            answer_declaration(member, event, declaration, agreed=True, edition=1, by=member.user)
    consent = consents_of(member).get()
    assert (consent.text.text, consent.answered_at, consent.agreed) == (
        "Ik sta op geen lijst.",
        moment,
        True,
    )
    assert AuditEvent.objects.filter(action="declaration.answer").count() == 1


def test_required_one_cannot_be_answered_with_no_and_a_free_one_can_later(event, member):
    required, free = factories.make_declaration(), factories.make_declaration(is_required=False)
    with pytest.raises(ActionError, match="Kruis aan"):
        answer_declaration(member, event, required, agreed=False, edition=1, by=member.user)
    answer_declaration(member, event, free, agreed=True, edition=1, by=member.user)
    answer_declaration(member, event, free, agreed=False, edition=1, by=member.user)
    assert [consent.agreed for consent in consents_of(member)] == [False]


def test_answer_to_a_text_that_changed_is_refused(colleague, event, member):
    declaration = actions.create_declaration(wording(), by=colleague)
    actions.update_declaration(declaration, wording(text="Een nieuwe tekst."), version=1, by=colleague)
    with pytest.raises(ChangedElsewhere, match="intussen veranderd"):
        answer_declaration(member, event, declaration, agreed=True, edition=1, by=member.user)
    actions.update_declaration(
        declaration, wording(text="Een nieuwe tekst.", is_active=False), version=2, by=colleague
    )
    with pytest.raises(ActionError, match="niet meer gevraagd"):
        answer_declaration(member, event, declaration, agreed=True, edition=2, by=member.user)
    with pytest.raises(StepNotOpen):
        answer_declaration(member, factories.make_event(), declaration, agreed=True, edition=2, by=None)


def test_one_and_many_agree_on_what_is_still_asked(colleague, member):
    def lacks():
        return Member.objects.filter(lacks_declarations(), pk=member.pk).exists()

    assert (missing_declarations(member), lacks()) == ([], False)
    required = factories.make_declaration()
    assert (missing_declarations(member), lacks()) == ([required.title], True)
    factories.make_consent(member, required)
    assert (missing_declarations(member), lacks()) == ([], False)
    free = factories.make_declaration(is_required=False)
    assert (missing_declarations(member), lacks()) == ([free.title], True)
    factories.make_consent(member, free, agreed=False)
    assert (missing_declarations(member), lacks()) == ([], False)
    new = wording(title=required.title, text="Een nieuwe tekst.")
    actions.update_declaration(required, new, version=1, by=colleague)
    assert (missing_declarations(member), lacks()) == ([required.title], True)
    assert [each.earlier for each in declarations_of(member)] == [True, False]
    Declaration.objects.update(is_active=False)
    assert (missing_declarations(member), lacks()) == ([], False)


def test_counts_are_of_active_members_and_the_newest_text(colleague, member):
    declaration = actions.create_declaration(wording(is_required=False), by=colleague)
    factories.make_consent(factories.make_member(), declaration)
    actions.update_declaration(
        declaration, wording(text="Een nieuwe tekst.", is_required=False), version=1, by=colleague
    )
    declaration.refresh_from_db()
    factories.make_consent(member, declaration)
    factories.make_consent(factories.make_member(), declaration, agreed=False)
    factories.make_consent(factories.make_member(is_active=False), declaration)
    counted = with_consent_counts().get()
    assert (counted.yes, counted.no, counted.newest_text) == (1, 1, "Een nieuwe tekst.")
