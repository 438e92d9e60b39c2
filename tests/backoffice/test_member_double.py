"""Joining two rows of the member file on pages."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from elections.models import Member
from elections.sessions import CONFIRMED_KEY
from tests import factories


@pytest.fixture
def pair():
    return [
        factories.make_member(with_user=False, last_name="Jansen", first_name="Anna", city=city)
        for city in ("Juinen", "Elders")
    ]


@pytest.fixture
def planner(juinen, client_for):
    client = client_for(juinen, factories.make_staff("planner"))
    session = client.session
    session[CONFIRMED_KEY] = timezone.now().timestamp()
    session.save()
    return client


def url(name, *members):
    return reverse(f"backoffice:member-double-{name}", args=[member.uuid for member in members])


def sent(page, **changes):
    """What the form sends when nothing is changed but these: choices by the label of what wins."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields} | {"typed": str(page.context["gone"].number)}
    for name, key in form.keys.items():
        if key in changes:
            values[name] = changes[key]
    return values


def test_pairs_are_listed_with_the_reason(planner, pair):
    page = planner.get(url("list")).content.decode()
    assert "Zelfde geboortedatum en naam" in page
    assert url("merge", *pair) in page


def test_nothing_double_says_what_is_looked_for(planner):
    assert "Geen dubbele leden gevonden" in planner.get(url("list")).content.decode()


def test_another_row_can_be_looked_for(planner, pair):
    keep, gone = pair
    Member.objects.filter(pk=gone.pk).update(birth_date=None, last_name="Heel Anders")
    assert url("merge", keep, gone) not in planner.get(url("choose", keep)).content.decode()
    found = planner.get(url("choose", keep), {"q": "heel anders"}).content.decode()
    assert url("merge", keep, gone) in found
    assert "Geen leden gevonden" in planner.get(url("choose", keep), {"q": "niemand"}).content.decode()


def test_what_wins_is_chosen_and_the_old_address_leads_on(planner, pair):
    keep, gone = pair
    page = planner.get(url("merge", keep, gone))
    assert "Wat wilt u houden?" in page.content.decode()
    answer = planner.post(url("merge", keep, gone), sent(page, address="gone"), follow=True)
    assert "staat nog één keer in het ledenbestand" in answer.content.decode()
    assert Member.objects.get(pk=keep.pk).city == "Elders"
    moved = planner.get(reverse("backoffice:member-detail", args=[gone.uuid]))
    assert moved.url == reverse("backoffice:member-detail", args=[keep.uuid])


def test_number_must_be_typed_over(planner, pair):
    keep, gone = pair
    values = sent(planner.get(url("merge", keep, gone))) | {"typed": str(keep.number)}
    page = planner.post(url("merge", keep, gone), values).content.decode()
    assert "Dit is niet het lidnummer van het lid dat verdwijnt" in page
    assert Member.objects.count() == 2


def test_row_that_changed_in_between_is_shown_anew(planner, pair):
    keep, gone = pair
    values = sent(planner.get(url("merge", keep, gone)))
    Member.objects.filter(pk=gone.pk).update(version=7, phone="+31 6 1")
    page = planner.post(url("merge", keep, gone), values)
    assert "intussen gewijzigd" in page.content.decode()
    assert page.context["form"]["seen"].value() == f"{keep.version}.7"
    assert Member.objects.count() == 2
    planner.post(url("merge", keep, gone), sent(page) | {"seen": f"{keep.version}.7"})
    assert Member.objects.get().phone == "+31 6 1"


@pytest.mark.parametrize("seen", ["", "x", "1", "1.x", "9.9.9"])
def test_odd_version_is_not_what_was_shown(planner, pair, seen):
    values = sent(planner.get(url("merge", *pair))) | {"seen": seen}
    assert planner.post(url("merge", *pair), values).status_code == 200
    assert Member.objects.count() == 2


def test_obstacle_is_told_and_there_is_no_button(planner, pair):
    event = factories.make_event()
    for member in pair:
        factories.make_letter(member, event, state="published")
    page = planner.get(url("merge", *pair)).content.decode()
    assert "U kunt deze leden nu niet samenvoegen" in page
    assert "Voeg samen<" not in page


def test_confidential_row_is_for_few(planner, pair, juinen, client_for):
    keep, gone = pair
    Member.objects.filter(pk=gone.pk).update(confidential_since=timezone.now(), confidential_reason="x")
    assert planner.get(url("merge", keep, gone)).status_code == 403


def test_member_with_oneself_is_refused(planner, pair):
    keep, _gone = pair
    page = planner.get(url("merge", keep, keep))
    answer = planner.post(url("merge", keep, keep), sent(page))
    assert "Kies twee verschillende leden" in answer.content.decode()


def test_fresh_proof_is_asked(juinen, client_for, pair):
    client = client_for(juinen, factories.make_staff("planner"))
    session = client.session
    session[CONFIRMED_KEY] = timezone.now().timestamp() - 3600
    session.save()
    assert reverse("portal:confirm") in client.get(url("merge", *pair)).url


def test_twins_are_not_listed(planner):
    for name in ("Anna", "Bert"):
        factories.make_member(
            with_user=False, last_name="Jansen", first_name=name, birth_date=date(1970, 1, 1)
        )
    assert "Geen dubbele leden gevonden" in planner.get(url("list")).content.decode()
