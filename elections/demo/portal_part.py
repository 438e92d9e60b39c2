"""A part of the portal that an invented team made itself, which a few members read."""

from collections.abc import Sequence
from typing import Final

from elections.actions.portal_step import PartSetting, create_own_part, mark_part_read
from elections.models import ElectionEvent, Member, User

READERS: Final = 12
TEXT: Final = """Op de dag zelf is het druk bij de stembureaus. Kom als het kan met de fiets.

## Komt u met de auto?

- Parkeer niet voor de ingang. Die is voor kiezers die slecht lopen.
- Betaald parkeren? Bewaar uw bonnetje. Wij betalen het u terug.

## Eten en drinken

De gemeente zorgt voor koffie, thee en een lunch. Hebt u een dieet? Laat het ons weten bij **Berichten**.
"""


def explain(event: ElectionEvent, members: Sequence[Member]) -> None:
    """Add one part with practical information, open to everybody."""
    by = User.objects.filter(role="communication").first() or User.objects.exclude(role="").first()
    part = create_own_part(event, PartSetting(is_on=True, title="Praktische informatie", body=TEXT), by=by)
    for member in members[:READERS]:
        mark_part_read(part, member)
