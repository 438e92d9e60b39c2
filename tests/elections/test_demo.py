"""The invented municipalities: what the pages of the planning need is really there."""

import pytest

from elections.demo.story import CITY, Size, fill
from elections.distance import homes, metres, points
from elections.models import (
    Assignment,
    CompanionWish,
    Document,
    ElectionEvent,
    Member,
    NewsItem,
    NewsReading,
    OutboxMail,
    PollingStation,
    PortalStep,
    Preference,
    Shift,
    Venue,
)
from elections.queries.event import current_event
from elections.queries.experience import experience

SIZE = Size(stations=CITY, chairs=40, members=60, counters=30, reserves=10)


@pytest.fixture
def city(juinen):
    fill(juinen, SIZE, chapter="answered")
    return juinen


def test_city_has_an_earlier_event_a_neighbourhood_for_each_and_wishes(city):
    event = current_event()
    earlier = ElectionEvent.objects.get(name="Gemeenteraad 2026")
    assert event.previous == earlier
    assert earlier.archived_at
    assert not Assignment.objects.of_event(event).exists()

    members = Member.objects.all()
    known = experience([member.pk for member in members], event)
    assert sum(count > 0 for count in known.values()) > 0.7 * len(known)
    assert sum(count == 0 for count in known.values()) > 5

    # The digits of a postcode tell where somebody lives: nearer to the venues with them than to most others.
    venues = list(Venue.objects.all())
    places = points(venues)
    near = homes({member.pk: member.postcode for member in members}, venues)
    assert len(near) == len(members)
    venue = venues[0]
    neighbour = next(member for member in members if member.postcode[:4] == venue.postcode[:4])
    distances = sorted(metres(near[neighbour.pk], place) for place in places.values())
    assert metres(near[neighbour.pk], places[venue.pk]) < distances[len(distances) // 4]

    assert {wish.kind for wish in Preference.objects.all()} == {"position", "day_part", "venue"}
    assert CompanionWish.objects.filter(settled_at=None).exists()
    assert CompanionWish.objects.exclude(companion=None).exists()


def test_city_has_bands_an_early_day_and_open_reservation(city):
    event = current_event()
    assert PortalStep.objects.get(event=event, kind="reservation").is_open
    early = Shift.objects.filter(day_part__name="Vervroegd stemmen")
    assert early.values("polling_station").distinct().count() == 3
    assert PollingStation.objects.filter(event=event, wanted_labels__name="Gebarentaal").exists()
    morning = Shift.objects.filter(
        polling_station__event=event, polling_station__kind="regulier", position__kind="member",
        day_part__name="Ochtend",
    )  # fmt: skip
    assert set(
        morning.filter(polling_station__expected_voters__gte=1500).values_list("places", flat=True)
    ) == {4}
    assert set(
        morning.filter(polling_station__expected_voters__lt=1500).values_list("places", flat=True)
    ) == {3}


def test_members_find_news_and_documents(city):
    assert NewsItem.objects.showing().count() == 3
    assert set(Document.objects.showing().values_list("category", flat=True)) == {"Instructies", "Training"}
    assert NewsReading.objects.exists()
    assert not OutboxMail.objects.filter(kind__in=("news_published", "document_published")).exists()
