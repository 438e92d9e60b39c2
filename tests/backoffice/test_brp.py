"""The pages about the BRP: what they show to whom, and what their buttons do."""

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from elections.actions.brp_check import check_member
from elections.actions.brp_connection import switch_off
from elections.actions.confidentiality import mark_confidential
from elections.demo.brp_stand_in import StandIn, address, died
from elections.enums import BrpFindingState, JobKind
from elections.models import AuditEvent, BrpConnection, BrpFinding, Job, Member
from tests import factories
from tests.brp_register import NUMBERS, PURPOSE, connect, running, with_number

NEW = address("Kerkstraat", 7, "4321 BA", "Juinen", since="1 mei 2026")
LIST = "/backoffice/brp/"
SETTINGS = "/backoffice/brp/settings/"
CHECK = "/backoffice/brp/check/"


@pytest.fixture
def register():
    return StandIn()


@pytest.fixture
def connection(register):
    with running(register) as url:
        yield connect(url)


@pytest.fixture
def administrator():
    return factories.make_staff("administrator")


@pytest.fixture
def staff(client_for, juinen, administrator):
    return client_for(juinen, administrator)


@pytest.fixture
def member(register):
    living = factories.make_member(street="Dorpsstraat", house_number="12", postcode="1234 AB", city="Juinen")
    return with_number(living, NUMBERS[0], register, verblijfplaats=NEW)


def text(response):
    return response.content.decode()


def page_of(member):
    return reverse("backoffice:member-detail", args=[member.uuid])


def act(staff, name, finding, **sent):
    url = reverse(f"backoffice:brp-{name}", args=[finding.uuid])
    version = Member.objects.get(pk=finding.member_id).version
    return staff.post(url, {"version": version} | sent)


def test_without_connection_the_page_says_where_addresses_come_from(staff):
    content = text(staff.get(LIST))
    assert "Uw gemeente heeft hier geen aansluiting op de BRP" in content
    assert "Adressen komen van de leden zelf" in content
    assert CHECK not in content


def test_connection_that_is_off_is_told(staff, connection):
    switch_off()
    assert "Opzoeken in de BRP staat uit" in text(staff.get(LIST))
    assert staff.get(CHECK).headers["Location"] == LIST


def test_public_body_is_told_that_it_has_a_register_of_its_own(client_for, zonneiland):
    with tenant_context(zonneiland):
        colleague = factories.make_staff("administrator")
    content = text(client_for(zonneiland, colleague).get(LIST))
    assert "De BRP gaat niet over uw eiland" in content


def test_register_that_keeps_still_is_told(staff, connection):
    BrpConnection.objects.update(paused_until="2999-01-01T12:00:00Z")
    assert "De BRP gaf geen antwoord" in text(staff.get(LIST))


def test_page_of_a_member_says_that_the_address_is_the_members_own(staff, member):
    assert "Er is geen aansluiting op de BRP" in text(staff.get(page_of(member)))


def test_page_of_a_member_looks_up_and_shows_what_differs(staff, connection, member):
    content = text(staff.get(page_of(member)))
    assert "nog niet opgezocht in de BRP" in content
    response = staff.post(reverse("backoffice:brp-check-member", args=[member.uuid]), follow=True)
    content = text(response)
    assert "De BRP zegt 1 ding anders" in content
    assert "Kerkstraat 7" in content
    assert NUMBERS[0] not in content


def test_page_of_a_member_says_that_all_is_well(staff, connection, register, member):
    register.people[NUMBERS[0]]["verblijfplaats"] = address("Dorpsstraat", 12, "1234 AB", "Juinen")
    url = reverse("backoffice:brp-check-member", args=[member.uuid])
    content = text(staff.post(url, follow=True))
    assert "kloppen met de BRP" in content
    assert "Klopt met de BRP" in content


