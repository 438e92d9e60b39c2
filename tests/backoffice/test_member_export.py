"""The list as a file: what is seen is what is in it, for who may take it along, and never a number of a person."""

import csv
import io
import zipfile

import pytest
from defusedxml import ElementTree
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from elections import secrets
from elections.enums import OwnFieldKind, SecretKind
from elections.exports.member import COLUMNS
from elections.models import AuditEvent, Label, Member, OwnField, OwnFieldValue
from elections.sessions import CONFIRMED_KEY
from tests import factories
from tests.backoffice.pages import text_of

EXPORT = reverse("backoffice:member-export")
SELECTION = reverse("backoffice:member-selection")
BSN = "999990019"
EVERYTHING = "&".join(f"columns={column.key}" for column in COLUMNS)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@pytest.fixture
def planner(juinen, client_for, staff):
    client = client_for(juinen, staff)
    prove(client)
    return client


def prove(client):
    """As if the colleague just proved who they are."""
    session = client.session
    session[CONFIRMED_KEY] = timezone.now().timestamp()
    session.save()


def sealed(page):
    return page.split('name="selection" value="')[1].split('"')[0]


def download(client, query="", file_format="csv"):
    page = text_of(client.get(f"{EXPORT}?{query}"))
    return client.post(EXPORT, {"selection": sealed(page), "file_format": file_format})


def rows_of(response):
    text = response.content.decode().removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def content_of(response):
    return b"".join(response.streaming_content)


def test_file_holds_the_members_columns_and_order_of_the_screen(planner, new_member):
    new_member(last_name="Aalbers", infix="van", initials="A.", first_name="Anna", number=7, city="Juinen")
    new_member(last_name="Bakker", infix="", initials="", first_name="Bo", number=9, city="Juinen")
    new_member(last_name="Gestopt", is_active=False)
    rows = rows_of(download(planner, "columns=number&sort=-number"))
    assert rows == [
        ["Achternaam", "Tussenvoegsel", "Voorletters", "Voornaam", "Nummer"],
        ["Bakker", "", "", "Bo", "9"],
        ["Aalbers", "van", "A.", "Anna", "7"],
    ]
    (event,) = AuditEvent.objects.filter(action="member.export")
    assert event.details["members"] == 2
    assert event.details["columns"] == ["number"]
    assert event.details["format"] == "csv"


@pytest.mark.parametrize("file_format", ["xlsx", "ods", "csv"])
def test_no_file_holds_a_number_of_a_person(planner, new_member, file_format):
    factories.make_event()
    member = new_member(last_name="Bakker")
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    secrets.set_secret(member, SecretKind.IBAN, "NL91ABNA0417164300", by=None)
    response = download(planner, f"{EVERYTHING}&columns=bsn&columns=iban", file_format)
    content = response.content if file_format == "csv" else content_of(response)
    parts = [content]
    if file_format != "csv":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    assert any(b"Bakker" in part for part in parts)
    for number in (BSN, "NL91ABNA0417164300", "0417164300"):
        assert not any(number.encode() in part for part in parts)


def test_excel_and_libreoffice_get_the_same_rows(planner, new_member):
    field = OwnField.objects.create(name="Maat hesje", why="Voor de hesjes.", kind=OwnFieldKind.TEXT)
    member = new_member(
        last_name="=HYPERLINK(1)", street="Dorpsstraat", house_number="1", city="Aa", remark="a\nb"
    )
    member.labels.add(Label.objects.create(name="ervaren"))
    OwnFieldValue.objects.create(field=field, member=member, text="XXL")
    query = f"columns=address&columns=labels&columns=remark&columns=own-{field.uuid}"
    book = load_workbook(io.BytesIO(content_of(download(planner, query, "xlsx"))))
    wanted = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    with zipfile.ZipFile(io.BytesIO(content_of(download(planner, query, "ods")))) as archive:
        tree = ElementTree.fromstring(archive.read("content.xml"))
    rows = [
        ["".join(cell.itertext()) for cell in row.iter(f"{TABLE}table-cell")]
        for row in tree.iter(f"{TABLE}table-row")
    ]
    assert rows == wanted
    assert rows[0][-3:] == ["Kenmerken", "Opmerking van het team", "Maat hesje"]
    assert rows[1][0] == "=HYPERLINK(1)"
    assert rows[1][-3:] == ["ervaren", "a; b", "XXL"]


