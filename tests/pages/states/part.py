"""The parts of the portal: closed, done, refused or half-way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from elections.models import (
    AppointmentLetter,
    Assignment,
    PortalStep,
)
from tests import factories
from tests.pages.states.scene import Scene, State, state, url


def _steps(scene: Scene, *kinds: str, **values: Any) -> None:
    found = PortalStep.objects.filter(event=scene.world.event)
    (found.filter(kind__in=kinds) if kinds else found).update(**values)


def _soon(scene: Scene) -> None:
    _steps(scene, opens_at=timezone.now() + timedelta(days=7))


def _over(scene: Scene) -> None:
    _steps(scene, closes_at=timezone.now() - timedelta(days=1))


PARTS: Final = ("home", "availability", "reservation", "training", "letter-list", "survey-list")


def _part_states() -> Iterator[State]:
    for close, words in ((_soon, "before_it_opens"), (_over, "after_it_closed")):
        for name in PARTS:

            def show(scene: Scene, close: Any = close, name: str = name) -> Any:
                close(scene)
                return scene.member.get(url(name))

            show.__name__ = f"{name.replace('-', '_')}_{words}"
            yield show


for each in _part_states():
    state("closed parts")(each)


@state("closed parts")
def own_part_before_it_opens(scene: Scene) -> Any:
    _soon(scene)
    return scene.member.get(url("part-detail", scene.world.own_part))


@state("closed parts")
def documents_that_the_team_closed(scene: Scene) -> Any:
    _steps(scene, "documents", is_on=False)
    return scene.member.get(url("document-list"))


@state("closed parts")
def letter_that_was_withdrawn(scene: Scene) -> Any:
    AppointmentLetter.objects.update(
        state="withdrawn",
        published_at=timezone.now(),
        publications=1,
        withdrawn_at=timezone.now(),
    )
    return scene.member.get(url("letter-list"))


@state("parts")
def letter_that_is_new(scene: Scene) -> Any:
    AppointmentLetter.objects.update(published_at=timezone.now())
    return scene.member.get(url("letter-list"))


@state("parts")
def availability_half_way(scene: Scene) -> Any:
    factories.make_availability(scene.world.member, scene.world.day_part)
    return scene.member.get(url("availability"))


@state("parts")
def availability_not_at_all(scene: Scene) -> Any:
    return scene.member.post(url("availability-unavailable"), {"reason": "Vakantie"}, follow=True)


def _without_places(scene: Scene) -> None:
    Assignment.objects.all().delete()


@state("parts")
def reservation_to_begin(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.get(url("reservation-search"))


@state("parts")
def reservation_place(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.get(url("reservation-shift", scene.world.shift))


@state("parts")
def reservation_place_that_is_taken(scene: Scene) -> Any:
    _without_places(scene)
    for _place in range(scene.world.shift.places):
        factories.make_assignment(factories.make_member(), scene.world.shift, state="reserved")
    return scene.member.post(url("reservation-shift", scene.world.shift), follow=True)


@state("parts")
def reservation_without_result(scene: Scene) -> Any:
    return scene.member.get(url("reservation-places") + "?q=nergens")


@state("parts")
def reservation_just_made(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.post(url("reservation-shift", scene.world.shift), follow=True)


@state("parts")
def placement_declined(scene: Scene) -> Any:
    Assignment.objects.filter(pk=scene.world.assignment.pk).update(
        state="declined", declined_at=timezone.now()
    )
    return scene.member.get(url("placement"))


@state("parts")
def training_passed(scene: Scene) -> Any:
    factories.make_training_result(scene.world.training, scene.world.member, done_on=timezone.localdate())
    return scene.member.get(url("training"))


@state("parts")
def calendar_feed_made(scene: Scene) -> Any:
    return scene.member.post(url("calendar-make"), follow=True)
