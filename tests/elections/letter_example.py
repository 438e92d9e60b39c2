"""What one appointment letter says, for tests that print it."""

from datetime import date

from elections.queries.letter_facts import LetterFacts, letter_facts
from tests import factories


def facts_of_a_letter() -> LetterFacts:
    """The letter of A.B. van der Berg: one place, one day part, an allowance of one euro."""
    event = factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")
    factories.make_election(event, name="Provinciale Staten")
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event, allowance_cents=100)
    )
    member = factories.make_member(initials="A.B.", infix="van der", last_name="Berg")
    factories.make_assignment(member, shift)
    return letter_facts(event)[member.pk]
