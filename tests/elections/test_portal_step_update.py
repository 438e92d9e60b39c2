"""Opening and closing a part of the portal, by the team. What members see of it: test_portal_step.py."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from elections.actions.portal_step import PartSetting, update_portal_step
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import AuditEvent
from tests import factories


def _update(event, **changes):
    step = factories.make_portal_step(event, StepKind.AVAILABILITY, is_on=False)
    return update_portal_step(step, PartSetting(is_on=True, **changes), version=step.version, by=None)


def test_update_portal_step_switches_on_and_is_logged():
    event = factories.make_event()

    step = _update(event, text="  Graag voor 1 februari.  ")

    assert step.is_open
    assert step.text == "Graag voor 1 februari."
    assert AuditEvent.objects.get(action="portal_step.update").details["step"] == "availability"


def test_update_portal_step_refuses_an_end_before_the_begin():
    now = timezone.now()

    with pytest.raises(ActionError, match="einddatum"):
        _update(factories.make_event(), opens_at=now, closes_at=now - timedelta(hours=1))


def test_database_refuses_an_end_before_the_begin():
    now = timezone.now()

    with pytest.raises(IntegrityError, match="portal_step_in_order"):
        factories.make_portal_step(
            factories.make_event(), "letters", opens_at=now, closes_at=now - timedelta(hours=1)
        )
