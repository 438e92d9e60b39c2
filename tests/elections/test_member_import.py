"""The road of a member list into the member file."""

import io
import time
from datetime import date

import pytest
import xlsxwriter
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from elections import secrets
from elections.actions.member_import import (
    map_columns,
    plan_of,
    run_member_import,
    start_member_import,
    stored_choices,
    upload_member_list,
)
from elections.actions.member_merge import merge_members
from elections.enums import ImportState, JobState, SecretKind
from elections.errors import ActionError
from elections.imports.member_columns import ImportField
from elections.imports.member_plan import DoubleChoice, DoubleChoices, Outcome
from elections.models import AuditEvent, ImportFile, Member, MemberSecret, OutboxMail
from elections.person_numbers import looks_secret
from tests.factories import make_member, make_staff, make_user

BSN, OTHER_BSN, IBAN = "999900018", "999900031", "NL91ABNA0417164300"


@pytest.fixture
def staff():
    return make_staff()


def uploaded(text, *, by, name="leden.csv", encoding="utf-8"):
    """An uploaded csv file whose columns are mapped as Zitting guesses."""
    import_file = upload_member_list(SimpleUploadedFile(name, text.encode(encoding)), by=by)
    map_columns(import_file, {int(index): field for index, field in import_file.mapping.items()}, by=by)
    import_file.refresh_from_db()
    return import_file


def imported(text, *, by, choices=None):
    """The job after a whole import."""
    import_file = uploaded(text, by=by)
    choices = choices or DoubleChoices()
    job = start_member_import(
        import_file, seen=plan_of(import_file, choices).fingerprint, choices=choices, by=by
    )
    run_member_import(job)
    job.refresh_from_db()
    return job


def test_import_adds_members_with_numbers_labels_and_encrypted_secrets(staff):
    make_member(number=2001)
    job = imported(
        f"Achternaam;Kenmerken;BSN;IBAN\nÖzdemir;ervaren;{BSN};{IBAN}\nDe Vries;Ervaren;;\n", by=staff
    )
    assert (job.state, job.result) == (JobState.DONE, "2 nieuwe leden.")
    first, second = Member.objects.filter(number__gt=2001).by_name()
    assert (first.number, first.last_name) == (2002, "Özdemir")
    assert (second.number, second.infix, second.last_name) == (2003, "de", "Vries")
    assert (
        [label.name for label in first.labels.all()]
        == [label.name for label in second.labels.all()]
        == ["ervaren"]
    )
    assert secrets.secrets_present(first) == {SecretKind.BSN, SecretKind.IBAN}
    assert secrets.iban_masked(first).endswith("3 00")
    assert BSN.encode() not in bytes(MemberSecret.objects.get(kind=SecretKind.BSN).ciphertext)
    assert AuditEvent.objects.filter(action="member.import").count() == 2


def test_windows_file_with_semicolons_is_read_as_well(staff):
    import_file = uploaded("Achternaam;Plaats\r\nÇelik;’s-Gravenhage\r\n", by=staff, encoding="cp1252")
    assert plan_of(import_file).planned[0].row.values["city"] == "’s-Gravenhage"


def test_second_import_of_the_same_file_changes_nothing(staff):
    text = f"Lidnummer;Achternaam;E-mail;BSN\n7;Jansen;j@voorbeeld.nl;{BSN}\n8;Bakker;b@voorbeeld.nl;\n"
    imported(text, by=staff)
    import_file = uploaded(text, by=staff)
    plan = plan_of(import_file)
    assert (plan.count(Outcome.UNCHANGED), plan.to_do) == (2, 0)
    with pytest.raises(ActionError, match="niets om in te lezen"):
        start_member_import(import_file, seen=plan.fingerprint, choices=DoubleChoices(), by=staff)


def test_same_number_updates_and_an_empty_cell_wipes_nothing(staff):
    member = make_member(
        number=7,
        with_user=False,
        last_name="Jansen",
        first_name="Jan",
        phone="+31 6 12345678",
        email="a@b.nl",
    )
    job = imported("Lidnummer;Achternaam;Voornaam;E-mail;Telefoon\n7;Jansen;Johan;a@b.nl;\n", by=staff)
    assert job.result == "1 lid gewijzigd."
    member.refresh_from_db()
    assert (member.first_name, member.phone, member.version) == ("Johan", "+31 6 12345678", 2)
    assert AuditEvent.objects.get(action="member.import").details == {"fields": ["first_name"]}