def test_register_that_does_not_answer_is_explained_on_the_page(staff, connection, register, member):
    register.trouble = lambda: (503, {})
    url = reverse("backoffice:brp-check-member", args=[member.uuid])
    assert "De BRP geeft geen antwoord" in text(staff.post(url, follow=True))


def test_member_without_number_has_no_button(staff, connection):
    content = text(staff.get(page_of(factories.make_member())))
    assert "Zonder BSN kan Zitting dit lid niet opzoeken" in content
    assert "Zoek op in de BRP" not in content


def test_others_see_when_but_not_what(client_for, juinen, connection, member, administrator):
    check_member(member, by=administrator)
    content = text(client_for(juinen, factories.make_staff("planner")).get(page_of(member)))
    assert "Verschil gevonden" in content
    assert "Kerkstraat" not in content
    assert "Zoek op in de BRP" not in content


def test_list_shows_both_addresses_and_logs_who_looked(staff, connection, member, administrator):
    check_member(member, by=administrator)
    content = text(staff.get(LIST))
    assert "Dorpsstraat 12" in content
    assert "Kerkstraat 7" in content
    assert "sinds 1 mei 2026" in content
    assert AuditEvent.objects.get(action="brp.list").details["count"] == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_number_of_queries(
    staff, connection, administrator, django_assert_num_queries, rows
):
    for _number in range(rows):
        factories.make_brp_finding(factories.make_member())
    staff.get(LIST)
    with django_assert_num_queries(QUERIES):
        staff.get(LIST)


QUERIES = 11


def test_list_is_filtered(staff, connection):
    one, other = factories.make_member(last_name="Eerste"), factories.make_member(last_name="Tweede")
    factories.make_brp_finding(one)
    factories.make_brp_finding(other, kind="deceased")
    content = text(staff.get(LIST, {"kind": "deceased"}))
    assert "Tweede" in content
    assert "Eerste" not in content
    assert "Niets gevonden" in text(staff.get(LIST, {"q": "niemand"}))


def test_address_is_taken_over_with_one_press(staff, connection, member, administrator):
    check_member(member, by=administrator)
    response = act(staff, "accept", member.brp_findings.get(), query="kind=address")
    assert response.headers["Location"] == f"{LIST}?kind=address"
    member.refresh_from_db()
    assert member.address_line == "Kerkstraat 7"


def test_decision_goes_back_to_the_page_of_the_member(staff, connection, member, administrator):
    check_member(member, by=administrator)
    response = act(staff, "set-aside", member.brp_findings.get(), query="member")
    assert response.headers["Location"] == page_of(member)
    assert member.brp_findings.get().state == BrpFindingState.SET_ASIDE


def test_decision_leads_to_no_other_site(staff, member):
    finding = factories.make_brp_finding(member)
    response = act(staff, "set-aside", finding, query="//elders.example/")
    assert response.headers["Location"].startswith(f"{LIST}?")


@pytest.mark.parametrize("version", ["", "x", "0", "999"])
def test_decision_without_the_right_version_changes_nothing(
    staff, connection, member, administrator, version
):
    check_member(member, by=administrator)
    url = reverse("backoffice:brp-accept", args=[member.brp_findings.get().uuid])
    assert "Kijk opnieuw" in text(staff.post(url, {"version": version}, follow=True))
    member.refresh_from_db()
    assert member.street == "Dorpsstraat"


def test_death_is_asked_about_first(staff, connection, register, member, administrator):
    register.people[NUMBERS[0]] |= died("12 maart 2026")
    check_member(member, by=administrator)
    finding = member.brp_findings.get()
    page = text(staff.get(reverse("backoffice:brp-accept", args=[finding.uuid])))
    assert "overleden op 12 maart 2026" in page
    assert "Er gaat geen e-mail meer naar dit lid" in page
    member.refresh_from_db()
    assert member.is_active
    act(staff, "accept", finding)
    member.refresh_from_db()
    assert not member.is_active
    page = text(staff.get(reverse("backoffice:brp-accept", args=[finding.uuid])))
    assert "Hierover is al besloten" in page


