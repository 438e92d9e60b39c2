"""One member on pages: two people who change one at once, confidential contact data, and the whole page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from elections.actions.member import label_members, update_member
from elections.models import Label, Member
from tests import factories
from tests.backoffice.pages import text_of, url


def edit_values(page, **changes):
    """What the browser sends of the edit page when only `changes` were typed."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: value for name, value in (values | changes).items() if value is not None and value is not False
    }


def test_two_colleagues_at_once_lose_nothing_and_the_second_hears_it(planner, new_member, staff):
    member = new_member(last_name="Jansen", first_name="Anna", phone="+31 6 11111111", city="Juinen")
    mine = planner.get(url("member-edit", member))
    values = {"phone": "+31 6 22222222", "city": "Elders", "is_own_staff": True, "qualified_for": ["counter"]}
    update_member(member, values, ["ervaren"], version=1, by=factories.make_staff("planner", name="Piet"))
    page = planner.post(url("member-edit", member), edit_values(mine, first_name="Anneke", city="Daar"))
    said = text_of(page)
    assert "De laatste wijziging is van Piet" in said
    changes = page.context["changes"]
    assert {line["label"]: line["value"] for line in changes.taken} == {
        "Telefoonnummer": "+31 6 22222222",
        "Kan werken als": "teller",
        "Werkt bij de gemeente": "ja",
        "Kenmerken": "ervaren",
    }
    assert [line["value"] for line in changes.clashing] == ["Elders"]
    planner.post(url("member-edit", member), edit_values(page))
    member.refresh_from_db()
    assert (member.first_name, member.city, member.phone) == ("Anneke", "Daar", "+31 6 22222222")
    assert (member.is_own_staff, member.qualified_for) == (True, ["counter"])
    assert [label.name for label in member.labels.all()] == ["ervaren"]


def test_labels_given_to_many_meanwhile_are_kept(planner, new_member, staff):
    member = new_member(last_name="Jansen")
    for name in ("oud", "blijft"):
        member.labels.add(Label.objects.create(name=name))
    mine = planner.get(url("member-edit", member))
    label_members([member], "nieuw", by=staff)
    planner.post(url("member-edit", member), edit_values(mine, labels="blijft, eigen"))
    assert {label.name for label in member.labels.all()} == {"blijft", "eigen", "nieuw"}


@pytest.mark.parametrize("seen", ["", "x", "[]", "{}", '{"city": 3}'])
def test_form_takes_any_text_as_what_it_showed(planner, new_member, staff, seen):
    member = new_member(last_name="Jansen", city="Juinen")
    mine = planner.get(url("member-edit", member))
    update_member(member, {"city": "Elders"}, [], version=1, by=staff)
    page = planner.post(url("member-edit", member), edit_values(mine, seen=seen, city="Juinen"))
    assert "veranderde in de tussentijd" in text_of(page)
    member.refresh_from_db()
    assert member.city == "Elders"


def test_who_may_not_see_contact_data_changes_the_rest(planner, new_member, juinen, client_for):
    member = new_member(last_name="Jansen", phone="+31 6 11111111", email="een@voorbeeld.nl")
    Member.objects.update(confidential_since=timezone.now(), confidential_reason="verzoek")
    page = planner.get(url("member-edit", member))
    assert "11111111" not in text_of(page)
    sent = edit_values(page, first_name="Anna", phone="+31 6 99999999", email="ander@voorbeeld.nl")
    assert planner.post(url("member-edit", member), sent).status_code == 302
    member.refresh_from_db()
    assert (member.first_name, member.phone, member.email) == ("Anna", "+31 6 11111111", "een@voorbeeld.nl")


def test_confidential_is_marked_and_ended_on_pages(planner, new_member, juinen, client_for):
    member = new_member(last_name="Jansen", phone="+31 6 11111111")
    mark = url("confidentiality-mark", member)
    assert "Vul de laatste dag in" in text_of(planner.post(mark, {"reason": "verzoek", "term": "day"}))
    yesterday = timezone.localdate() - timedelta(days=1)
    late = planner.post(mark, {"reason": "verzoek", "term": "day", "last_day": yesterday.isoformat()})
    assert "al voorbij" in text_of(late)
    done = planner.post(mark, {"reason": "verzoek", "term": "open"}, follow=True)
    assert "zijn nu vertrouwelijk" in text_of(done)
    assert "11111111" not in text_of(done)
    assert "verzoek" not in text_of(done)
    assert planner.get(mark).status_code == 403
    assert planner.get(url("confidentiality-end", member)).status_code == 403
    administrator = client_for(juinen, factories.make_staff())
    page = text_of(administrator.get(url("member-detail", member)))
    assert "Reden: verzoek" in page
    assert "11111111" in page
    assert "verzoek" in text_of(administrator.get(mark))
    ended = administrator.post(url("confidentiality-end", member), follow=True)
    assert "zijn niet meer vertrouwelijk" in text_of(ended)
    assert "11111111" in text_of(planner.get(url("member-detail", member)))
    assert administrator.get(url("confidentiality-end", member)).status_code == 404


def test_list_can_show_whose_contact_data_are_confidential(planner, new_member):
    new_member(last_name="Jansen")
    hidden = new_member(last_name="Pietersen")
    Member.objects.filter(pk=hidden.pk).update(
        confidential_since=timezone.now(), confidential_reason="x", confidential_until=timezone.localdate()
    )
    for choice in ("yes", "ending"):
        page = text_of(planner.get(url("member-list"), {"confidential": choice}))
        assert "Pietersen" in page
        assert "Jansen" not in page


def test_detail_tells_experience_parts_and_mails(planner, new_member):
    member = factories.make_member(last_name="Jansen", earlier_elections=2)
    factories.make_mail(
        member.user, kind="news_published", state="bounced", error="550 onbekend", to_email="oud@voorbeeld.nl"
    )
    factories.make_portal_step(factories.make_event(name="Gemeenteraad"), "availability")
    page = text_of(planner.get(url("member-detail", member)))
    for words in (
        "Werkte bij 2 verkiezingen mee.",
        "Daarvan 2 voordat u Zitting gebruikte.",
        "Onderdelen van het portaal",
        "Beschikbaarheid",
        "E-mails aan dit lid",
        "oud@voorbeeld.nl",
        "550 onbekend",
    ):
        assert words in page
    Member.objects.update(confidential_since=timezone.now(), confidential_reason="x")
    hidden = text_of(planner.get(url("member-detail", member)))
    assert "E-mails aan dit lid" in hidden
    assert "550 onbekend" not in hidden
    assert "oud@voorbeeld.nl" not in hidden


def test_detail_of_a_new_member_says_what_is_not_there_yet(planner, new_member):
    page = text_of(planner.get(url("member-detail", new_member())))
    assert "Werkte nog niet mee." in page
    assert "Daarom ging er nog geen e-mail uit." in page
    assert "Onderdelen van het portaal" not in page
