"""The parts of the portal as the team sees them: for whom, and who sees nothing now."""

from dataclasses import dataclass

from django.db.models import Prefetch

from elections.enums import MENU_STEPS, StepKind
from elections.models import Audience, ElectionEvent, PortalStep
from elections.queries.audience import audience_words, counts_of, with_parts
from elections.queries.portal_step import period_text


@dataclass(frozen=True)
class PartRow:
    """One part in the team's list. `who` is empty and `members` None when it is for everybody."""

    step: PortalStep
    period: str
    who: str = ""
    members: int | None = None

    @property
    def is_for_nobody(self) -> bool:
        """Whether the part is on and its audience holds nobody any more."""
        return self.step.is_on and self.members == 0

    @property
    def is_own(self) -> bool:
        return self.step.kind == StepKind.OWN

    @property
    def in_menu(self) -> bool:
        return StepKind(self.step.kind) in MENU_STEPS


def part_rows(event: ElectionEvent) -> list[PartRow]:
    """All parts of an event in the team's order, in at most five queries."""
    audiences = Prefetch("audience", queryset=with_parts(Audience.objects.all()))
    steps = list(event.portal_steps.prefetch_related(audiences))
    counts = counts_of([step.audience for step in steps if step.audience])
    return [
        PartRow(
            step,
            period_text(step),
            audience_words(step.audience) if step.audience else "",
            counts[step.audience.pk] if step.audience else None,
        )
        for step in steps
    ]
