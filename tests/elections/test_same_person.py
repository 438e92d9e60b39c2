"""Which names may belong to one person, and how likely that is."""

from dataclasses import dataclass

import pytest

from elections.same_person import Comparison, Likeness, compare, facts_of


@dataclass
class Person:
    last_name: str
    initials: str = ""
    first_name: str = ""
    infix: str = ""
    city: str = ""


def compared(one: Person, other: Person) -> Comparison | None:
    there, back = compare(facts_of(one), facts_of(other)), compare(facts_of(other), facts_of(one))
    assert there == back
    return there


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Person("Özdemir", "A."), Person("Ozdemir", "A.")),
        (Person("Sørensen", "A."), Person("Sorensen", "A.")),
        (Person("Meijer", "A."), Person("Meyer", "A.")),
        (Person("BAKKER", "A."), Person("Bakker", "A.")),
        (Person("Vaart", "A.", infix="van der"), Person("van der Vaart", "A.")),
        (Person("Vaart", "A.", infix="van der"), Person("Vaart, van der", "A.")),
        (Person("Vandervaart", "A."), Person("Vaart", "A.", infix="van der")),
        (Person("Vaart", "A.", infix="van der"), Person("Vaart", "A.")),
        (Person("'t Hart", "A."), Person("Hart", "A.", infix="’t")),
        (Person("Jansen-de Vries", "A."), Person("Vries", "A.", infix="de")),
        (Person("Jansen-de Vries", "A."), Person("Jansen", "A.")),
        (Person("de Vries - Jansen", "A."), Person("Jansen–de Vries", "A.")),
        (Person("Vries geb. Jansen", "A.", infix="de"), Person("Jansen", "A.")),
        (Person("Bakker", "Th.J."), Person("Bakker", "T.J.")),
        (Person("Bakker", "AB"), Person("Bakker", "A.B.")),
        (Person("Bakker", "A.B."), Person("Bakker", "A.")),
        (Person("Bakker", first_name="Anna"), Person("Bakker", "A.")),
        (Person("Vaart", first_name="Hans"), Person("Vaart", "W.", "Hans")),
        (Person("Vaart", "H.", "Hans"), Person("Vaart", "W.", "Hans")),
        (Person("Bakker"), Person("Bakker", "A.")),
    ],
)
def test_other_way_of_writing_does_not_hide_anybody(one: Person, other: Person) -> None:
    assert compared(one, other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Person("Bakker", "A."), Person("Visser", "A.")),
        (Person("Bakker", "A."), Person("Bakkers", "A.")),
        (Person("Bakker", "A."), Person("Bakker", "B.")),
        (Person("Bakker", "A.B."), Person("Bakker", "A.C.")),
        (Person("Bakker", first_name="Anna"), Person("Bakker", "P.", "Piet")),
        (Person("Vries", "A.", infix="de"), Person("Boer", "A.", infix="de")),
    ],
)
def test_other_people_are_not_compared(one: Person, other: Person) -> None:
    assert compared(one, other) is None


def test_likeness_grows_with_what_is_equal() -> None:
    anna = Person("Bakker", "A.B.", "Anna", city="Juinen")
    likeness = [
        found.likeness if (found := compared(anna, other)) else None
        for other in (
            Person("Bakker", "A.B.", "Anna", city="Juinen"),
            Person("Bakker", "A.B.", city="Den Haag"),
            Person("Bakker-Visser", "A.", city="Den Haag"),
        )
    ]
    assert likeness == [Likeness.HIGH, Likeness.MEDIUM, Likeness.LOW]


def test_reasons_are_told() -> None:
    found = compared(
        Person("Vaart", "A.", "Anna", "van der", "Juinen"), Person("Vaart", "A.", "Ans", "van", "Den Haag")
    )
    assert found is not None
    assert [str(reason) for reason in found.supports] == ["zelfde achternaam", "zelfde voorletters"]
    assert [str(reason) for reason in found.against] == [
        "andere roepnaam",
        "ander tussenvoegsel",
        "andere woonplaats",
    ]
