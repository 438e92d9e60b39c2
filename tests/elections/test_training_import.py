"""Reading the results of a trainer in: whose row it is, what is left out, and that it happens once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from elections.actions.training_result import confirm_training_import, plan_of, upload_results
from elections.errors import ActionError
from elections.imports.training_file import Outcome
from elections.models import AuditEvent, ImportFile, MergedMember, TrainingResult
from tests import factories

DAY = "12-1-2026"


@pytest.fixture
def training(db: None) -> Any:
    return factories.make_training(valid_months=12)


@pytest.fixture
def planner(db: None) -> Any:
    return factories.make_staff("planner")


def sent(
    training: Any, planner: Any, *rows: str, heading: str = "Lidnummer;Datum;Gehaald;Score"
) -> ImportFile:
    data = "\n".join([heading, *rows]).encode()
    return upload_results(training, SimpleUploadedFile("uitslagen.csv", data), by=planner)


def outcomes(import_file: ImportFile, training: Any) -> list[tuple[str, str]]:
    return [(row.outcome.value, row.fault) for row in plan_of(import_file, training, by=None).planned]


def confirm(import_file: ImportFile, training: Any, planner: Any) -> Any:
    seen = plan_of(import_file, training, by=planner).fingerprint
    return confirm_training_import(import_file, training, fingerprint=seen, by=planner)


def test_nothing_is_written_before_somebody_confirms(training: Any, planner: Any) -> None:
    member = factories.make_member(number=7)
    import_file = sent(training, planner, f"7;{DAY};ja;8,5")
    assert outcomes(import_file, training) == [("new", "")]
    assert not TrainingResult.objects.exists()
    plan = confirm(import_file, training, planner)
    assert plan.count(Outcome.NEW) == 1
    (result,) = TrainingResult.objects.all()
    assert (result.member, result.done_on, result.passed, result.score) == (
        member,
        date(2026, 1, 12),
        True,
        "8,5",
    )
    assert (result.expires_on, result.source) == (date(2027, 1, 12), "import")
    assert result.noted_by == planner.display_name
    assert AuditEvent.objects.filter(action="training_result.note", object_id=str(member.uuid)).exists()


def test_second_click_changes_nothing_and_an_old_page_is_refused(training: Any, planner: Any) -> None:
    factories.make_member(number=7)
    import_file = sent(training, planner, f"7;{DAY};ja;")
    with pytest.raises(ActionError, match="intussen iets veranderd"):
        confirm_training_import(import_file, training, fingerprint="oud", by=planner)
    assert not TrainingResult.objects.exists()
    seen = plan_of(import_file, training, by=planner).fingerprint
    assert confirm_training_import(import_file, training, fingerprint=seen, by=planner)
    assert confirm_training_import(import_file, training, fingerprint=seen, by=planner) is None
    assert TrainingResult.objects.count() == 1


def test_person_is_found_by_reference_number_or_address(training: Any, planner: Any) -> None:
    numbered, mailed = factories.make_member(number=7), factories.make_member(email="Noor@Example.nl")
    start = factories.make_training_start(training, factories.make_member())
    import_file = sent(
        training,
        planner,
        f"{start.reference};;;2026-01-12T14:33:00Z;passed",
        f";7;;{DAY};Ja",
        f";;noor@example.NL;{DAY};nee",
        heading="sub;Lidnummer;E-mail;Date;Result",
    )
    found = [(row.member, row.passed) for row in plan_of(import_file, training, by=planner).planned]
    assert found == [(start.member, True), (numbered, True), (mailed, False)]


def test_address_of_a_confidential_member_tells_nothing_to_who_may_not_read_it(
    training: Any, planner: Any
) -> None:
    """Neither that it is known, nor that it is of another than the number: each file would be a guess."""
    hidden = factories.make_member(
        email="noor@example.nl", confidential_since=timezone.now(), confidential_reason="x"
    )
    type(hidden.user).objects.filter(pk=hidden.user_id).update(email="inlog@example.nl")
    factories.make_member(number=7)
    import_file = sent(
        training,
        planner,
        f";noor@example.nl;{DAY};ja",
        f";inlog@example.nl;{DAY};ja",
        f"7;noor@example.nl;{DAY};ja",
        heading="Lidnummer;E-mail;Datum;Gehaald",
    )
    planned = plan_of(import_file, training, by=planner).planned
    assert [row.outcome.value for row in planned] == ["unknown", "unknown", "new"]
    administrator = factories.make_staff()
    planned = plan_of(import_file, training, by=administrator).planned
    assert [row.member for row in planned[:1]] == [hidden]
    assert "twee verschillende leden" in planned[2].fault


def test_number_of_a_merged_row_finds_who_it_went_up_in(training: Any, planner: Any) -> None:
    member = factories.make_member(number=7)
    MergedMember.objects.create(member=member, number=8)
    import_file = sent(training, planner, f"8;{DAY};ja;")
    assert [row.member for row in plan_of(import_file, training, by=planner).planned] == [member]


def test_reference_of_another_training_is_unknown(training: Any, planner: Any) -> None:
    start = factories.make_training_start(factories.make_training(), factories.make_member())
    import_file = sent(training, planner, f"{start.reference};{DAY};ja", heading="Kenmerk;Datum;Gehaald")
    assert outcomes(import_file, training) == [("unknown", "")]


def test_unknown_people_and_faults_are_listed_and_the_rest_is_read(training: Any, planner: Any) -> None:
    known = factories.make_member(number=7)
    factories.make_member(number=8)
    erased = factories.make_member(
        number=9, last_name="weg", is_active=False, email="", phone="", birth_date=None
    )
    type(erased).objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    tomorrow = timezone.localdate() + timedelta(days=1)
    import_file = sent(
        training,
        planner,
        f"999;{DAY};ja;",
        f"9;{DAY};ja;",
        f"²;{DAY};ja;",
        f"8;{tomorrow:%d-%m-%Y};ja;",
        "8;gisteren;ja;",
        "8;;ja;",
        f"8;{DAY};misschien;",
        f"8;{DAY};ja;{'9' * 21}",
        f"7;{DAY};ja;",
    )
    found = outcomes(import_file, training)
    assert [outcome for outcome, _fault in found] == [*["unknown"] * 3, *["faulty"] * 5, "new"]
    assert "in de toekomst" in found[3][1]
    assert all(fault for outcome, fault in found if outcome == "faulty")
    confirm(import_file, training, planner)
    assert [result.member for result in TrainingResult.objects.all()] == [known]


def test_row_that_names_two_people_is_a_fault(training: Any, planner: Any) -> None:
    factories.make_member(number=7)
    factories.make_member(number=8, email="iemand@example.nl")
    for address in ("dubbel@example.nl", "dubbel@example.nl"):
        factories.make_member(email=address)
    import_file = sent(
        training,
        planner,
        f"7;iemand@example.nl;{DAY};ja",
        f";dubbel@example.nl;{DAY};ja",
        heading="Lidnummer;E-mail;Datum;Gehaald",
    )
    assert [fault for _outcome, fault in outcomes(import_file, training)] == [
        "Deze rij noemt twee verschillende leden.",
        "Dit e-mailadres hoort bij meer leden.",
    ]


def test_of_one_person_and_day_the_best_row_counts(training: Any, planner: Any) -> None:
    factories.make_member(number=7)
    import_file = sent(training, planner, f"7;{DAY};nee;3", f"7;{DAY};ja;7", f"7;{DAY};ja;9")
    assert [outcome for outcome, _fault in outcomes(import_file, training)] == ["faulty", "new", "faulty"]
    confirm(import_file, training, planner)
    assert TrainingResult.objects.get().score == "7"


def test_same_file_again_has_nothing_to_do_and_a_resit_is_a_change(training: Any, planner: Any) -> None:
    member = factories.make_member(number=7)
    confirm(sent(training, planner, f"7;{DAY};nee;4"), training, planner)
    again = sent(training, planner, f"7;{DAY};nee;4")
    assert outcomes(again, training) == [("known", "")]
    with pytest.raises(ActionError, match="niets in te lezen"):
        confirm(again, training, planner)
    resit = sent(training, planner, f"7;{DAY};ja;6")
    assert outcomes(resit, training) == [("changed", "")]
    confirm(resit, training, planner)
    assert outcomes(sent(training, planner, f"7;{DAY};nee;1"), training) == [("known", "")]
    assert member.training_results.get().passed


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Lidnummer;Gehaald", "“Datum”"),
        ("Datum;Gehaald", "“Kenmerk”, “Lidnummer” of “E-mailadres”"),
        ("Lidnummer;Datum", "“Gehaald”"),
    ],
)
def test_missing_columns_are_named_and_nothing_is_kept(
    training: Any, planner: Any, heading: str, words: str
) -> None:
    with pytest.raises(ActionError, match=words):
        sent(training, planner, "7;1", heading=heading)
    assert not ImportFile.objects.exists()


def test_junk_is_refused(training: Any, planner: Any) -> None:
    for name, data in (
        ("uitslagen.xlsx", b"PK\x03\x04junk"),
        ("uitslagen.csv", b""),
        ("uitslagen.exe", b"MZ"),
    ):
        with pytest.raises(ActionError):
            upload_results(training, SimpleUploadedFile(name, data), by=planner)
    assert not ImportFile.objects.exists()


def test_number_of_queries_does_not_grow_with_the_file(
    training: Any, planner: Any, django_assert_max_num_queries: Any
) -> None:
    rows = []
    for number in range(50, 90):
        factories.make_member(number=number)
        rows.append(f"{number};{DAY};ja;")
    import_file = sent(training, planner, *rows)
    with django_assert_max_num_queries(4):
        assert plan_of(import_file, training, by=planner).count(Outcome.NEW) == 40
