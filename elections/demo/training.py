"""A training of an invented municipality: most members did it, some failed, and a few have just begun."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone

from elections.actions.training import TrainingFacts, create_training
from elections.enums import PositionKind, TrainingSource
from elections.models import Member, TrainingResult, TrainingStart

# Of ten members without a date of an earlier training: who passed, failed, began; the others did nothing yet.
_PASSED: Final = 4
_FAILED: Final = 5
_BEGUN: Final = 7


def train(members: Sequence[Member], seed: int) -> None:
    """Set a training up, with results that came from its site and members who are still busy."""
    chance = random.Random(seed)  # noqa: S311 - invented data
    facts = TrainingFacts(
        name="Basistraining stembureau",
        site="https://training.example/stembureau",
        position_kinds=tuple(
            kind.value for kind in (PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR, PositionKind.MEMBER)
        ),
        valid_months=24,
        is_on=True,
    )
    training, today = create_training(facts, by=None), timezone.localdate()
    starts, results = [], []
    for member in members:
        fate = chance.randrange(10)
        if member.trained_on or fate >= _BEGUN:
            continue
        done_on = today - timedelta(days=chance.randint(1, 20))
        starts.append(TrainingStart(training=training, member=member))
        if fate >= _FAILED:
            continue
        passed = fate < _PASSED
        results.append(
            TrainingResult(
                training=training,
                member=member,
                done_on=done_on,
                passed=passed,
                score=f"{chance.randint(6, 10) if passed else chance.randint(2, 5)}",
                expires_on=training.last_valid_day(done_on) if passed else None,
                source=TrainingSource.IMPORT,
                noted_by="Pim Planning",
            )
        )
    TrainingStart.objects.bulk_create(starts, batch_size=2000)
    TrainingResult.objects.bulk_create(results, batch_size=2000)