def test_confidential_contact_data_are_empty_for_who_may_not_see_them(
    planner, juinen, client_for, new_member
):
    hidden = new_member(
        last_name="Geheim", email="geheim@voorbeeld.nl", street="Verborgenlaan", house_number="3"
    )
    Member.objects.filter(pk=hidden.pk).update(
        confidential_since=timezone.now(), confidential_reason="bedreigd"
    )
    query = "columns=email&columns=address"
    text = download(planner, query).content.decode()
    assert "Geheim" in text
    assert "geheim@voorbeeld.nl" not in text
    assert "Verborgenlaan" not in text
    administrator = client_for(juinen, factories.make_staff("administrator"))
    prove(administrator)
    text = download(administrator, query).content.decode()
    assert "geheim@voorbeeld.nl" in text
    assert "Verborgenlaan" in text


def test_ticked_members_alone_are_in_the_file(planner, new_member):
    member = new_member(last_name="Bakker")
    new_member(last_name="Jansen")
    sent = {"action": "export", "selection": [str(member.uuid)], "query": "columns=number"}
    answer = planner.post(SELECTION, sent)
    assert answer.url.startswith(f"{EXPORT}?selection=")
    page = text_of(planner.get(answer.url))
    assert "<strong>1</strong> lid in het bestand" in page
    rows = rows_of(planner.post(EXPORT, {"selection": sealed(page), "file_format": "csv"}))
    assert [row[0] for row in rows] == ["Achternaam", "Bakker"]


def test_list_that_changed_is_not_given(planner, new_member):
    new_member(last_name="Bakker")
    page = text_of(planner.get(f"{EXPORT}?q=bakker"))
    new_member(last_name="Bakker")
    answer = planner.post(EXPORT, {"selection": sealed(page), "file_format": "csv"}, follow=True)
    assert "De lijst is intussen veranderd: van 1 naar 2." in text_of(answer)
    assert not AuditEvent.objects.filter(action="member.export").exists()


def test_empty_list_or_odd_format_gives_no_file(planner, new_member):
    assert "Er staat niemand in deze lijst." in text_of(planner.get(f"{EXPORT}?q=niemand", follow=True))
    new_member()
    page = text_of(planner.get(EXPORT))
    again = text_of(planner.post(EXPORT, {"selection": sealed(page), "file_format": "exe"}))
    assert "In wat voor bestand?" in again
    assert not AuditEvent.objects.filter(action="member.export").exists()


def test_who_sat_still_proves_who_they_are_first(juinen, client_for, staff, new_member):
    new_member()
    client = client_for(juinen, staff)
    session = client.session
    session[CONFIRMED_KEY] = 0
    session.save()
    assert client.get(EXPORT).url.startswith(reverse("portal:confirm"))


@pytest.mark.parametrize("role", ["communication", "finance", "reader"])
def test_other_roles_take_nothing_along(juinen, client_for, new_member, role):
    new_member()
    client = client_for(juinen, factories.make_staff(role))
    prove(client)
    assert client.get(EXPORT).status_code == 403
    assert client.post(SELECTION, {"action": "export", "all": "1"}).status_code == 403
    assert "Download deze lijst" not in text_of(client.get(reverse("backoffice:member-list")))


def test_number_of_queries_does_not_grow_with_the_rows(planner, new_member, django_assert_max_num_queries):
    def fill():
        new_member().labels.add(Label.objects.get_or_create(name="ervaren")[0])

    fill()
    download(planner, EVERYTHING)
    with django_assert_max_num_queries(80) as one:
        download(planner, EVERYTHING)
    fill(), fill()
    with django_assert_max_num_queries(80) as three:
        download(planner, EVERYTHING)
    assert len(one) == len(three)
