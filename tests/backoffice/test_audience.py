"""Audience pages: whom a selection holds, made from conditions or from ticked members, and removed when free."""

from typing import Any

import pytest
from django.urls import reverse

from backoffice.forms.audience import AudienceForm
from elections.actions.audience import save_audience
from elections.enums import AudienceKind, PlacedFilter, PositionKind
from elections.models import Audience, AuditEvent, Label, NewsItem
from elections.queries.audience import members_of
from tests import factories

HTMX = {"HX-Request": "true"}


def url(name: str, thing: Any = None) -> str:
    return reverse(f"backoffice:{name}", args=[thing.uuid] if thing else None)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.fixture
def staff() -> Any:
    return factories.make_staff("communication")


@pytest.fixture
def team(juinen: Any, client_for: Any, staff: Any) -> Any:
    return client_for(juinen, staff)


@pytest.fixture
def event() -> Any:
    return factories.make_event()


@pytest.fixture
def english() -> Any:
    """A label that one member has."""
    label = Label.objects.create(name="Engels")
    factories.make_member(last_name="Vertaler").labels.add(label)
    return label


def stored(**values: Any) -> Audience:
    return save_audience(**{"kind": AudienceKind.EVERYONE, "name": "Iedereen", "by": None} | values)


def test_without_audiences_the_page_says_how_they_come_here(team: Any) -> None:
    page = text_of(team.get(url("audience-list")))
    assert "Er zijn nog geen doelgroepen" in page
    assert "Kies leden in de lijst" in page


def test_audience_is_made_counted_and_shown(team: Any, english: Any) -> None:
    sent = {"audience-name": " Engels  sprekend ", "audience-labels": ["Engels"]}
    answer = team.post(url("audience-create"), sent)
    audience = Audience.objects.get()
    assert answer.url == url("audience-detail", audience)
    page = text_of(team.get(answer.url))
    assert "Engels sprekend" in page
    assert "Leden: met kenmerk Engels" in page
    assert "Dit is nu <strong>1</strong> lid. Dit lid krijgt e-mail." in page
    assert "Vertaler" in page
    assert "Engels sprekend" in text_of(team.get(url("audience-list")))
    assert AuditEvent.objects.filter(action="audience.view").exists()


def test_selection_without_conditions_is_refused(team: Any, event: Any) -> None:
    page = text_of(team.post(url("audience-create"), {"audience-name": "Leeg"}))
    assert "minstens één kenmerk, functie, stembureau of onderdeel" in page
    assert not Audience.objects.exists()


def test_name_is_asked_and_unique(team: Any, english: Any) -> None:
    stored(name="Engels")
    sent = {"audience-labels": ["Engels"]}
    assert "Geef de doelgroep een naam." in text_of(team.post(url("audience-create"), sent))
    page = text_of(team.post(url("audience-create"), sent | {"audience-name": "Engels"}))
    assert "al een doelgroep met deze naam" in page


def test_conditions_come_back_when_an_audience_is_changed(team: Any, event: Any, english: Any) -> None:
    station = factories.make_polling_station(event, name="De Brink")
    audience = stored(
        kind=AudienceKind.SELECTION,
        event=event,
        labels=[english],
        stations=[station],
        position_kinds=[PositionKind.CHAIR],
        placed=PlacedFilter.PLACED,
    )
    page = text_of(team.get(url("audience-edit", audience)))
    for value in ("Engels", station.uuid, "chair", "placed"):
        assert f'value="{value}" checked' in page
    team.post(url("audience-edit", audience), {"audience-name": "Nieuw", "audience-labels": ["Engels"]})
    audience.refresh_from_db()
    assert (audience.name, audience.by_station, audience.position_kinds) == ("Nieuw", False, [])


def test_picked_members_stay_when_their_audience_gets_another_name(team: Any) -> None:
    member = factories.make_member()
    audience = stored(kind=AudienceKind.MEMBERS, members=[member])
    page = text_of(team.get(url("audience-edit", audience)))
    assert "Deze leden koos u zelf" in page
    team.post(url("audience-edit", audience), {"audience-name": "Ploeg"})
    audience.refresh_from_db()
    assert audience.name == "Ploeg"
    assert list(members_of(audience)) == [member]


def test_audience_in_use_says_so_and_stays(team: Any) -> None:
    audience = stored()
    item = NewsItem.objects.create(title="N", body="B", audience=audience, created_by="C")
    page = text_of(team.get(url("audience-delete", audience)))
    assert "nog in gebruik" in page
    assert "nieuwsberichten (1)" in page
    assert "nog in gebruik" in text_of(team.post(url("audience-delete", audience), follow=True))
    item.delete()
    assert "Verwijder de doelgroep" in text_of(team.get(url("audience-delete", audience)))
    team.post(url("audience-delete", audience))
    assert not Audience.objects.exists()


def test_unnamed_audience_has_no_page(team: Any) -> None:
    unnamed = save_audience(kind=AudienceKind.EVERYONE, by=None)
    for name in ("audience-detail", "audience-edit", "audience-delete"):
        assert team.get(url(name, unnamed)).status_code == 404