def test_known_bsn_is_never_replaced(staff):
    member = make_member(number=7, last_name="Jansen", first_name="")
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    before = bytes(MemberSecret.objects.get().ciphertext)
    imported(f"Lidnummer;Achternaam;Plaats;BSN\n7;Jansen;Juinen;{OTHER_BSN}\n", by=staff)
    assert bytes(MemberSecret.objects.get().ciphertext) == before


@pytest.mark.parametrize(
    "row",
    [";Anders;;JAN@voorbeeld.nl", ";Jansen;1-1-1960;", "99;Jánsen;1-1-1960;"],
    ids=["email", "person", "number"],
)
@pytest.mark.parametrize(
    ("choice", "members", "result"),
    [
        (DoubleChoice.ADD, 2, "1 nieuw lid."),
        (DoubleChoice.UPDATE, 1, "1 lid gewijzigd."),
    ],
)
def test_possible_double_follows_the_choice(staff, row, choice, members, result):
    make_member(
        number=7, last_name="Jansen", first_name="", birth_date=date(1960, 1, 1), email="jan@voorbeeld.nl"
    )
    text = f"Lidnummer;Achternaam;Geboortedatum;E-mail;Plaats\n{row};Juinen\n"
    assert imported(text, by=staff, choices=DoubleChoices(rows={2: choice})).result == result
    assert Member.objects.count() == members


def test_possible_double_is_left_out_unless_somebody_chooses(staff):
    make_member(number=7, last_name="Jansen", email="jan@voorbeeld.nl")
    plan = plan_of(uploaded("Achternaam;E-mail\nJansen;jan@voorbeeld.nl\n", by=staff))
    assert (plan.count(Outcome.SKIPPED), len(plan.doubles), plan.to_do) == (1, 1, 0)
    assert plan.doubles[0].reason == "zelfde e-mailadres"


def test_two_rows_that_would_update_one_member_are_a_fault(staff):
    make_member(number=7, last_name="Jansen", email="jan@voorbeeld.nl")
    import_file = uploaded(
        "Lidnummer;Achternaam;E-mail\n7;Jansen;jan@voorbeeld.nl\n;Bakker;jan@voorbeeld.nl\n", by=staff
    )
    plan = plan_of(import_file, DoubleChoices(default=DoubleChoice.UPDATE))
    assert [fault.row for fault in plan.faults] == [3]


def test_new_address_reaches_the_account_and_both_addresses_are_told(staff):
    member = make_member(number=7, last_name="Jansen", email="oud@voorbeeld.nl", first_name="")
    imported("Lidnummer;Achternaam;E-mail\n7;Jansen;nieuw@voorbeeld.nl\n", by=staff)
    member.user.refresh_from_db()
    assert member.user.email == "nieuw@voorbeeld.nl"
    told = OutboxMail.objects.filter(kind="email_changed").values_list("to_email", flat=True)
    assert sorted(told) == ["nieuw@voorbeeld.nl", "oud@voorbeeld.nl"]


def test_import_does_not_move_the_login_of_a_colleague(staff):
    colleague = make_user(role="administrator", email="baas@juinen.example")
    make_member(number=7, last_name="Jansen", user=colleague)
    imported("Lidnummer;Achternaam;E-mail\n7;Jansen;dief@voorbeeld.nl\n", by=staff)
    colleague.refresh_from_db()
    assert colleague.email == "baas@juinen.example"


def test_mapping_must_hold_a_last_name_once_and_known_columns(staff):
    import_file = upload_member_list(SimpleUploadedFile("leden.csv", b"Achternaam;X\nJansen;y\n"), by=staff)
    for mapping, words in (
        ({1: ImportField.EMAIL}, "Achternaam"),
        ({0: ImportField.LAST_NAME, 1: ImportField.LAST_NAME}, "meer dan één"),
        ({0: ImportField.LAST_NAME, 7: ImportField.EMAIL}, "horen niet"),
        ({0: ImportField.LAST_NAME, 1: "is_active"}, "horen niet"),
    ):
        with pytest.raises(ActionError, match=words):
            map_columns(import_file, mapping, by=staff)


