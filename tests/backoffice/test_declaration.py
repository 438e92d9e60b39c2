"""Declarations on the pages of the team."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from elections.models import Declaration, DeclarationText
from tests import factories

LIST = "/backoffice/declaration/"
VALUES = {
    "title": "Geen kandidaat",
    "text": "Ik sta op geen lijst.\r\nEcht niet.",
    "why": "Voor het vertrouwen.",
    "is_required": "on",
}


def page(client, url):
    return client.get(url).content.decode()


def test_declaration_is_made_and_asked_anew_when_its_text_changes(planner):
    assert "U hebt nog geen verklaringen" in page(planner, LIST)
    assert planner.post(f"{LIST}create/", VALUES).url == LIST
    declaration = Declaration.objects.get()
    factories.make_consent(factories.make_member(), declaration)
    assert "1 actief lid verklaarde dit" in page(planner, LIST)
    edit = reverse("backoffice:declaration-edit", args=[declaration.uuid])
    planner.post(edit, VALUES | {"version": "1", "is_active": "on"})
    assert DeclarationText.objects.count() == 1  # the browser sends line ends in its own way
    planner.post(edit, VALUES | {"version": "2", "is_active": "on", "text": "Ik ben geen kandidaat."})
    assert "0 actieve leden verklaarden dit" in page(planner, LIST)
    shown = page(planner, edit)
    assert "De teksten die er waren" in shown
    assert "Echt niet." in shown


def test_mistakes_are_told(planner):
    text = planner.post(f"{LIST}create/", VALUES | {"title": "", "text": " "}).content.decode()
    assert "Geef de verklaring een titel." in text
    assert "Schrijf op wat het lid verklaart." in text
    planner.post(f"{LIST}create/", VALUES)
    assert "al een verklaring met deze titel" in planner.post(f"{LIST}create/", VALUES).content.decode()


def test_order_and_removal(planner):
    first, second = factories.make_declaration(), factories.make_declaration()
    planner.post(reverse("backoffice:declaration-move", args=[first.uuid]), {"down": "1"})
    assert list(Declaration.objects.all()) == [second, first]
    delete = reverse("backoffice:declaration-delete", args=[first.uuid])
    assert "Nog niemand antwoordde" in page(planner, delete)
    planner.post(delete)
    assert list(Declaration.objects.all()) == [second]


def test_answered_declaration_can_only_go_out_of_use(planner):
    declaration = factories.make_declaration()
    factories.make_consent(factories.make_member(), declaration)
    delete = reverse("backoffice:declaration-delete", args=[declaration.uuid])
    retire = reverse("backoffice:declaration-retire", args=[declaration.uuid])
    text = page(planner, delete)
    assert "kan niet worden verwijderd" in text
    assert f'action="{retire}"' in text
    assert "bewijs" in planner.post(delete, follow=True).content.decode()
    assert planner.post(retire).url == LIST
    assert not Declaration.objects.get().is_active
    assert retire not in page(planner, delete)


def test_removal_asks_for_fresh_proof(planner):
    declaration = factories.make_declaration()
    session = planner.session
    session["confirmed_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    response = planner.post(reverse("backoffice:declaration-delete", args=[declaration.uuid]))
    assert response.url.startswith("/confirm/")
    assert Declaration.objects.exists()


def test_page_of_a_member_says_what_was_declared(planner):
    member = factories.make_member()
    declaration = factories.make_declaration(title="Geen kandidaat")
    detail = reverse("backoffice:member-detail", args=[member.uuid])
    assert "nog niet beantwoord" in page(planner, detail)
    factories.make_consent(member, declaration)
    Declaration.objects.update(edition=2)
    DeclarationText.objects.create(declaration=declaration, edition=2, text="Anders.")
    assert "alleen een oudere tekst beantwoord" in page(planner, detail)


def test_list_asks_as_much_for_three_as_for_one(planner, django_assert_max_num_queries):
    factories.make_declaration()
    planner.get(LIST)
    with django_assert_max_num_queries(20) as first:
        planner.get(LIST)
    for _number in range(3):
        factories.make_declaration()
    with django_assert_max_num_queries(len(first)):
        planner.get(LIST)