def test_empty_audience_is_told_apart(team: Any) -> None:
    audience = stored(kind=AudienceKind.SELECTION, labels=[Label.objects.create(name="Niemand")])
    assert "Dit is nu niemand" in text_of(team.get(url("audience-detail", audience)))
    assert "Niemand</span>" in text_of(team.get(url("audience-list")))


def test_list_needs_a_fixed_number_of_queries(
    team: Any, english: Any, django_assert_num_queries: Any
) -> None:
    stored(name="A")
    team.get(url("audience-list"))
    with django_assert_num_queries(9):
        team.get(url("audience-list"))
    for name in "BC":
        stored(name=name, kind=AudienceKind.SELECTION, labels=[english])
    with django_assert_num_queries(9):
        team.get(url("audience-list"))


def test_members_of_an_audience_come_in_pages(team: Any, django_assert_num_queries: Any) -> None:
    for _number in range(52):
        factories.make_member()
    audience = stored()
    team.get(url("audience-detail", audience))
    with django_assert_num_queries(14):
        page = text_of(team.get(url("audience-detail", audience)))
    assert page.count("Krijgt e-mail</span>") == 50
    assert text_of(team.get(f"{url('audience-detail', audience)}?page=2")).count("Krijgt e-mail</span>") == 2


def count(team: Any, sent: dict[str, Any], query: str = "", **options: Any) -> str:
    return text_of(team.post(url("audience-count") + query, sent, **options))


def test_count_follows_the_form_and_saves_nothing(team: Any, event: Any, english: Any) -> None:
    factories.make_member(with_user=False)
    everyone = count(team, {"audience-who": "everyone"}, headers=HTMX)
    assert "Dit zijn nu <strong>2</strong> leden. 1 van hen krijgt e-mail." in everyone
    assert "1 heeft geen inlog" in everyone
    some = count(team, {"audience-who": "selection", "audience-labels": ["Engels"]}, headers=HTMX)
    assert "Dit is nu <strong>1</strong> lid." in some
    assert not Audience.objects.exists()
    assert "<html" not in some


def test_count_of_nobody_is_said_clearly(team: Any, event: Any, english: Any) -> None:
    sent = {"audience-who": "selection", "audience-labels": ["Engels"], "audience-placed": "placed"}
    assert "Dit is nu niemand" in count(team, sent, headers=HTMX)
    assert "Kies eerst een voorwaarde" in count(team, {"audience-who": "selection"}, headers=HTMX)


def test_count_without_script_is_a_page_of_its_own(team: Any, english: Any) -> None:
    page = count(team, {"audience-labels": ["Engels"]})
    assert "<html" in page
    assert "Er is niets bewaard." in page
    assert "Dit is nu <strong>1</strong> lid." in page


def test_form_of_another_thing_gives_it_its_own_audience(event: Any, english: Any, staff: Any) -> None:
    named = stored(kind=AudienceKind.SELECTION, labels=[english])
    form = AudienceForm({"audience-who": "stored", "audience-stored": str(named.uuid)}, event=event)
    assert form.is_valid(), form.errors
    copy = form.save(staff)
    assert (copy.name, copy.copied_from) == ("", named)
    form = AudienceForm({"audience-who": "everyone"}, event=event, audience=copy)
    assert form.is_valid(), form.errors
    changed = form.save(staff)
    assert changed.pk == copy.pk
    assert changed.kind == AudienceKind.EVERYONE
    named.refresh_from_db()
    assert named.kind == AudienceKind.SELECTION


def test_form_keeps_members_that_were_picked_by_hand(event: Any, staff: Any) -> None:
    member = factories.make_member()
    picked = save_audience(kind=AudienceKind.MEMBERS, members=[member], by=None)
    form = AudienceForm({"audience-who": "kept"}, event=event, audience=picked)
    assert form.is_valid(), form.errors
    assert list(members_of(form.save(staff))) == [member]
    assert not AudienceForm({"audience-who": "kept"}, event=event).is_valid()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "who"),
        ({"audience-who": "iets"}, "who"),
        ({"audience-who": "selection"}, "who"),
        ({"audience-who": "stored"}, "stored"),
        ({"audience-who": "stored", "audience-stored": "geen-nummer"}, "stored"),
        ({"audience-who": "selection", "audience-labels": ["bestaat niet"]}, "labels"),
    ],
)
def test_form_refuses_what_makes_no_sense(event: Any, sent: dict[str, Any], field: str) -> None:
    stored()
    form = AudienceForm(sent, event=event)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_form_works_before_there_is_an_event(english: Any, staff: Any) -> None:
    form = AudienceForm({"audience-who": "selection", "audience-labels": ["Engels"]}, event=None)
    assert form.is_valid(), form.errors
    assert form.save(staff).event is None


def test_reader_has_no_audiences(juinen: Any, client_for: Any) -> None:
    reader = client_for(juinen, factories.make_staff("reader"))
    assert reader.get(url("audience-list")).status_code == 403