def test_choice_of_columns_is_remembered_for_the_next_file(staff):
    """Also when that file has other columns beside, in another order, or comes back with its faults mended."""
    import_file = upload_member_list(
        SimpleUploadedFile("leden.csv", b"Wie;Waar;Plaats\nJansen;Juinen;x\n"), by=staff
    )
    map_columns(import_file, {0: ImportField.LAST_NAME, 1: ImportField.CITY}, by=staff)
    again = upload_member_list(
        SimpleUploadedFile("leden2.csv", b"Plaats;Waar;Nieuw;Wie;E-mail\nx;Juinen;;Bakker;\n"), by=staff
    )
    assert again.mapping == {"1": "city", "3": "last_name", "4": "email"}


def test_choice_of_an_import_that_was_undone_is_not_repeated(staff):
    import_file = upload_member_list(SimpleUploadedFile("leden.csv", b"Naam;Plaats\nA;B\n"), by=staff)
    map_columns(import_file, {0: ImportField.CITY, 1: ImportField.LAST_NAME}, by=staff)
    ImportFile.objects.update(state=ImportState.UNDONE)
    again = upload_member_list(SimpleUploadedFile("leden2.csv", b"Naam;Plaats\nA;B\n"), by=staff)
    assert again.mapping == {"0": "last_name", "1": "city"}


def test_formula_in_a_text_stays_text(staff):
    imported('Achternaam;Opmerking\nJansen;"=HYPERLINK(""http://x"")"\n', by=staff)
    assert Member.objects.get().remark == '=HYPERLINK("http://x")'


def test_formula_without_a_value_is_a_fault_with_its_cell(staff):
    book = xlsxwriter.Workbook(buffer := io.BytesIO())
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Achternaam", "Plaats"])
    sheet.write(1, 0, "Jansen")
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    book.close()
    import_file = upload_member_list(SimpleUploadedFile("leden.xlsx", buffer.getvalue()), by=staff)
    map_columns(import_file, {0: ImportField.LAST_NAME, 1: ImportField.CITY}, by=staff)
    import_file.refresh_from_db()
    fault = plan_of(import_file).faults[0]
    assert (fault.row, fault.column) == (2, "Plaats")


def test_import_stays_in_its_own_municipality(staff, zonneiland):
    import_file = uploaded("Lidnummer;Achternaam\n7;Jansen\n", by=staff)
    with tenant_context(zonneiland):
        make_member(number=7, last_name="Eilander")
        assert not default_storage.exists(import_file.file)
    imported("Lidnummer;Achternaam\n7;Jansen\n", by=staff)
    with tenant_context(zonneiland):
        assert Member.objects.get().last_name == "Eilander"
    assert stored_choices(import_file).default == DoubleChoice.SKIP


def test_five_thousand_rows_are_read_in_well_within_a_minute(staff):
    lines = ["Lidnummer;Achternaam;Geboortedatum;E-mail;Telefoon;Kenmerken;BSN;IBAN"]
    numbers = (number for number in range(100_000_000, 999_999_999) if looks_secret(str(number)))
    lines += [
        f"{n};Naam{n};1-1-1960;lid{n}@voorbeeld.nl;06{n + 10_000_000};oud;{next(numbers)};{IBAN}"
        for n in range(1, 5001)
    ]
    begin = time.monotonic()
    assert imported("\n".join(lines), by=staff).result == "5.000 nieuwe leden."
    assert time.monotonic() - begin < 60


def test_number_of_statements_does_not_grow_with_unchanged_members(staff, django_assert_num_queries):
    imported("Lidnummer;Achternaam\n1;Jansen\n", by=staff)
    one = uploaded("Lidnummer;Achternaam\n1;Jansen\n", by=staff)
    imported("Lidnummer;Achternaam\n1;Jansen\n2;Bakker\n3;Visser\n", by=staff)
    three = uploaded("Lidnummer;Achternaam\n1;Jansen\n2;Bakker\n3;Visser\n", by=staff)
    for import_file in (one, three):
        with django_assert_num_queries(4):
            plan_of(import_file)


def test_number_of_a_row_that_was_joined_is_that_of_who_is_left(staff):
    keep, gone = make_member(with_user=False), make_member(with_user=False)
    number = gone.number
    merge_members(keep, gone, {}, versions=(keep.version, gone.version), by=staff)
    imported(f"Lidnummer;Achternaam;Woonplaats\n{number};Bakker;Zonneiland\n", by=staff)
    keep.refresh_from_db()
    assert Member.objects.get() == keep
    assert (keep.city, keep.number == number) == ("Zonneiland", False)
