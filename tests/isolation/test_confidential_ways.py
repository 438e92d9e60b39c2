"""Ways around the confidentiality of a member: writing over what is hidden, and asking for it by guessing."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions.activation import make_activation_letters
from elections.actions.confidentiality import mark_confidential
from elections.actions.member_import import plan_of, run_member_import, start_member_import
from elections.errors import ActionError
from elections.imports.member_plan import DoubleChoice, DoubleChoices, Outcome
from elections.models import CandidateClash, Member, OutboxMail
from elections.queries.application import possible_doubles, with_doubles
from elections.queries.candidate import clash_views
from elections.queries.member import sharing_an_address
from tests import factories
from tests.elections.test_member_import import uploaded
from tests.isolation.canaries import response_parts

EMAIL, PHONE, CITY = "kwetsbaar@schuilplaats.example", "+31 6 98765432", "Schuildorp"


@pytest.fixture
def planner() -> Any:
    return factories.make_staff("planner")


@pytest.fixture
def administrator() -> Any:
    return factories.make_staff("administrator")


@pytest.fixture
def hidden() -> Any:
    """A confidential member with an account."""
    member = factories.make_member(
        last_name="Verscholen", first_name="Vera", email=EMAIL, phone=PHONE, city=CITY
    )
    member.user.email = EMAIL
    member.user.save()
    mark_confidential(member, "bedreigd", None, None)
    member.refresh_from_db()
    return member


def read_in(text: str, *, by: Any, choices: Any = None) -> Any:
    """The plan that was shown, and the job after it."""
    import_file, choices = uploaded(text, by=by), choices or DoubleChoices()
    plan = plan_of(import_file, choices, by=by)
    if plan.to_do:
        run_member_import(start_member_import(import_file, seen=plan.fingerprint, choices=choices, by=by))
    return plan


def test_list_does_not_move_a_hidden_address_to_another_mailbox(hidden, planner, administrator):
    text = f"Lidnummer;Achternaam;E-mail;Woonplaats\n{hidden.number};Anders;dief@elders.example;Diefdorp\n"
    read_in(text, by=planner)
    hidden.refresh_from_db()
    hidden.user.refresh_from_db()
    assert (hidden.email, hidden.user.email, hidden.city) == (EMAIL, EMAIL, CITY)
    assert hidden.last_name == "Anders"
    read_in(text, by=administrator)
    hidden.refresh_from_db()
    assert hidden.email == "dief@elders.example"


def test_list_does_not_tell_whether_a_hidden_datum_was_guessed(hidden, planner, administrator):
    def row(phone: str) -> str:
        return f"Lidnummer;Achternaam;Telefoon\n{hidden.number};Verscholen;{phone}\n"

    right, wrong = (plan_of(uploaded(row(phone), by=planner), by=planner) for phone in (PHONE, "0611111111"))
    assert [plan.planned[0].outcome for plan in (right, wrong)] == [Outcome.UNCHANGED] * 2
    assert right.warnings == wrong.warnings != []
    assert plan_of(uploaded(row("0611111111"), by=administrator), by=administrator).to_do == 1


def test_list_does_not_tell_whose_a_hidden_address_is(hidden, planner, administrator):
    text = f"Achternaam;Voornaam;E-mail\nVreemd;Zoë;{EMAIL}\n"
    found = plan_of(uploaded(text, by=planner), by=planner)
    assert (found.doubles, found.warnings) == ([], [])
    add = DoubleChoices(default=DoubleChoice.ADD)
    assert plan_of(uploaded(text, by=administrator), add, by=administrator).doubles[0].double_of == hidden


def test_filter_of_shared_addresses_does_not_tell_a_guess(hidden):
    bait = factories.make_member(last_name="Aas", email=EMAIL)
    assert set(sharing_an_address(Member.objects.all(), by_hidden=True)) == {hidden, bait}
    assert not sharing_an_address(Member.objects.all()).exists()


def test_sign_up_does_not_tell_a_colleague_a_hidden_number(hidden, planner, administrator):
    bait = factories.make_application(
        first_name="Aad", last_name="Aas", email="aas@elders.example", phone=PHONE
    )
    applications = type(bait).objects.all()
    assert possible_doubles(bait, planner) == []
    assert not with_doubles(applications, planner).get().may_be_member
    assert [double.member for double in possible_doubles(bait, administrator)] == [hidden]
    assert with_doubles(applications, administrator).get().may_be_member
    same = factories.make_application(
        first_name="Vera", last_name="Verscholen", email=EMAIL, phone=PHONE, birth_date=hidden.birth_date
    )
    reasons = [str(reason) for double in possible_doubles(same, planner) for reason in double.reasons]
    assert reasons
    assert not {"zelfde telefoonnummer", "zelfde e-mailadres"} & set(reasons)


def test_candidate_does_not_tell_where_somebody_lives(hidden):
    event = factories.make_event()
    election = factories.make_election(event)
    candidate = factories.make_candidate(
        election, first_name="Vera", last_name="Verscholen", initials=hidden.initials, city=CITY
    )
    clash = CandidateClash(member=hidden, candidate=candidate)
    comparison = clash_views([clash])[0].comparison
    said = {str(each) for each in (*comparison.supports, *comparison.against)}
    assert said
    assert not {"zelfde woonplaats", "andere woonplaats"} & said


def test_letter_with_a_code_of_who_hides_is_for_who_may_see_them(planner, administrator):
    member = factories.make_member(email="", user=None)
    mark_confidential(member, "bedreigd", None, None)
    with pytest.raises(ActionError, match="vertrouwelijk"):
        make_activation_letters([Member.objects.get(pk=member.pk)], by=planner)
    assert make_activation_letters([Member.objects.get(pk=member.pk)], by=administrator)


def _page(answer: Any) -> str:
    parts = (part[1] if isinstance(part, tuple) else part for part in response_parts(answer))
    return "\n".join(part.decode(errors="replace") if isinstance(part, bytes) else part for part in parts)


def test_button_to_send_again_does_not_say_the_address(worlds, juinen, client_for):
    world = worlds[juinen.schema_name]
    client = client_for(juinen, world.staff["planner"])
    with tenant_context(juinen):
        Member.objects.filter(pk=world.member.pk).update(email=EMAIL)
        OutboxMail.objects.create(
            user=world.member.user, kind="news", to_email=EMAIL, idempotency_key="weer", state="failed"
        )
        url = reverse("backoffice:mail-list")
        assert EMAIL in _page(client.get(url))
        mark_confidential(world.member, "bedreigd", None, None)
        page = _page(client.get(url))
        assert reverse("backoffice:mail-retry", args=[OutboxMail.objects.get(to_email=EMAIL).uuid]) in page
        assert EMAIL not in page


def test_mail_about_the_sign_up_of_who_hides_does_not_say_the_address(worlds, juinen, client_for):
    world = worlds[juinen.schema_name]
    client = client_for(juinen, world.staff["planner"])
    with tenant_context(juinen):
        application = factories.make_application(
            email=EMAIL, member=world.member, state="accepted", decided_at=timezone.now()
        )
        mail = OutboxMail.objects.create(
            kind="application_confirm",
            to_email=EMAIL,
            reference=application.uuid,
            idempotency_key="aanmelding",
            state="bounced",
            outcome_at=timezone.now(),
            error=f"550 {EMAIL}",
        )
        pages = [reverse("backoffice:mail-list"), reverse("backoffice:mail-detail", args=[mail.uuid])]
        assert all(EMAIL in _page(client.get(url)) for url in pages)
        mark_confidential(world.member, "bedreigd", None, None)
        assert not any(EMAIL in _page(client.get(url)) for url in pages)
        assert str(mail.uuid) not in _page(client.get(f"{pages[0]}?q={EMAIL}"))
        assert str(mail.uuid) in _page(client.get(pages[0]))


def test_choosing_whom_to_write_to_does_not_say_where_they_live(worlds, juinen, client_for):
    world = worlds[juinen.schema_name]
    client = client_for(juinen, world.staff["planner"])
    with tenant_context(juinen):
        Member.objects.filter(pk=world.member.pk).update(city=CITY)
        url = reverse("backoffice:conversation-choose") + f"?q={world.member.number}"
        assert CITY in _page(client.get(url))
        mark_confidential(world.member, "bedreigd", None, None)
        page = _page(client.get(url))
        assert world.member.full_name in page
        assert CITY not in page


def test_wish_to_work_together_does_not_say_where_the_other_lives(worlds, juinen, client_for):
    world = worlds[juinen.schema_name]
    client = client_for(juinen, world.staff["planner"])
    with tenant_context(juinen):
        other = factories.make_member(first_name="Willemijn", last_name="Bovenkerker", city=CITY)
        for member, companion in ((factories.make_member(), None), (factories.make_member(), other)):
            settled = timezone.now() if companion else None
            factories.make_companion_wish(
                member, world.event, name="Willemijn Bovenkerker", companion=companion, settled_at=settled
            )
        url = reverse("backoffice:companion-list")
        assert _page(client.get(url)).count(CITY) >= 2
        mark_confidential(other, "bedreigd", None, None)
        page = _page(client.get(url))
        assert page.count("Bovenkerker") >= 2
        assert CITY not in page
