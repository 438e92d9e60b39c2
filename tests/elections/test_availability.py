"""Rules of the answer that no page can get around."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation
from django_tenants.utils import tenant_context

from elections.actions import availability as actions
from elections.enums import AvailabilityAnswer
from elections.errors import ActionError, ChangedElsewhere, StepNotOpen
from elections.models import AuditEvent, Availability, AvailabilityResponse
from tests import factories


def prepare() -> tuple[Any, Any, Any]:
    event = factories.make_event()
    factories.make_portal_step(event, "availability")
    part = factories.make_day_part(factories.make_polling_day(event))
    return factories.make_member(), event, part


def test_day_without_step_is_refused() -> None:
    member, event, part = prepare()
    event.portal_steps.all().delete()
    with pytest.raises(StepNotOpen):
        actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.YES}, by=None)
    assert not AvailabilityResponse.objects.exists()


def test_day_with_a_part_of_another_day_is_refused() -> None:
    member, event, part = prepare()
    other = factories.make_day_part(factories.make_polling_day(event, kind="counting"))
    answers = {part: AvailabilityAnswer.YES, other: AvailabilityAnswer.YES}
    with pytest.raises(ActionError, match="Kies bij elk dagdeel een antwoord"):
        actions.save_day(member, part.polling_day, answers, by=None)


def test_stale_page_is_refused_unless_it_says_the_same() -> None:
    member, _event, part = prepare()
    actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.YES}, by=None)
    with pytest.raises(ChangedElsewhere):
        actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.NO}, seen={part: ""}, by=None)
    actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.YES}, seen={part: ""}, by=None)
    assert Availability.objects.get().answer == "yes"


def test_position_of_another_event_is_refused() -> None:
    member, event, _part = prepare()
    foreign = factories.make_position(factories.make_event())
    with pytest.raises(ActionError, match="Kies een functie uit de lijst"):
        actions.save_positions(member, event, [foreign], by=None)


def test_answer_after_saying_no_has_to_be_sent_again() -> None:
    member, event, part = prepare()
    actions.report_unavailable(member, event, "Vakantie", by=None)
    actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.YES}, by=None)
    response = AvailabilityResponse.objects.get()
    assert (response.unavailable_reason, response.submitted_at) == ("", None)


def test_simultaneous_submits_send_once(committed: None, juinen: Any) -> None:
    member, event, part = prepare()
    actions.save_day(member, part.polling_day, {part: AvailabilityAnswer.YES}, by=None)

    def submit(_number: int) -> Any:
        with tenant_context(juinen), timezone.override(juinen.tz), translation.override("nl"):
            moment = actions.submit_availability(member, event, by=None).submitted_at
        connection.close()
        return moment

    with ThreadPoolExecutor(6) as pool:
        moments = set(pool.map(submit, range(12)))
    assert len(moments) == 1
    assert AuditEvent.objects.filter(action="availability.submit").count() == 1
