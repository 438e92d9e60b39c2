"""Applications in the backoffice: the list, one of them, and what the team decides; the form is opened and closed."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import application_transfer as transfer
from elections.models import Application, AuditEvent, Member, OutboxMail, SignUp
from elections.sessions import CONFIRMED_KEY
from tests import factories

URL, EXPORT = "/backoffice/application/", "/backoffice/application/export/"
RECEIVE, SIGN_UP = "/backoffice/application-transfer/receive/", "/backoffice/sign-up/"


@pytest.fixture
def planner() -> Any:
    return factories.make_staff("planner")


@pytest.fixture
def colleague(client_for: Any, juinen: Any, planner: Any) -> Any:
    return client_for(juinen, planner)


def wait_ten_minutes(client: Any, *, back: bool = False) -> None:
    """From then on dangerous acts ask a proof again; `back` gives it."""
    session = client.session
    session[CONFIRMED_KEY] += 601 if back else -601
    session.save()


def detail(application: Any, act: str = "") -> str:
    return f"{URL}{application.uuid}/{act}"


def passing(application: Any, act: str = "") -> str:
    return f"/backoffice/application-transfer/{application.uuid}/{act}"


def test_empty_list_says_what_will_be_here_and_that_the_form_is_closed(colleague: Any) -> None:
    page = colleague.get(URL).content.decode()
    assert "Er zijn nog geen aanmeldingen" in page
    assert "Het aanmeldformulier is dicht" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_queries(
    colleague: Any, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        factories.make_application()
    colleague.get(URL)
    with django_assert_num_queries(9):
        page = colleague.get(URL).content.decode()
    assert page.count(f'href="{URL}') > count


def test_list_shows_only_who_confirmed_the_address(colleague: Any) -> None:
    factories.make_application(state="unconfirmed", confirmed_at=None, last_name="Onbevestigd")
    hidden = Application.objects.get()
    page = colleague.get(URL).content.decode()
    assert "Onbevestigd" not in page
    assert "1 aanmelding is nog niet bevestigd" in page
    for act in ("", "accept/", "refuse/"):
        assert colleague.get(detail(hidden, act)).status_code == 404
    for url in (detail(hidden, "keep/"), passing(hidden)):
        assert colleague.post(url).status_code == 404


def test_list_is_searched_and_filtered(colleague: Any) -> None:
    factories.make_member(email="bekend@voorbeeld.example", user=None)
    factories.make_application(last_name="Özdemir", has_experience=True)
    factories.make_application(last_name="Bakker", email="bekend@voorbeeld.example")
    factories.make_application(
        last_name="Visser", state="refused", decided_at=timezone.now(), phone="+31 6 55555555"
    )

    def names(query: str) -> set[str]:
        page = colleague.get(f"{URL}?{query}").content.decode()
        return {name for name in ("Özdemir", "Bakker", "Visser") if f" {name}</a>" in page}

    assert names("") == {"Özdemir", "Bakker", "Visser"}
    assert names("q=ozdem") == {"Özdemir"}
    assert names("q=55555555") == {"Visser"}
    assert names("q=%00") == {"Özdemir", "Bakker", "Visser"}
    assert names("state=refused") == {"Visser"}
    assert names("state=unconfirmed") == {"Özdemir", "Bakker", "Visser"}
    assert names("experience=True") == {"Özdemir"}
    assert names("double=True") == {"Bakker"}


def test_looking_is_logged_without_a_name(colleague: Any) -> None:
    """A name in the log would outlive the application."""
    application = factories.make_application(last_name="Zeldzaam")
    colleague.get(f"{URL}?q=Zeldzaam&state=open")
    colleague.get(detail(application))
    listed, viewed = AuditEvent.objects.filter(action__startswith="application.").order_by("pk")
    assert listed.details == {"filter": ["state: open"], "count": 1}
    assert (viewed.action, viewed.object_id) == ("application.view", str(application.uuid))
    for event in (listed, viewed):
        assert "Zeldzaam" not in f"{event.object_label} {event.details}"


def test_detail_shows_doubles_with_reasons(colleague: Any) -> None:
    member = factories.make_member(email="bekend@voorbeeld.example", user=None)
    application = factories.make_application(email="bekend@voorbeeld.example")
    page = colleague.get(detail(application)).content.decode()
    assert member.full_name in page
    assert "zelfde e-mailadres" in page


def test_accepting_a_new_person_leads_to_the_member(colleague: Any) -> None:
    application = factories.make_application()
    page = colleague.get(detail(application, "accept/")).content.decode()
    assert "wordt een nieuw lid" in page
    assert "Wie is dit?" not in page
    response = colleague.post(detail(application, "accept/"), {"person": "new"})
    member = Member.objects.get()
    assert response.headers["Location"] == f"/backoffice/member/{member.uuid}/"
    assert (member.email, OutboxMail.objects.get().kind) == (application.email, "member_invitation")


def test_accepting_somebody_like_a_member_asks_who_it_is(colleague: Any) -> None:
    known = factories.make_member(email="bekend@voorbeeld.example", user=factories.make_user())
    stranger = factories.make_member(last_name="Onbekend", user=None)
    application = factories.make_application(email="bekend@voorbeeld.example")
    url = detail(application, "accept/")
    assert "Kies wie dit is." in colleague.post(url, {"person": ""}).content.decode()
    assert "Kies wie dit is." in colleague.post(url, {"person": str(stranger.uuid)}).content.decode()
    assert not AuditEvent.objects.filter(action="application.accept").exists()
    colleague.post(url, {"person": str(known.uuid)})
    application.refresh_from_db()
    assert (application.state, application.member) == ("accepted", known)
    assert Member.objects.count() == 2


def test_keeping_and_refusing_from_the_page(colleague: Any) -> None:
    kept, refused = factories.make_application(), factories.make_application()
    colleague.post(detail(kept, "keep/"))
    assert "Kies een reden." in colleague.post(detail(refused, "refuse/"), {"refusal": ""}).content.decode()
    colleague.post(detail(refused, "refuse/"), {"refusal": "enough"})
    for application, state in ((kept, "kept"), (refused, "refused")):
        application.refresh_from_db()
        assert application.state == state
    assert "er zijn genoeg mensen" in colleague.get(detail(refused)).content.decode()


def test_keeping_without_consent_is_refused(colleague: Any) -> None:
    application = factories.make_application(may_keep=False)
    assert "geen toestemming" in colleague.get(detail(application)).content.decode()
    page = colleague.post(detail(application, "keep/"), follow=True).content.decode()
    assert "gaf geen toestemming om de aanmelding te bewaren" in page


@pytest.mark.parametrize("act", ["accept/", "refuse/"])
def test_settled_application_leads_back_to_its_page(colleague: Any, act: str) -> None:
    application = factories.make_application(state="refused", decided_at=timezone.now())
    for response in (
        colleague.get(detail(application, act)),
        colleague.post(detail(application, act), {"person": "new", "refusal": "other"}),
        colleague.get(passing(application)),
    ):
        assert response.headers["Location"] == detail(application)


def test_transfer_from_question_to_file_to_the_other_side(
    colleague: Any, client_for: Any, zonneiland: Any
) -> None:
    application = factories.make_application(first_name="Noor")
    page = colleague.get(passing(application)).content.decode()
    assert "Openbaar lichaam Zonneiland" in page
    assert "GM0001" not in page
    assert (
        "Kies een gemeente."
        in colleague.post(passing(application), {"municipality": "GM0001"}).content.decode()
    )
    colleague.post(passing(application), {"municipality": "GM9009"})
    refused = colleague.post(passing(application, "package/"), follow=True).content.decode()
    assert "nog geen toestemming" in refused
    transfer.agree_transfer(application, target_code="GM9009")
    made = colleague.post(passing(application, "package/"))
    assert made.headers["Content-Disposition"].startswith('attachment; filename="aanmelding-GM0001-GM9009-')
    assert b"Noor" not in made.content
    assert "één keer, tot" in colleague.get(detail(application)).content.decode()
    with tenant_context(zonneiland):
        other = client_for(zonneiland, factories.make_staff("planner"))
    file = SimpleUploadedFile("aanmelding.zitting", made.content)
    page = other.post(RECEIVE, {"file": file}, follow=True).content.decode()
    assert "De aanmelding is ingelezen." in page
    assert "doorgegeven door Gemeente Juinen" in page
    file.seek(0)
    assert "al ingelezen" in other.post(RECEIVE, {"file": file}).content.decode()


def test_making_the_file_asks_a_fresh_proof(colleague: Any, planner: Any, zonneiland: Any) -> None:
    application = factories.make_application()
    transfer.ask_transfer(application, zonneiland, by=planner)
    transfer.agree_transfer(application, target_code="GM9009")
    wait_ten_minutes(colleague)
    assert colleague.post(passing(application, "package/")).headers["Location"].startswith("/confirm/")
    application.refresh_from_db()
    assert application.state == "open"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Dit bestand is leeg."),
        (b"geen pakket", "geen geldig bestand"),
        (b"x" * 70_000, "geen geldig bestand"),
    ],
)
def test_file_that_is_no_package_is_refused_at_its_field(colleague: Any, content: bytes, words: str) -> None:
    page = colleague.post(RECEIVE, {"file": SimpleUploadedFile("x.zitting", content)}).content.decode()
    assert words in page
    assert not Application.objects.exists()


def test_export_holds_what_the_list_shows_without_formulas(colleague: Any) -> None:
    factories.make_application(last_name="Aan", remark='=HYPERLINK("http://evil.example")', city="@SUM(A1)")
    factories.make_application(last_name="Anders", state="refused", decided_at=timezone.now())
    wait_ten_minutes(colleague)
    assert colleague.get(EXPORT).headers["Location"].startswith("/confirm/")
    wait_ten_minutes(colleague, back=True)
    text = colleague.get(f"{EXPORT}?state=open&format=csv").content.decode("utf-8-sig")
    assert '"Aan"' in text
    assert "Anders" not in text
    assert "\"'=HYPERLINK" in text
    assert "\"'@SUM" in text
    sheet = openpyxl.load_workbook(io.BytesIO(colleague.get(EXPORT).getvalue())).active
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == 2
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    events = AuditEvent.objects.filter(action="application.export").order_by("pk")
    assert [event.details["count"] for event in events] == [1, 2]


@pytest.mark.parametrize("role", ["communication", "finance", "reader"])
def test_other_roles_do_not_see_applications(client_for: Any, juinen: Any, role: str) -> None:
    colleague = client_for(juinen, factories.make_staff(role))
    assert colleague.get(URL).status_code == 403
    assert colleague.get(detail(factories.make_application())).status_code == 403


def test_form_is_opened_and_closed_with_its_own_texts(colleague: Any, client: Any) -> None:
    assert "Kies ja of nee." in colleague.post(SIGN_UP, {"text": "x"}).content.decode()
    colleague.post(SIGN_UP, {"is_open": "yes", "text": "Kom helpen!", "closed_text": ""})
    assert "Kom helpen!" in client.get("/sign-up/").content.decode()
    colleague.post(SIGN_UP, {"is_open": "no", "text": "", "closed_text": "Tot volgend jaar."})
    assert "Tot volgend jaar." in client.get("/sign-up/").content.decode()
    assert SignUp.objects.count() == 1
    assert AuditEvent.objects.filter(action="sign_up.update").count() == 2


def test_waiting_application_is_warned_about_when_under_eighteen(colleague: Any) -> None:
    young = factories.make_application(birth_date=timezone.localdate() - timedelta(days=17 * 366))
    assert "nog geen 18 jaar" in colleague.get(detail(young)).content.decode()
    assert "nog geen 18 jaar" not in colleague.get(detail(factories.make_application())).content.decode()
