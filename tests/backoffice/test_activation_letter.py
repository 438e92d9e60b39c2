"""Printed letters for members without e-mail: asked first, made once, shown and not kept."""

import io
import time

import pypdf
import pytest
from django.core.files.storage import default_storage

from elections.actions.activation import check_letter
from elections.documents.activation_letter import render_activation_letters
from elections.models import AuditEvent, Invitation, Member
from elections.models.codes import letter_code
from elections.one_time_codes import grouped
from elections.queries.member import Access, with_access
from elections.sessions import CONFIRMED_KEY
from tests import factories

SELECTION = "/backoffice/member-selection/"
LETTERS = "/backoffice/activation-letter/selection/"


@pytest.fixture
def planner(client_for, juinen):
    """A colleague who proved a moment ago who they are."""
    return confirmed(client_for(juinen, factories.make_staff("planner")))


def confirmed(client):
    session = client.session
    session[CONFIRMED_KEY] = time.time()
    session.save()
    return client


def make_without_email(**values):
    defaults = {
        "email": "",
        "street": "Dorpsstraat",
        "house_number": "1",
        "postcode": "1234 AB",
        "city": "Juinen",
    }
    return factories.make_member(with_user=False, **defaults | values)


def path_of(member):
    return f"/backoffice/activation-letter/{member.uuid}/"


def pages_of(content):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def choose(client, *members):
    sent = {"action": "letter", "selection": [str(member.uuid) for member in members], "query": ""}
    return client.post(SELECTION, sent)


def sealed_on(response):
    return response.context["form"].initial["selection"]


def test_member_page_leads_to_the_letter_and_the_letter_to_a_code_that_works(planner):
    member = make_without_email(first_name="Anna", last_name="Berg", infix="")
    assert path_of(member) in planner.get(f"/backoffice/member/{member.uuid}/").content.decode()
    assert "Maakt u een activatiebrief" in planner.get(path_of(member)).content.decode()
    assert not Invitation.objects.exists()
    response = planner.post(path_of(member))
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    letter = Invitation.objects.get()
    (page,) = pages_of(response.content)
    for text in ("Anna Berg", "Dorpsstraat 1", "1234 AB", "a.berg", "juinen.localhost"):
        assert text in page
    assert "/activation/" in page
    assert grouped(letter_code(letter.uuid)) in " ".join(page.split())
    assert check_letter("a.berg", letter_code(letter.uuid)) == letter
    assert AuditEvent.objects.filter(action="activation.make_letter").count() == 1


def test_code_is_in_no_file_and_on_no_page(planner):
    member = make_without_email()
    planner.post(path_of(member))
    code = letter_code(Invitation.objects.get().uuid)
    assert not default_storage.exists("") or default_storage.listdir("")[1] == []
    for path in (f"/backoffice/member/{member.uuid}/", "/backoffice/member/", path_of(member)):
        page = planner.get(path).content.decode()
        assert code not in page
        assert grouped(code) not in page


def test_who_did_not_prove_who_they_are_is_asked_to(client_for, juinen):
    client = client_for(juinen, factories.make_staff("planner"))
    session = client.session
    session[CONFIRMED_KEY] = time.time() - 3600
    session.save()
    member = make_without_email()
    for method in (client.get, client.post):
        assert method(path_of(member)).headers["Location"].startswith("/confirm/?next=")
    response = choose(client, member)
    assert client.get(response.headers["Location"]).headers["Location"].startswith("/confirm/?next=")
    assert not Invitation.objects.exists()