def test_address_of_a_confidential_member_is_for_who_may_read_it(staff, member, administrator):
    finding = factories.make_brp_finding(member, kind="address", street="Geheime weg", house_number="1")
    mark_confidential(member, "Bedreigd", None, administrator)
    assert "Geheime weg" in text(staff.get(LIST))
    assert BrpFinding.objects.get(pk=finding.pk).street == "Geheime weg"


def test_check_of_many_says_how_many_and_starts_a_job(staff, connection, member):
    factories.make_member()
    content = text(staff.get(CHECK))
    assert "Alle actieve leden met een BSN: 1 lid" in content
    assert "Van 1 actief lid is geen BSN bekend" in content
    response = staff.post(CHECK, {"scope": "all"})
    job = Job.objects.get(kind=JobKind.BRP_CHECK)
    assert response.headers["Location"] == reverse("backoffice:job-detail", args=[job.uuid])
    assert job.parameters["members"] == [member.pk]
    assert "Leden controleren in de BRP" in text(staff.get(LIST))
    assert "Er loopt al een controle" in text(staff.post(CHECK, {"scope": "all"}))


def test_check_of_who_has_a_place_takes_those_alone(staff, connection, register, member):
    event = factories.make_event()
    day_part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), day_part, factories.make_position(event)
    )
    placed = with_number(factories.make_member(), NUMBERS[1], register)
    factories.make_assignment(placed, shift)
    staff.post(CHECK, {"scope": "event"})
    assert Job.objects.get(kind=JobKind.BRP_CHECK).parameters["members"] == [placed.pk]


@pytest.mark.parametrize("scope", ["", "anders"])
def test_check_of_nobody_in_particular_is_refused(staff, connection, member, scope):
    assert "Kies" in text(staff.post(CHECK, {"scope": scope}))
    assert not Job.objects.exists()


def test_settings_are_kept_and_the_key_is_nowhere(staff, connection):
    content = text(staff.get(SETTINGS))
    assert connection.url in content
    assert "demo-sleutel" not in content
    sent = {"purpose": "BRPACT-Anders", "processing": "", "subjects": ["death"], "is_active": "on"}
    assert staff.post(SETTINGS, sent).headers["Location"] == LIST
    connection.refresh_from_db()
    assert (connection.purpose, connection.subjects, connection.is_active) == (
        "BRPACT-Anders",
        ["death"],
        True,
    )


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"purpose": ""}, "Vul de doelbinding in"),
        ({"subjects": []}, "Kies wat u mag opvragen"),
        ({"purpose": "Één"}, "zonder accenten"),
        ({"subjects": ["nationaliteit"]}, "Kies uit de lijst"),
    ],
)
def test_settings_that_cannot_be_are_explained(staff, connection, sent, told):
    defaults = {"purpose": PURPOSE, "processing": "", "subjects": ["death"], "is_active": "on"}
    assert told in text(staff.post(SETTINGS, defaults | sent))
    connection.refresh_from_db()
    assert connection.subjects != ["death"]


def test_settings_change_neither_address_nor_key(staff, connection):
    before = connection.url
    sent = {"purpose": PURPOSE, "subjects": ["death"], "url": "https://elders.example/", "key": "anders"}
    staff.post(SETTINGS, sent)
    connection.refresh_from_db()
    assert connection.url == before


def test_settings_without_connection_say_whom_to_ask(staff):
    assert "Vraag de systeembeheerder" in text(staff.get(SETTINGS))


def test_log_of_a_look_reads_as_words(staff, connection, member, administrator):
    check_member(member, by=administrator)
    event = AuditEvent.objects.get(action="brp.query")
    content = text(staff.get(reverse("backoffice:audit-list"), {"q": str(member.uuid)}))
    assert "Lid opgezocht in de BRP" in content
    assert event.purpose == PURPOSE
