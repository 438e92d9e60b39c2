"""What an invented municipality asks itself: three questions, two declarations, and names that the team looks at."""

import random
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from elections.actions.declaration import DeclarationWording, create_declaration
from elections.actions.own_answer import set_own_answers
from elections.actions.own_field import OwnQuestion, create_own_field
from elections.actions.personal_data_change import choose_approved_subjects
from elections.enums import DataSubject, OwnFieldKind
from elections.models import DeclarationConsent, Member, PersonalDataChange, User
from elections.models.own_field import NO, YES

_DIETS: Final = ("geen", "vegetarisch", "veganistisch", "geen varkensvlees", "zonder gluten")
# Of ten members so many answered, and of ten of those so many eat everything.
_ANSWERED: Final = 7
_EATS_ALL: Final = 6
_WAITING: Final = 3


@transaction.atomic
def ask_more(members: Sequence[Member], seed: int) -> None:
    """Ask it; most members answered, and three of them want another name."""
    by = User.objects.filter(role="administrator").first() or User.objects.exclude(role="").first()
    if by is None:
        return
    chance = random.Random(seed)  # noqa: S311 - invented data
    diet = create_own_field(
        OwnFieldKind.CHOICE,
        OwnQuestion(
            "Dieetwensen",
            "Om eten te bestellen voor wie de hele dag werkt.",
            added=_DIETS,
            for_catering=True,
        ),
        by=by,
    )
    car = create_own_field(
        OwnFieldKind.YES_NO,
        OwnQuestion("Hebt u een auto?", "Om spullen te kunnen brengen.", is_sensitive=False),
        by=by,
    )
    create_own_field(
        OwnFieldKind.TEXT,
        OwnQuestion(
            "Maat van het hesje", "Om genoeg hesjes te bestellen.", in_portal=False, is_sensitive=False
        ),
        by=by,
    )
    looked = [member for member in members if chance.randrange(10) < _ANSWERED]
    diets = [_DIETS[0] if chance.randrange(10) < _EATS_ALL else chance.choice(_DIETS[1:]) for _each in looked]
    set_own_answers((member, diet, text) for member, text in zip(looked, diets, strict=True))
    set_own_answers((member, car, chance.choice((YES, NO))) for member in looked)
    _declare(looked, chance, by)
    choose_approved_subjects([DataSubject.NAME, DataSubject.BIRTH_DATE], by=by)
    PersonalDataChange.objects.bulk_create(
        PersonalDataChange(
            member=member,
            subject=DataSubject.NAME,
            values={
                "initials": member.initials,
                "first_name": member.first_name,
                "infix": "",
                "last_name": f"{member.last_name}-Visser",
            },
        )
        for member in looked[:_WAITING]
    )


def _declare(members: Sequence[Member], chance: random.Random, by: User) -> None:
    candidate = create_declaration(
        DeclarationWording(
            title="Geen kandidaat",
            text="Ik sta niet op een kandidatenlijst voor deze verkiezing.",
            why="Zodat kiezers het stembureau vertrouwen.",
        ),
        by=by,
    )
    phone = create_declaration(
        DeclarationWording(
            title="Telefoonnummer in de brief",
            text="Mijn telefoonnummer mag in de brief van mijn team staan.",
            why="Zodat uw team u kan bellen.",
            is_required=False,
        ),
        by=by,
    )
    for declaration, yes in ((candidate, 1.0), (phone, 0.8)):
        text = declaration.texts.get()
        DeclarationConsent.objects.bulk_create(
            DeclarationConsent(text=text, member=member, agreed=chance.random() < yes) for member in members
        )
