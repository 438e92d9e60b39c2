"""The member list: columns of choice, counts behind filters, and what a filter that is gone does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.tables.member import MemberTable
from elections.enums import OwnFieldKind, PositionKind
from elections.exports.member import COLUMNS, NAME
from elections.models import Label, Member, OwnField, OwnFieldValue
from tests import factories
from tests.backoffice.pages import text_of

LIST = reverse("backoffice:member-list")


def options(page, name):
    """The words of every option of a filter that has a value."""
    field = page.context["filter"].form[name]
    return [str(label) for value, label in field.field.widget.choices if value]


def found(planner, query):
    """The last names in the list at this address."""
    return [
        member.last_name for member in planner.get(f"{LIST}?{query}").context["table"].page.object_list.data
    ]


def test_every_column_of_the_list_has_cells_for_a_file():
    assert [*MemberTable.base_columns][1:] == [NAME.key, *(column.key for column in COLUMNS)]
    assert all(len(column.headings) != 1 for column in COLUMNS)


def test_columns_are_chosen_in_the_address_and_stay_when_filters_change(planner, new_member):
    member = new_member(
        last_name="Bakker", street="Dorpsstraat", house_number="12", postcode="1234 AB", city="Juinen"
    )
    member.labels.add(Label.objects.create(name="ervaren"))
    page = text_of(planner.get(f"{LIST}?columns=address&columns=labels&sort=-number"))
    assert "Dorpsstraat 12" in page
    assert 'data-label="Kenmerken"' in page
    assert 'data-label="Toegang"' not in page
    assert '<input type="hidden" name="columns" value="address">' in page
    assert '<input type="hidden" name="sort" value="-number">' in page
    assert (
        'href="?columns=address&amp;columns=labels&amp;sort=-number">Wis alles' not in page
    )  # nothing to clear
    page = text_of(planner.get(f"{LIST}?columns=address&active=all"))
    assert 'href="?columns=address">Wis alles' in page


@pytest.mark.parametrize("query", ["columns=bsn", "columns=", "columns=%00", "columns=own-00000000"])
def test_unknown_columns_give_the_usual_ones(planner, new_member, query):
    new_member()
    assert 'data-label="Toegang"' in text_of(planner.get(f"{LIST}?{query}"))


@pytest.mark.parametrize(
    "column", [column.key for column in COLUMNS if column.key not in ("qualified_for", "labels", "remark")]
)
def test_every_column_can_be_sorted_both_ways(planner, new_member, column):
    factories.make_event()
    new_member(last_name="Aalbers"), new_member(last_name="Bakker")
    for order in (column, f"-{column}"):
        assert sorted(found(planner, f"columns={column}&sort={order}")) == ["Aalbers", "Bakker"]


def test_own_question_is_a_column(planner, new_member):
    field = OwnField.objects.create(name="Maat hesje", why="Voor de hesjes.", kind=OwnFieldKind.TEXT)
    member = new_member(last_name="Bakker")
    new_member(last_name="Zonder")
    OwnFieldValue.objects.create(field=field, member=member, text="XXL")
    page = text_of(planner.get(f"{LIST}?columns=own-{field.uuid}"))
    assert 'data-label="Maat hesje"' in page
    assert "XXL" in page


def test_confidential_address_is_hidden_in_its_column_and_in_its_order(
    planner, juinen, client_for, new_member
):
    hidden = new_member(
        last_name="Geheim", street="Verborgenlaan", house_number="1", postcode="1234 AB", city="Aa"
    )
    Member.objects.filter(pk=hidden.pk).update(
        confidential_since=timezone.now(), confidential_reason="bedreigd"
    )
    new_member(last_name="Bakker", street="Dorpsstraat", house_number="1", postcode="1234 AB", city="Bb")
    page = text_of(planner.get(f"{LIST}?columns=address"))
    assert "Verborgenlaan" not in page
    assert found(planner, "columns=address&sort=-address")[-1] == "Geheim"
    administrator = client_for(juinen, factories.make_staff("administrator"))
    assert "Verborgenlaan" in text_of(administrator.get(f"{LIST}?columns=address"))


def test_filters_tell_how_many_members_each_choice_leaves(planner, new_member):
    label = Label.objects.create(name="ervaren")
    chair = new_member(qualified_for=[PositionKind.CHAIR], email="a@voorbeeld.nl")
    chair.labels.add(label)
    new_member(qualified_for=[PositionKind.CHAIR, PositionKind.COUNTER], email="A@voorbeeld.nl").labels.add(
        label
    )
    new_member(qualified_for=[PositionKind.COUNTER])
    new_member(qualified_for=[PositionKind.COUNTER], is_active=False)
    page = planner.get(LIST)
    assert f"{PositionKind.CHAIR.label} (2)" in options(page, "position")
    assert f"{PositionKind.COUNTER.label} (2)" in options(page, "position")
    assert options(page, "label") == ["ervaren (2)"]
    assert options(page, "active") == ["Niet actief (1)", "Actief en niet actief (4)"]
    assert "Zelfde e-mailadres als een ander (2)" in options(page, "address")
    assert "niet uitgenodigd (3)" in options(page, "access")
    # Each count is with the other filters, and without the one itself.
    page = planner.get(f"{LIST}?position=counter")
    assert f"{PositionKind.CHAIR.label} (2)" in options(page, "position")
    assert options(page, "label") == ["ervaren (1)"]
    assert options(page, "active") == ["Niet actief (1)", "Actief en niet actief (3)"]
    page = planner.get(f"{LIST}?label=ervaren&position=counter")
    assert options(page, "label") == ["ervaren (1)"]
    assert f"{PositionKind.CHAIR.label} (2)" in options(page, "position")
    assert "(1)" not in text_of(page).split('class="z-chips__list"')[1].split("</ul>")[0]


@pytest.mark.parametrize(
    "name", ["position", "label", "access", "address", "active", "answer", "confidential"]
)
def test_the_list_is_as_long_as_the_count_said(planner, new_member, name):
    factories.make_event()
    for number in range(4):
        member = new_member(is_active=bool(number), email="een@voorbeeld.nl" if number > 1 else "")
        member.labels.add(Label.objects.get_or_create(name=f"kenmerk{number % 2}")[0])
    factories.make_invitation(factories.make_member().user)
    Member.objects.filter(pk=member.pk).update(
        confidential_since=timezone.now(),
        confidential_reason="x",
        confidential_until=timezone.localdate() + timedelta(days=3),
    )
    for value, label in planner.get(LIST).context["filter"].form[name].field.widget.choices:
        if value:
            page = planner.get(LIST, {name: value})
            assert str(label).endswith(f"({page.context['table'].page.paginator.count})"), label


def test_a_filter_that_is_gone_finds_nobody_and_says_so(planner, new_member):
    """Left out, it would be a list of everybody, and so would what is done with the whole list."""
    new_member()
    page = text_of(planner.get(f"{LIST}?label=opgeheven"))
    assert "Een filter in dit adres bestaat niet (meer)" in page
    assert "Geen leden gevonden" in page
    sent = {"action": "label", "all": "1", "query": "label=opgeheven"}
    answer = planner.post(reverse("backoffice:member-selection"), sent, follow=True)
    assert "De lijst is intussen veranderd: van 1 naar 0." in text_of(answer)


@pytest.mark.parametrize(
    "words", ["0612345678", "06 1234", "06-123", "345678", "+31612", "0031 6 12", "456", "12345678"]
)
def test_part_of_a_phone_number_finds_the_member(planner, new_member, words):
    new_member(last_name="Gevonden", phone="+31 6 12345678")
    new_member(last_name="Ander", phone="+31 20 999 9999")
    page = planner.get(LIST, {"q": words})
    assert [member.last_name for member in page.context["table"].page.object_list.data] == ["Gevonden"]


@pytest.mark.parametrize("words", ["000", "0", "()", "+", "²³¹"])
def test_search_without_a_number_in_it_does_not_find_everybody(planner, new_member, words):
    new_member(last_name="Bakker", phone="+31 6 12345678")
    assert Member.objects.search(words, by_hidden=True).count() in (0, 1)
    assert planner.get(LIST, {"q": words}).status_code == 200
