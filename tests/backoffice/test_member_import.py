"""The pages of the member import, from file to members."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections.actions.member_import import run_member_import
from elections.models import AuditEvent, ImportFile, Job, Member
from tests import factories
from tests.backoffice.pages import text_of, url

BSN = "999900018"


def upload(client, text, *, name="leden.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(url("member-import"), {"file": SimpleUploadedFile(name, content)}, follow=True)


def mapped(client, text):
    """An uploaded file whose columns were accepted as guessed; with the page that came after."""
    upload(client, text)
    import_file = ImportFile.objects.latest("pk")
    sent = {f"column_{index}": field for index, field in import_file.mapping.items()}
    return import_file, client.post(url("member-import-columns", import_file), sent, follow=True)


def seen_in(page):
    return page.split('name="seen" value="')[1].split('"')[0]


def test_three_pages_lead_from_a_file_to_members(planner):
    assert "Nog geen lijst?" in text_of(planner.get(url("member-import")))
    page = text_of(upload(planner, f"Achternaam;E-mail;BSN\nJansen;jan@voorbeeld.nl;{BSN}\nBakker;;\n"))
    assert "staan 2 rijen" in page
    assert "jan@voorbeeld.nl" in page
    assert BSN not in page
    import_file = ImportFile.objects.get()
    sent = {"column_0": "last_name", "column_1": "email", "column_2": "bsn"}
    page = text_of(planner.post(url("member-import-columns", import_file), sent, follow=True))
    assert "Er is nu nog niets veranderd" in page
    assert BSN not in page
    answer = planner.post(url("member-import-preview", import_file), {"seen": seen_in(page)})
    job = Job.objects.get()
    assert answer.url == reverse("backoffice:job-detail", args=[job.uuid])
    run_member_import(job)
    assert Member.objects.count() == 2
    assert "2 nieuwe leden" in text_of(planner.get(answer.url))


def test_double_click_and_back_button_lead_to_the_same_job(planner):
    import_file, preview = mapped(planner, "Achternaam\nJansen\n")
    sent = {"seen": seen_in(text_of(preview))}
    first = planner.post(url("member-import-preview", import_file), sent)
    second = planner.post(url("member-import-preview", import_file), sent)
    assert first.url == second.url
    run_member_import(Job.objects.get())
    for page in ("member-import-preview", "member-import-columns", "member-import-faults"):
        assert planner.get(url(page, import_file)).url == first.url
    assert Member.objects.count() == 1


def returned(client, import_file):
    """The answer with the list that a colleague gets back, and its sheets."""
    answer = client.get(url("member-import-faults", import_file))
    return answer, openpyxl.load_workbook(io.BytesIO(answer.content))


def test_list_comes_back_with_what_is_wrong_in_front_and_without_numbers(planner):
    import_file, preview = mapped(
        planner,
        "Ledenlijst\nAchternaam;E-mail;BSN;Toelichting\nJansen;fout;123456789;\n\n"
        f"Bakker;b@voorbeeld.nl;{BSN};het BSN is {BSN}\n",
    )
    page = text_of(preview)
    assert "Fouten in het bestand" in page
    assert "Dit is geen e-mailadres" in page
    assert "Lees de leden in" not in page
    assert "123456789" not in page
    answer, book = returned(planner, import_file)
    assert answer["Content-Disposition"] == 'attachment; filename="leden-met-fouten.xlsx"'
    sheet, faults = book["Leden"], book["Fouten"]
    assert [cell.value for cell in sheet[2]] == ["Fout", "Achternaam", "E-mail", "BSN", "Toelichting"]
    assert sheet["A3"].value.startswith(
        "E-mail: Dit is geen e-mailadres. Schrijf het als naam@voorbeeld.nl. · BSN: "
    )
    # The rows have the numbers that they have in the file of the sender.
    assert [cell.value for cell in sheet[3]][1:] == ["Jansen", "fout", "•••", None]
    assert [cell.value for cell in sheet[5]] == [None, "Bakker", "b@voorbeeld.nl", "•••", "het BSN is •••"]
    assert sheet["C3"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb
    rows = list(faults.iter_rows(values_only=True))
    assert [row[:2] for row in rows] == [("Rij", "Kolom"), (3, "E-mail"), (3, "BSN")]
    assert BSN not in str(list(sheet.values)) + str(rows)
    assert AuditEvent.objects.filter(action="import_file.faults", object_id=str(import_file.uuid)).exists()


def test_mended_list_is_read_in_with_the_columns_of_before(planner):
    import_file, _preview = mapped(planner, "Wie;Achternaam;Tel\nx;Jansen;612345670\n;;06\n")
    _answer, book = returned(planner, import_file)
    sheet = book["Leden"]
    assert sheet["A3"].value == (
        "Achternaam: De achternaam is leeg. · "
        "Tel: Dit is geen telefoonnummer. Schrijf het als 06 12345678 of +31 6 12345678."
    )
    sheet["C3"], sheet["D3"] = "Bakker", "0612345679"
    book.save(buffer := io.BytesIO())
    upload(planner, buffer.getvalue(), name="leden-met-fouten.xlsx")
    again = ImportFile.objects.latest("pk")
    assert again.options["headers"] == ["Fout", "Wie", "Achternaam", "Tel"]
    assert again.mapping == {"2": "last_name", "3": "phone"}
    sent = {"column_2": "last_name", "column_3": "phone"}
    page = text_of(planner.post(url("member-import-columns", again), sent, follow=True))
    assert "Fouten in het bestand" not in page


@pytest.mark.parametrize("day", ["06-01-1950", "1950-01-05", "18.01.1950"])
def test_good_date_whose_digits_could_be_a_number_of_a_person_comes_back(planner, day):
    """One in eleven could; hidden, it would be a fault in a row that had none."""
    import_file, _preview = mapped(
        planner, f"Achternaam;Geboortedatum;Training gedaan op\nJansen;{day};\n;;{day}\n"
    )
    _answer, book = returned(planner, import_file)
    assert book["Leden"]["C2"].value == day
    assert book["Leden"]["D3"].value == day


def test_preview_names_the_columns_that_are_left_out(planner):
    _import_file, preview = mapped(planner, "Fout;Achternaam;Schoenmaat;Hobby\n;Jansen;43;lezen\n")
    page = text_of(preview)
    assert "Zitting leest deze kolommen niet in: Schoenmaat, Hobby." in page
    _import_file, preview = mapped(planner, "Achternaam\nJansen\n")
    assert "deze kolommen niet in" not in text_of(preview)


def test_hidden_number_is_asked_for_when_the_list_comes_back(planner):
    import_file, preview = mapped(planner, "Fout;Achternaam;BSN\nx;Jansen;•••\n")
    assert "Dit nummer is hier verborgen. Zet het terug uit uw eigen bestand" in text_of(preview)
    _answer, book = returned(planner, import_file)
    assert [cell.value for cell in book["Leden"][1]] == ["Fout", "Achternaam", "BSN"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠", "'="])
def test_list_that_comes_back_holds_no_formula(planner, sign):
    import_file, _preview = mapped(
        planner, f'Achternaam;"{sign}cmd|e-mail";E-mail\n"{sign}HYPERLINK(1)";"{sign}1+1";fout\n'
    )
    _answer, book = returned(planner, import_file)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert any("HYPERLINK" in str(cell.value) for cell in cells)


def test_columns_are_checked_in_plain_words(planner):
    upload(planner, "Wie;Waar\nJansen;Juinen\n")
    import_file = ImportFile.objects.get()
    page = text_of(planner.post(url("member-import-columns", import_file), {"column_1": "city"}))
    assert "Zonder achternaam kunnen wij niemand inlezen" in page
    page = text_of(
        planner.post(url("member-import-columns", import_file), {"column_0": "city", "column_1": "city"})
    )
    assert "meer dan één kolom" in page


def test_possible_doubles_get_a_choice_for_all_and_for_one(planner):
    for name in ("jan", "eva"):
        factories.make_member(last_name="Jansen", email=f"{name}@voorbeeld.nl", with_user=False)
    import_file, preview = mapped(
        planner, "Achternaam;E-mail\nJansen;jan@voorbeeld.nl\nBakker;eva@voorbeeld.nl\n"
    )
    page = text_of(preview)
    assert "zelfde e-mailadres" in page
    sent = {"seen": seen_in(page), "doubles": "skip", "row_2": "", "row_3": "add"}
    planner.post(url("member-import-preview", import_file), sent)
    run_member_import(Job.objects.get())
    assert sorted(Member.objects.values_list("last_name", flat=True)) == ["Bakker", "Jansen", "Jansen"]


def test_member_file_that_changed_is_shown_anew_before_anything_happens(planner):
    import_file, preview = mapped(planner, "Achternaam;E-mail\nJansen;jan@voorbeeld.nl\n")
    factories.make_member(email="jan@voorbeeld.nl")
    page = text_of(
        planner.post(url("member-import-preview", import_file), {"seen": seen_in(text_of(preview))})
    )
    assert "Het ledenbestand is veranderd" in page
    assert "zelfde e-mailadres" in page
    sent = {"seen": seen_in(page), "doubles": "add"}
    assert planner.post(url("member-import-preview", import_file), sent).status_code == 302


def test_nothing_to_do_is_told(planner):
    factories.make_member(number=7, last_name="Jansen", first_name="")
    _file, preview = mapped(planner, "Lidnummer;Achternaam\n7;Jansen\n")
    assert "Er is niets om in te lezen" in text_of(preview)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leden.xlsx", b"Achternaam;E-mail\nJansen;j@voorbeeld.nl\n", "geen Excel-bestand"),
        ("leden.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "oud Excel-bestand"),
        ("leden.pdf", b"%PDF-1.7", "Dit soort bestand"),
        ("leden.csv", b"", "leeg"),
        ("leden.csv", b"Achternaam\n" + b"Jansen\n" * 20_001, "20.000"),
        ("<img src=x onerror=1>.csv", b"", "leeg"),
    ],
    ids=["text", "xls", "pdf", "empty", "rows", "name"],
)
def test_bad_file_is_refused_on_the_page_and_kept_nowhere(planner, name, content, words):
    page = text_of(upload(planner, content, name=name))
    assert words in page
    assert "<img src=x" not in page
    assert not ImportFile.objects.exists()


def test_no_file_is_told(planner):
    assert "Kies een bestand." in text_of(planner.post(url("member-import")))


def test_hostile_names_in_a_file_stay_text(planner):
    page = text_of(upload(planner, '"<script>alert(1)</script>";Achternaam\n"<b>x</b>";"<i>Jansen</i>"\n'))
    assert "<script>alert(1)</script>" not in page
    assert "<i>Jansen</i>" not in page


def test_cancelled_file_is_gone_and_says_so(planner):
    import_file, _preview = mapped(planner, "Achternaam\nJansen\n")
    page = text_of(planner.post(url("member-import-cancel", import_file), follow=True))
    assert "Het bestand is verwijderd" in page
    page = text_of(planner.get(url("member-import-preview", import_file), follow=True))
    assert "Dit bestand is er niet meer" in page


def test_template_can_be_read_in_again(planner):
    content = planner.get(url("member-import-template")).content
    page = text_of(upload(planner, content, name="leden-sjabloon.xlsx"))
    assert "staat 1 rij" in page
    import_file = ImportFile.objects.get()
    assert len(import_file.mapping) == 21
    sent = {f"column_{index}": field for index, field in import_file.mapping.items()}
    page = text_of(planner.post(url("member-import-columns", import_file), sent, follow=True))
    assert "Voorbeeld, Anna van der" in page
    assert "Fouten in het bestand" not in page


def test_file_of_another_kind_or_municipality_is_not_found(planner, zonneiland, client_for):
    stations = factories.make_import_file(kind="station_import")
    assert planner.get(url("member-import-preview", stations)).status_code == 404
    import_file, _preview = mapped(planner, "Achternaam\nJansen\n")
    with tenant_context(zonneiland):
        islander = factories.make_staff("planner")
    assert client_for(zonneiland, islander).get(url("member-import-preview", import_file)).status_code == 404
