"""The member file on pages: list, one member, selection."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from backoffice.paging import PER_PAGE
from elections import master_keys, secrets
from elections.actions.member import update_member
from elections.enums import SecretKind
from elections.errors import ChangedElsewhere
from elections.models import AvailabilityResponse, Label, Member, OutboxMail
from elections.queries.member import Access, with_access
from elections.sessions import CONFIRMED_KEY
from tests import factories
from tests.backoffice.pages import text_of, url

BSN = "999900018"


def form_values(**changes):
    """What the edit form sends for an almost empty member."""
    return {"version": "1", "number": "7", "last_name": "Jansen"} | changes


def test_empty_member_file_invites_to_import(planner):
    page = text_of(planner.get(url("member-list")))
    assert "Er staan nog geen leden" in page
    assert url("member-import") in page


def test_list_shows_names_sorted_without_accents(planner, new_member):
    for name in ("Zwart", "Özdemir", "Nieuwenhuis", "Pietersen"):
        new_member(last_name=name)
    page = text_of(planner.get(url("member-list")))
    places = [page.index(name) for name in ("Nieuwenhuis", "Özdemir", "Pietersen", "Zwart")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "words", ["ozdem", "ÖZ", "anna", "anna ozdemir", "0612345678", "06-12345678", "6 1234", "nieuw@", "4217"]
)
def test_search_finds_any_part_of_name_number_phone_and_address(planner, new_member, words):
    new_member(
        number=4217,
        first_name="Anna",
        last_name="Özdemir",
        phone="+31 6 12345678",
        email="nieuw@voorbeeld.nl",
    )
    new_member(
        number=9, first_name="Piet", last_name="Bakker", phone="+31 20 5551234", email="piet@voorbeeld.nl"
    )
    page = text_of(planner.get(url("member-list"), {"q": words}))
    assert "Özdemir" in page
    assert "Bakker" not in page


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1", "\x00", "niemand"])
def test_search_takes_odd_signs_as_text(planner, new_member, words):
    new_member(last_name="Bakker")
    text_of(planner.get(url("member-list"), {"q": words}))


def test_filters_narrow_the_list(planner, new_member):
    event = factories.make_event()
    chair = new_member(last_name="Voorzitter", qualified_for=["chair"])
    chair.labels.add(Label.objects.create(name="ervaren"))
    AvailabilityResponse.objects.create(member=chair, event=event, submitted_at=timezone.now())
    new_member(last_name="Teller", qualified_for=["counter"])
    new_member(last_name="Gestopt", is_active=False)
    for query in ({"position": "chair"}, {"label": "ervaren"}, {"answer": "done"}):
        page = text_of(planner.get(url("member-list"), query))
        assert ">Voorzitter, Noor<" in page
        assert ">Teller, Noor<" not in page
    assert ">Gestopt, Noor<" not in text_of(planner.get(url("member-list")))
    assert ">Gestopt, Noor<" in text_of(planner.get(url("member-list"), {"active": "inactive"}))


@pytest.mark.parametrize(
    "query", [{"sort": "-number"}, {"sort": "access"}, {"sort": "answer"}, {"sort": "x"}, {"page": "99"}]
)
def test_list_takes_any_order_and_page(planner, new_member, query):
    factories.make_event()
    new_member(last_name="Bakker")
    assert "Bakker" in text_of(planner.get(url("member-list"), query))


@pytest.mark.parametrize("number", ["0", "-1", "1", "100000"])
def test_address_does_not_decide_how_many_rows_a_page_has(planner, new_member, number):
    for _number in range(PER_PAGE + 1):
        new_member()
    page = planner.get(url("member-list"), {"per_page": number})
    assert len(page.context["table"].page.object_list) == PER_PAGE


def test_list_asks_as_much_for_three_members_as_for_one(planner, new_member, django_assert_num_queries):
    event = factories.make_event()

    def fill():
        member = factories.make_member()
        member.labels.add(Label.objects.create(name=f"kenmerk{member.number}"))
        factories.make_invitation(member.user)
        AvailabilityResponse.objects.create(member=member, event=event)

    fill()
    planner.get(url("member-list"))
    with django_assert_num_queries(LIST_QUERIES):
        planner.get(url("member-list"))
    fill()
    fill()
    with django_assert_num_queries(LIST_QUERIES):
        planner.get(url("member-list"))


LIST_QUERIES = 17


def test_access_tells_how_far_somebody_is(new_member):
    not_invited = new_member()
    invited, failed, expired, accepted, logged_in = (factories.make_member() for _number in range(5))
    for member in (invited, failed, expired):
        member.user.set_unusable_password()
        member.user.save()
    factories.make_invitation(invited.user)
    factories.make_invitation(failed.user)
    factories.make_mail(failed.user, kind="member_invitation", state="failed")
    factories.make_invitation(expired.user, expires_at=timezone.now() - timedelta(days=1))
    logged_in.user.last_login = timezone.now()
    logged_in.user.save()
    found = dict(with_access(Member.objects.all()).values_list("pk", "access"))
    assert found == {
        not_invited.pk: Access.NOT_INVITED,
        invited.pk: Access.INVITED,
        failed.pk: Access.FAILED,
        expired.pk: Access.EXPIRED,
        accepted.pk: Access.ACCEPTED,
        logged_in.pk: Access.LOGGED_IN,
    }


def test_detail_shows_everything_but_never_a_bsn(planner, settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "master-key.json")
    master_keys.make_master_key_file(settings.MASTER_KEY_FILE)
    world = factories.make_world()
    secrets.set_secret(world.member, SecretKind.BSN, BSN, by=None)
    page = text_of(planner.get(url("member-detail", world.member)))
    for words in (
        world.member.last_name,
        world.polling_station.name,
        world.event.name,
        "bekend",
        "Nummer bewaard",
    ):
        assert words in page
    assert BSN not in page
    # Four digits may stand in a random id by chance.
    assert BSN[-4:] not in re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", page)


def test_detail_warns_when_two_members_share_an_address(planner, new_member):
    member = new_member(email="samen@voorbeeld.nl")
    new_member(last_name="Partner", email="Samen@voorbeeld.nl")
    assert "Dit e-mailadres is ook van" in text_of(planner.get(url("member-detail", member)))


def test_detail_asks_as_much_for_a_long_history_as_for_a_short_one(
    planner, new_member, django_assert_num_queries
):
    member = factories.make_member()
    event = factories.make_event()
    planner.get(url("member-detail", member))
    with django_assert_num_queries(DETAIL_QUERIES):
        planner.get(url("member-detail", member))
    part = factories.make_day_part(factories.make_polling_day(event))
    for hour in range(3):
        factories.make_mail(member.user, kind="member_invitation")
        shift = factories.make_shift(
            factories.make_polling_station(event),
            part,
            factories.make_position(event),
            period=(
                timezone.now() + timedelta(hours=hour),
                timezone.now() + timedelta(hours=hour, minutes=30),
            ),
        )
        factories.make_assignment(member, shift)
    with django_assert_num_queries(DETAIL_QUERIES):
        planner.get(url("member-detail", member))


DETAIL_QUERIES = 40


def test_create_adds_a_member_in_our_way_of_writing(planner):
    answer = planner.post(
        url("member-create"),
        {
            "last_name": "Berg",
            "infix": "van der",
            "initials": "ab",
            "email": " Anna@Voorbeeld.NL",
            "phone": "0612345678",
            "birth_date": "17 mrt 1960",
            "postcode": "1234ab",
            "qualified_for": ["chair", "member"],
            "labels": "ervaren, Ervaren, auto",
        },
    )
    member = Member.objects.get()
    assert answer.url == url("member-detail", member)
    assert (member.number, member.full_name, member.email) == (1001, "A.B. van der Berg", "anna@voorbeeld.nl")
    assert (member.phone, member.birth_date, member.postcode) == (
        "+31 6 12345678",
        date(1960, 3, 17),
        "1234 AB",
    )
    assert member.labels.count() == 2


def test_create_tells_what_is_wrong_and_keeps_what_was_typed(planner, new_member):
    new_member(number=7)
    page = text_of(planner.post(url("member-create"), {"email": "anna@", "city": "Juinen", "number": "x"}))
    for words in (
        "Vul de achternaam in.",
        "Dit is geen e-mailadres",
        "bestaat uit cijfers",
        'value="Juinen"',
    ):
        assert words in page
    page = text_of(planner.post(url("member-create"), {"last_name": "Bakker", "number": "7"}))
    assert "Lidnummer 7 is al van" in page


def test_edit_changes_a_member_and_logs_the_fields(planner, new_member):
    member = new_member(
        number=7, last_name="Jansen", first_name="", birth_date=None, email="", qualified_for=[]
    )
    assert (
        planner.post(url("member-edit", member), form_values(city="Juinen", labels="oud")).status_code == 302
    )
    member.refresh_from_db()
    assert (member.city, member.version) == ("Juinen", 2)
    assert "plaats, kenmerken" in text_of(planner.get(url("member-detail", member)))


def test_edit_does_not_overwrite_what_a_colleague_saved(planner, staff, new_member):
    member = new_member(
        number=7, last_name="Jansen", first_name="", birth_date=None, email="", qualified_for=[]
    )
    update_member(member, {"city": "Demodam"}, [], version=1, by=staff)
    page = text_of(planner.post(url("member-edit", member), form_values(city="Juinen")))
    assert "Iemand anders heeft dit lid intussen gewijzigd" in page
    assert "Demodam" in page
    member.refresh_from_db()
    assert member.city == "Demodam"
    assert (
        planner.post(url("member-edit", member), form_values(city="Juinen", version="2")).status_code == 302
    )
    member.refresh_from_db()
    assert member.city == "Juinen"


def test_same_data_again_changes_nothing_even_with_an_old_version(staff, new_member):
    member = new_member(city="Juinen")
    update_member(member, {"city": "Juinen"}, [], version=99, by=staff)
    with pytest.raises(ChangedElsewhere):
        update_member(member, {"city": "Demodam"}, [], version=99, by=staff)


def test_edit_warns_about_a_shared_address(planner, new_member):
    new_member(last_name="Partner", email="samen@voorbeeld.nl")
    member = new_member(
        number=7, last_name="Jansen", first_name="", birth_date=None, email="", qualified_for=[]
    )
    answer = planner.post(url("member-edit", member), form_values(email="samen@voorbeeld.nl"), follow=True)
    assert "is ook het adres van" in text_of(answer)


def test_new_address_of_an_account_asks_a_fresh_proof_and_loses_nothing(planner):
    """The log-in codes would go there; an address of who has no account asks nothing more."""
    member = factories.make_member(number=7, last_name="Jansen", email="oud@voorbeeld.nl")
    values = form_values(email="nieuw@voorbeeld.nl", city="Juinen")
    session = planner.session
    session[CONFIRMED_KEY] -= 601
    session.save()
    page = planner.post(url("member-edit", member), values).content.decode()
    assert "Laat eerst zien dat u het bent" in page
    assert 'value="nieuw@voorbeeld.nl"' in page
    member.refresh_from_db()
    assert member.email == "oud@voorbeeld.nl"
    session[CONFIRMED_KEY] += 601
    session.save()
    assert planner.post(url("member-edit", member), values).status_code == 302
    member.refresh_from_db()
    assert member.email == "nieuw@voorbeeld.nl"


def test_deactivate_page_asks_first(planner, new_member):
    member = new_member()
    assert "op niet actief?" in text_of(planner.get(url("member-deactivate", member)))
    planner.post(url("member-deactivate", member))
    member.refresh_from_db()
    assert not member.is_active
    assert "niet actief" in text_of(planner.get(url("member-detail", member)))
    planner.post(url("member-activate", member))
    member.refresh_from_db()
    assert member.is_active


def test_one_member_is_invited_from_the_page(planner, new_member):
    member = new_member(email="anna@voorbeeld.nl")
    answer = planner.post(url("member-invite", member), follow=True)
    assert "krijgt een uitnodiging op anna@voorbeeld.nl" in text_of(answer)
    assert OutboxMail.objects.get().kind == "member_invitation"
    without = new_member(email="")
    assert "heeft geen e-mailadres" in text_of(planner.post(url("member-invite", without), follow=True))


def test_reader_sees_members_but_no_buttons(juinen, client_for, new_member):
    member = new_member(email="anna@voorbeeld.nl")
    reader = client_for(juinen, factories.make_staff("reader"))
    page = text_of(reader.get(url("member-list")))
    assert "Leden inlezen" not in page
    assert 'name="selection"' not in page
    page = text_of(reader.get(url("member-detail", member)))
    assert "Gegevens wijzigen" not in page
    assert "Nodig uit" not in page
    sent = {"action": "label", "selection": [str(member.uuid)]}
    assert reader.post(url("member-selection"), sent).status_code == 403


def test_answers_counts_and_lists_who_answered(planner, new_member):
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    done, busy, _idle = (new_member(last_name=name) for name in ("Klaar", "Bezig", "Stil"))
    AvailabilityResponse.objects.create(
        member=done, event=event, submitted_at=timezone.now(), remark="Liever thuis"
    )
    AvailabilityResponse.objects.create(member=busy, event=event)
    factories.make_availability(done, part)
    page = text_of(planner.get(url("member-answers")))
    for words in (
        "1 keer ja, 0 als het moet, 0 nee",
        "Liever thuis",
        ">Klaar, Noor<",
        ">Stil, Noor<",
        "?answer=busy",
    ):
        assert words in page
    page = text_of(planner.get(url("member-answers"), {"answer": "not_begun"}))
    assert ">Stil, Noor<" in page
    assert ">Klaar, Noor<" not in page


def test_answers_without_members_says_so(planner):
    factories.make_event()
    assert "Er zijn nog geen actieve leden" in text_of(planner.get(url("member-answers")))


def test_answers_ask_as_much_for_three_members_as_for_one(planner, new_member, django_assert_num_queries):
    factories.make_event()
    new_member()
    planner.get(url("member-answers"))
    with django_assert_num_queries(ANSWER_QUERIES):
        planner.get(url("member-answers"))
    new_member(), new_member()
    with django_assert_num_queries(ANSWER_QUERIES):
        planner.get(url("member-answers"))


ANSWER_QUERIES = 17
