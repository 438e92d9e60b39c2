"""Members look at their data, correct them, and give numbers that never come back."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections import secrets
from elections.actions.mail import retry_mail
from elections.enums import SecretKind
from elections.models import AuditEvent, EmailConfirmation, Member, OutboxMail
from elections.notify import mails
from elections.queries.personal_data import recently_changed
from tests import factories

BSN = "111222333"
IBAN = "NL91ABNA0417164300"
PASSWORD = factories.PASSWORD


@pytest.fixture
def step(event: Any) -> Any:
    return factories.make_portal_step(event, "personal_data")


def close(step: Any) -> None:
    step.opens_at = timezone.now() - timedelta(days=2)
    step.closes_at = timezone.now() - timedelta(seconds=1)
    step.save()


def test_overview_offers_to_change_only_while_open(as_member: Any, step: Any) -> None:
    assert "/personal-data/name/" in as_member.get("/personal-data/").content.decode()
    close(step)
    page = as_member.get("/personal-data/").content.decode()
    assert "/personal-data/name/" not in page
    assert "U kunt uw gegevens nu niet zelf wijzigen." in page
    assert "Dorpsstraat 12" in page


def test_overview_without_event_can_be_read(as_member: Any) -> None:
    assert "Dorpsstraat 12" in as_member.get("/personal-data/").content.decode()


@pytest.mark.parametrize(
    ("page", "data", "expected"),
    [
        (
            "name",
            {"initials": "NA", "first_name": "noor", "last_name": "Dijk"},
            {"initials": "N.A.", "infix": ""},
        ),
        ("birth-date", {"birth_date": "27 maart 1958"}, {"birth_date": date(1958, 3, 27)}),
        ("phone", {"phone": "06-87654321"}, {"phone": "+31 6 87654321"}),
        (
            "address",
            {"street": "Laan", "house_number": "3b", "postcode": "4321cd", "city": "Juinen"},
            {"house_number": "3 B", "postcode": "4321 CD"},
        ),
    ],
)
def test_subject_is_saved_in_one_way_of_writing(
    as_member: Any, member: Any, step: Any, page: str, data: dict[str, str], expected: dict[str, Any]
) -> None:
    response = as_member.post(f"/personal-data/{page}/", data | {"version": member.version})
    assert response.url == "/personal-data/"
    member.refresh_from_db()
    assert {name: getattr(member, name) for name in expected} == expected
    assert member.version == 2
    assert AuditEvent.objects.filter(action="personal_data.change").count() == 1


@pytest.mark.parametrize(
    ("page", "data", "error"),
    [
        ("name", {"last_name": ""}, "Vul uw achternaam in."),
        ("name", {"last_name": "Dijk"}, "Vul uw voornaam of uw voorletters in."),
        ("birth-date", {"birth_date": "31-2-1960"}, "Dit is geen datum."),
        ("birth-date", {"birth_date": "1-1-2999"}, "ligt in de toekomst"),
        ("phone", {"phone": "bel maar"}, "Dit is geen telefoonnummer."),
        (
            "address",
            {"street": "Laan", "house_number": "3", "postcode": "12", "city": "J"},
            "Dit is geen postcode.",
        ),
    ],
)
def test_subject_with_a_fault_is_explained_and_not_saved(
    as_member: Any, member: Any, step: Any, page: str, data: dict[str, str], error: str
) -> None:
    response = as_member.post(f"/personal-data/{page}/", data | {"version": member.version})
    assert error in response.content.decode()
    assert Member.objects.get().version == 1


def test_subject_ignores_other_fields(as_member: Any, member: Any, step: Any) -> None:
    data = {
        "phone": "06 11223344",
        "version": 1,
        "qualified_for": "chair",
        "is_own_staff": "on",
        "number": "1",
    }
    as_member.post("/personal-data/phone/", data)
    changed = Member.objects.get()
    assert (changed.qualified_for, changed.is_own_staff, changed.number) == (["member"], False, member.number)


def test_change_by_a_colleague_in_between_is_told(as_member: Any, member: Any, step: Any) -> None:
    Member.objects.update(version=5, city="Elders")
    response = as_member.post("/personal-data/phone/", {"phone": "06 11223344", "version": 1})
    page = response.content.decode()
    assert "intussen ergens anders gewijzigd" in page
    assert Member.objects.get().phone == "+31 6 12345678"
    again = response.context["form"]["version"].value()
    as_member.post("/personal-data/phone/", {"phone": "06 11223344", "version": again})
    assert Member.objects.get().phone == "+31 6 11223344"


def test_same_change_twice_is_harmless(as_member: Any, step: Any) -> None:
    for _press in range(2):
        assert (
            as_member.post("/personal-data/phone/", {"phone": "0611223344", "version": 1}).status_code == 302
        )
    assert Member.objects.get().version == 2


def test_closing_while_filling_in_keeps_what_was_typed(as_member: Any, step: Any) -> None:
    close(step)
    page = as_member.post("/personal-data/phone/", {"phone": "0611223344", "version": 1}).content.decode()
    assert "Dit onderdeel is gesloten sinds" in page
    assert 'value="0611223344"' in page
    assert Member.objects.get().phone == "+31 6 12345678"


def test_pages_of_a_closed_step_lead_to_the_overview(as_member: Any, step: Any) -> None:
    close(step)
    for page in ("name", "birth-date", "address", "phone", "email", "person-number", "iban"):
        assert as_member.get(f"/personal-data/{page}/").url == "/personal-data/"


@pytest.mark.parametrize("name", ["kwaad.nl/x", "Kwaad: klik", "a@kwaad.nl", "<b>", "Jansen2"])
@pytest.mark.parametrize("field", ["initials", "first_name", "infix", "last_name"])
def test_name_that_looks_like_an_address_is_refused(
    as_member: Any, member: Any, step: Any, field: str, name: str
) -> None:
    values = {"version": 1, "first_name": "Noor", "last_name": "Bakker"} | {field: name}
    page = as_member.post("/personal-data/name/", values)
    assert "Gebruik in een naam geen cijfers" in page.content.decode()
    member.refresh_from_db()
    assert member.version == 1


def test_very_long_name_fits_in_the_account(as_member: Any, member: Any, step: Any) -> None:
    values = {"version": 1, "first_name": "A" * 60, "infix": "van", "last_name": "B" * 100}
    assert as_member.post("/personal-data/name/", values).status_code == 302
    member.user.refresh_from_db()
    assert len(member.user.name) == 150


def test_email_change_needs_the_password(as_member: Any, member: Any, step: Any) -> None:
    page = as_member.post("/personal-data/email/", {"email": "nieuw@example.nl", "password": "fout"})
    assert "Dit wachtwoord klopt niet." in page.content.decode()
    assert not EmailConfirmation.objects.exists()


def test_wrong_passwords_are_counted(as_member: Any, step: Any) -> None:
    for _try in range(11):
        page = as_member.post("/personal-data/email/", {"email": "a@example.nl", "password": "fout"})
    assert "te vaak iets verkeerds" in page.content.decode()
    page = as_member.post("/personal-data/email/", {"email": "a@example.nl", "password": PASSWORD})
    assert "te vaak iets verkeerds" in page.content.decode()


@pytest.mark.parametrize("typed", [BSN, "1112.22.333", "111 222 333", "111222334", "xyzzy", "9" * 59])
def test_bsn_is_never_in_a_page_after_it_was_typed(
    as_member: Any, member: Any, step: Any, typed: str
) -> None:
    response = as_member.post("/personal-data/person-number/", {"number": typed})
    pages = [response, as_member.get("/personal-data/"), as_member.get("/personal-data/person-number/")]
    for page in pages:
        assert typed not in page.content.decode()
    assert typed not in str(dict(as_member.session.items()))
    assert typed not in str(list(AuditEvent.objects.values()))


def test_bsn_that_is_wrong_gives_an_empty_field_and_an_error(as_member: Any, member: Any, step: Any) -> None:
    page = as_member.post("/personal-data/person-number/", {"number": "111222334"}).content.decode()
    assert "Dit nummer klopt niet." in page
    assert 'autocomplete="off"' in page
    assert not secrets.secrets_present(member)


def test_bsn_is_asked_only_while_it_is_missing(as_member: Any, member: Any, step: Any) -> None:
    as_member.post("/personal-data/person-number/", {"number": BSN})
    assert SecretKind.BSN in secrets.secrets_present(member)
    page = as_member.get("/personal-data/").content.decode()
    assert "Bekend bij ons" in page
    assert "/personal-data/person-number/" not in page
    stored = bytes(member.secrets.get(kind="bsn").ciphertext)
    as_member.post("/personal-data/person-number/", {"number": "123456782"})
    assert bytes(member.secrets.get(kind="bsn").ciphertext) == stored


def test_iban_needs_the_password_and_is_shown_masked(as_member: Any, member: Any, step: Any) -> None:
    page = as_member.post("/personal-data/iban/", {"iban": IBAN, "password": "fout"}).content.decode()
    assert "Dit wachtwoord klopt niet." in page
    assert IBAN not in page
    assert as_member.post("/personal-data/iban/", {"iban": IBAN, "password": PASSWORD}).status_code == 302
    page = as_member.get("/personal-data/").content.decode()
    assert secrets.iban_masked(member) in page
    assert "0417" not in page


def test_iban_change_is_told_and_marks_the_member(as_member: Any, member: Any, step: Any) -> None:
    assert not recently_changed(member)
    as_member.post("/personal-data/iban/", {"iban": IBAN, "password": PASSWORD})
    mail = OutboxMail.objects.get(kind="iban_changed")
    assert mail.to_email == member.user.email
    assert IBAN[-4:] not in mails.compose(mail).body
    member.refresh_from_db()
    assert recently_changed(member)
    with time_machine.travel(timezone.now() + timedelta(hours=48), tick=False):
        assert not recently_changed(member)


def test_iban_change_is_told_on_the_former_address_too(as_member: Any, member: Any, step: Any) -> None:
    """Whoever takes over an account changes the address first, and the account number next."""
    old = member.user.email
    as_member.post("/personal-data/email/", {"email": "boef@example.nl", "password": PASSWORD})
    as_member.post("/email-confirmation/", {"code": EmailConfirmation.objects.get().code})
    as_member.post("/personal-data/iban/", {"iban": IBAN, "password": PASSWORD})
    told = OutboxMail.objects.filter(kind="iban_changed")
    assert set(told.values_list("to_email", flat=True)) == {old, "boef@example.nl"}
    mail = told.get(to_email=old)
    OutboxMail.objects.filter(pk=mail.pk).update(state="failed")
    assert retry_mail(mail, by=factories.make_staff()).to_email == old


def test_iban_that_is_wrong_is_not_repeated(as_member: Any, step: Any) -> None:
    page = as_member.post("/personal-data/iban/", {"iban": "NL91ABNA0417164301", "password": PASSWORD})
    assert "Dit IBAN klopt niet." in page.content.decode()
    assert "NL91ABNA0417164301" not in page.content.decode()


def test_confirming_sets_the_moment_once(as_member: Any, member: Any, step: Any) -> None:
    as_member.post("/personal-data/confirm/")
    first = Member.objects.get().data_checked_at
    assert first is not None
    as_member.post("/personal-data/confirm/")
    assert Member.objects.get().data_checked_at == first


def test_confirming_with_something_missing_says_what(as_member: Any, member: Any, step: Any) -> None:
    Member.objects.update(phone="", birth_date=None)
    page = as_member.post("/personal-data/confirm/", follow=True).content.decode()
    assert "Vul eerst nog in: geboortedatum, telefoonnummer." in page
    assert Member.objects.get().data_checked_at is None


def test_overview_marks_what_is_still_needed_and_nothing_else(as_member: Any, member: Any, step: Any) -> None:
    factories.make_own_field(name="Dieetwensen", is_required=True)
    factories.make_own_field(name="Hebt u een auto?")
    Member.objects.update(phone="", postcode="")
    page = as_member.get("/personal-data/").context["sections"]
    needed = {row["label"] for section in page for row in section["rows"] if row.get("is_missing")}
    assert needed == {"Adres", "Telefoonnummer", "BSN", "Rekeningnummer (IBAN)", "Dieetwensen"}
    assert as_member.get("/personal-data/").content.decode().count("Nog nodig") == len(needed)


def test_step_stays_busy_until_the_numbers_are_there(as_member: Any, member: Any, step: Any) -> None:
    as_member.post("/personal-data/confirm/")
    task = as_member.get("/").context["tasks"][0]
    assert (task["status"], task["hint"]) == ("busy", "Wij missen nog: BSN, IBAN.")
    secrets.set_secret(member, SecretKind.BSN, BSN, by=None)
    secrets.set_secret(member, SecretKind.IBAN, IBAN, by=None)
    assert as_member.get("/").context["tasks"][0]["status"] == "done"


def test_data_that_were_checked_for_an_older_event_are_asked_again(
    as_member: Any, member: Any, step: Any
) -> None:
    Member.objects.update(data_checked_at=timezone.now() - timedelta(days=400))
    assert as_member.get("/").context["tasks"][0]["status"] == "todo"


def test_public_body_asks_no_postcode_and_no_iban(zonneiland: Any, client_for: Any) -> None:
    with tenant_context(zonneiland):
        factories.make_portal_step(factories.make_event(), "personal_data")
        visitor = client_for(zonneiland, factories.make_member().user)
    page = visitor.get("/personal-data/").content.decode()
    assert "BSN of ID-nummer" in page
    assert "IBAN" not in page
    address = visitor.get("/personal-data/address/").content.decode()
    assert "Postcode" not in address
    assert visitor.get("/personal-data/iban/").status_code == 404


def test_overview_needs_a_fixed_number_of_queries(
    as_member: Any, step: Any, django_assert_num_queries: Any
) -> None:
    as_member.get("/personal-data/")
    with django_assert_num_queries(14):
        as_member.get("/personal-data/")
