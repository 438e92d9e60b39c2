"""The page that publishes: numbers first, then the mails."""

from django.urls import reverse
from django.utils import timezone

from elections.models import Assignment, OutboxMail
from tests import factories

URL = reverse("backoffice:publication", urlconf="config.urls_tenant")


def _station(event, part, *, name, people=0, places=3):
    station = factories.make_polling_station(event, name=name)
    position = event.positions.first() or factories.make_position(event)
    shift = factories.make_shift(station, part, position, places=places)
    for _person in range(people):
        factories.make_assignment(factories.make_member(), shift)
    return station, shift


def _lawful_station(event, part, *, name):
    """A chair and two members (Kieswet art. J 12)."""
    station, _shift = _station(event, part, name=name, people=2)
    chair = factories.make_position(event, kind="chair", name="Voorzitter", rank=1)
    factories.make_assignment(factories.make_member(), factories.make_shift(station, part, chair, places=1))
    return station


def test_publication_shows_the_numbers_first(planner, event, morning):
    _station(event, morning, name="De Kuip", people=1, places=2)
    page = planner.get(URL).content.decode()
    assert "Publiceer 1 plaats" in page
    assert "voldoet nog niet aan de wet" in page
    answer = planner.post(URL, follow=True)
    assert "Gepubliceerd: 1 nieuwe plaats" in answer.content.decode()
    assert OutboxMail.objects.filter(kind="placement_published").count() == 1
    assert "Alles is al gepubliceerd" in planner.get(URL).content.decode()


def test_publication_of_one_station(planner, event, morning):
    station, _shift = _station(event, morning, name="De Kuip", people=1)
    _station(event, morning, name="De Brug", people=1)
    planner.post(URL, {"station": str(station.uuid)})
    assert Assignment.objects.filter(state="published").count() == 1


def test_publication_of_one_member(planner, event, morning):
    _station(event, morning, name="De Kuip", people=2)
    first = Assignment.objects.order_by("pk").first()
    page = planner.get(URL, {"member": str(first.member.uuid)}).content.decode()
    assert f"Alleen {first.member.full_name}" in page
    answer = planner.post(URL, {"member": str(first.member.uuid)})
    assert answer.url.endswith(f"/member/{first.member.uuid}/")
    assert Assignment.objects.filter(state="published").get() == first


def test_publication_lists_what_changes_and_who_hears_nothing(planner, event, morning):
    _station_row, shift = _station(event, morning, name="De Kuip")
    _other, there = _station(event, morning, name="De Brug")
    known = factories.make_member(first_name="Ada", last_name="Bekend")
    old = factories.make_assignment(known, shift, state="cancelled", published_at=timezone.now())
    factories.make_assignment(known, there, replaces=old)
    factories.make_assignment(factories.make_member(with_user=False), shift)
    factories.make_assignment(factories.make_member(), shift, state="reserved")
    page = planner.get(URL).content.decode()
    assert "1 lid krijgt een e-mail dat er iets veranderd is" in page
    assert "1 lid heeft nog geen inlog en krijgt geen e-mail" in page
    assert "1 zelf gekozen plaats is nog niet bevestigd" in page
    table = page[page.index("Wat er verandert") :]
    assert table.index("Ada Bekend") < table.index("De Kuip") < table.index("De Brug")
    answer = planner.post(URL, follow=True)
    assert "1 nieuwe plaats, 1 veranderde plaats" in answer.content.decode()


def test_publication_of_lawful_stations_lets_the_others_wait(planner, event, morning):
    whole = _lawful_station(event, morning, name="De Kuip")
    _station(event, morning, name="De Brug", people=2)
    page = planner.get(URL, {"only": "lawful"}).content.decode()
    assert "Publiceer 3 plaatsen" in page
    assert "1 stembureau met gaten wacht nog" in page
    answer = planner.post(URL, {"only": "lawful"}, follow=True)
    assert "Gepubliceerd: 3 nieuwe plaatsen" in answer.content.decode()
    shown = Assignment.objects.filter(state="published")
    assert {place.shift.polling_station for place in shown} == {whole}
    assert "alles al gepubliceerd" in planner.get(URL, {"only": "lawful"}).content.decode()
    assert "geen enkel stembureau" in planner.post(URL, {"only": "lawful"}, follow=True).content.decode()
    assert "Publiceer 2 plaatsen" in planner.get(URL, {"only": "onzin"}).content.decode()


def test_publication_asks_which_stations_only_where_some_have_gaps(planner, event, morning):
    _lawful_station(event, morning, name="De Kuip")
    assert "Welke stembureaus" not in planner.get(URL).content.decode()
    station, _shift = _station(event, morning, name="De Brug", people=1)
    page = planner.get(URL).content.decode()
    assert "Welke stembureaus" in page
    assert 'value="all" checked' in page
    assert 'value="lawful"' in page
    page = planner.get(URL, {"station": str(station.uuid), "only": "lawful"}).content.decode()
    assert "Welke stembureaus" not in page
    assert "Publiceer 1 plaats" in page


def test_publication_of_a_foreign_or_odd_station_is_not_found(planner, event):
    other = factories.make_polling_station(factories.make_event(name="Ander"))
    event.created_at = timezone.now()
    event.save()
    for wanted in (str(other.uuid), "geen-uuid"):
        assert planner.get(URL, {"station": wanted}).status_code == 404


def test_publication_twice_says_so(planner, event, morning):
    _station(event, morning, name="De Kuip", people=1)
    planner.post(URL)
    assert "Alles is al gepubliceerd" in planner.post(URL, follow=True).content.decode()
