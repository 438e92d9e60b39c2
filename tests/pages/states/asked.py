"""What the municipality itself asks: questions of each kind, declarations, and changes that wait or were refused."""

from typing import Any

from elections.models import Declaration, DeclarationText
from tests import factories
from tests.pages.states.scene import Scene, state, url


def _questions() -> list[Any]:
    return [
        factories.make_own_field(
            "choice",
            "geen",
            "vegetarisch",
            "geen varkensvlees",
            name="Dieetwensen",
            help="Wij bestellen een lunch en een warme maaltijd.",
            is_required=True,
        ),
        factories.make_own_field("yes_no", name="Hebt u een auto?"),
    ]


@state("asked")
def data_with_questions_and_declarations(scene: Scene) -> Any:
    _questions()
    factories.make_declaration(title="Geen kandidaat")
    return scene.member.get(url("personal-data"))


@state("asked")
def question_with_choices(scene: Scene) -> Any:
    return scene.member.get(url("personal-data-own-field", _questions()[0]))


@state("asked")
def question_that_was_not_answered(scene: Scene) -> Any:
    field = _questions()[0]
    return scene.member.post(url("personal-data-own-field", field), {"version": "1", "answer": ""})


@state("asked")
def question_with_yes_or_no(scene: Scene) -> Any:
    return scene.member.get(url("personal-data-own-field", _questions()[1]))


@state("asked")
def declaration_that_may_be_refused(scene: Scene) -> Any:
    declaration = factories.make_declaration("Mijn nummer mag in de brief.", is_required=False)
    return scene.member.get(url("personal-data-declaration", declaration))


@state("asked")
def declaration_with_a_new_text(scene: Scene) -> Any:
    declaration = factories.make_declaration("Ik sta op geen lijst.", title="Geen kandidaat")
    factories.make_consent(scene.world.member, declaration)
    DeclarationText.objects.create(declaration=declaration, edition=2, text="Ik sta op geen enkele lijst.")
    Declaration.objects.filter(pk=declaration.pk).update(edition=2)
    return scene.member.get(url("personal-data-declaration", declaration))


@state("asked")
def change_that_was_refused(scene: Scene) -> Any:
    factories.make_personal_data_change(
        scene.world.member,
        subject="address",
        state="refused",
        decided_at="2027-01-01T12:00Z",
        reason="Dit adres bestaat niet. Kijk het huisnummer na.",
    )
    return scene.member.get(url("personal-data"))