def test_selection_gets_one_document_and_others_are_passed_over(planner):
    first, second = make_without_email(last_name="Aarts"), make_without_email(last_name="Zwart", street="")
    others = [
        factories.make_member(with_user=False, last_name="Metmail"),
        factories.make_member(last_name="Metaccount", email="", user=factories.make_user(email="")),
        make_without_email(is_active=False),
    ]
    response = choose(planner, first, second, *others)
    page = planner.get(response.headers["Location"])
    body = page.content.decode()
    assert "2</strong> leden krijgen een brief" in body
    for text in (
        "Van 1 van hen is geen volledig adres",
        "1 lid heeft een e-mailadres",
        "1 lid heeft al een account",
    ):
        assert text in body
    document = planner.post(LETTERS, {"selection": sealed_on(page)})
    pages = pages_of(document.content)
    assert len(pages) == 2
    assert "Aarts" in pages[0]
    assert "Zwart" in pages[1]
    assert Invitation.objects.count() == 2


def test_second_letter_warns_and_replaces_the_first(planner):
    member = make_without_email()
    planner.post(path_of(member))
    assert "werkt dan niet meer" in planner.get(path_of(member)).content.decode()
    page = planner.get(choose(planner, member).headers["Location"])
    assert "kreeg al een brief" in page.content.decode()
    planner.post(LETTERS, {"selection": sealed_on(page)})
    assert [letter.is_usable for letter in Invitation.objects.order_by("pk")] == [False, True]


def test_list_shows_who_got_a_letter(planner):
    member, other = make_without_email(last_name="Metbrief"), make_without_email(last_name="Zonderbrief")
    planner.post(path_of(member))
    access = dict(with_access(Member.objects.all()).values_list("pk", "access"))
    assert access == {member.pk: Access.LETTER, other.pk: Access.NOT_INVITED}
    body = planner.get("/backoffice/member/?access=letter").content.decode()
    assert "Metbrief" in body
    assert "Zonderbrief" not in body
    assert "Activatiebrief gemaakt" in planner.get(f"/backoffice/member/{member.uuid}/").content.decode()


def test_selection_without_anybody_is_explained(planner):
    response = choose(planner, factories.make_member())
    assert "Niemand in deze keuze" in planner.get(response.headers["Location"]).content.decode()
    assert planner.get(LETTERS).headers["Location"] == "/backoffice/member/"


def test_more_than_fifty_are_refused_before_anything_is_made(planner):
    for _number in range(51):
        make_without_email()
    response = planner.post(SELECTION, {"action": "letter", "all": "51", "query": ""})
    page = planner.get(response.headers["Location"])
    assert "hoogstens 50" in page.content.decode()
    planner.post(LETTERS, {"selection": sealed_on(page)})
    assert not Invitation.objects.exists()


def test_page_warns_about_a_shared_address(planner):
    member = make_without_email(email="samen@voorbeeld.example")
    factories.make_member(
        email="samen@voorbeeld.example", first_name="", initials="J.", last_name="Huisgenoot"
    )
    body = planner.get(path_of(member)).content.decode()
    assert "Huisgenoot" in body
    assert "eigen adres" in body


def test_colleague_and_member_with_a_mailbox_get_no_letter(planner):
    for member in (factories.make_member(), factories.make_member(user=factories.make_staff(email=""))):
        assert path_of(member) not in planner.get(f"/backoffice/member/{member.uuid}/").content.decode()
        assert planner.post(path_of(member)).headers["Location"] == f"/backoffice/member/{member.uuid}/"
    assert not Invitation.objects.exists()


def test_long_names_and_markup_stay_on_one_page(juinen):
    member = make_without_email(
        first_name="", initials="A.B.C.D.E.F.", infix="van der <b>", last_name="Wolfeschlegelsteinhausen" * 4
    )
    member.user = factories.make_user(username="a." + "w" * 58)
    member.save()
    letter = factories.make_invitation(member.user, kind="member_letter")
    pages = pages_of(render_activation_letters([letter]))
    assert len(pages) == 1
    assert "<b>" in pages[0]


def test_letter_is_accessible_pdf(juinen):
    member = factories.make_member()
    letter = factories.make_invitation(member.user, kind="member_letter")
    reader = pypdf.PdfReader(io.BytesIO(render_activation_letters([letter])))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert reader.metadata.title == "Brief om uw account te activeren"
    assert letter_code(letter.uuid) not in str(reader.metadata)
