"""Erasing somebody: whose words in the log stay, and where a name goes out of them; what goes by its name alone."""

import pytest
from django.utils import timezone

from elections import audit, master_keys, models
from elections.actions.privacy import erase_member
from elections.enums import EraseReason
from tests import factories

NAME = "Zeldzaamstra"


@pytest.fixture(autouse=True)
def master_key(settings, tmp_path):
    settings.MASTER_KEY_FILE = str(tmp_path / "keys" / "master-key.json")
    master_keys.make_master_key_file(settings.MASTER_KEY_FILE)


@pytest.fixture
def colleague():
    return factories.make_staff()


def left_after_erasing(colleague, event, **values):
    """Whether an event keeps its words when somebody with these data is erased."""
    erase_member(factories.make_member(**values), by=colleague, reason=EraseReason.REQUEST)
    event.refresh_from_db()
    return event.blanked_at is None


@pytest.mark.parametrize(
    ("values", "action", "facts"),
    [
        ({"first_name": "many", "last_name": "tries"}, "login.refuse", {"reason": "too many tries"}),
        ({"first_name": "letter", "last_name": "code"}, "login.refuse", {"reason": "letter code"}),
        ({"first_name": "", "initials": "", "last_name": "second"}, "secret.reveal", {"second": None}),
        ({"first_name": "", "initials": "", "last_name": "members"}, "member.label", {"members": 3}),
        ({"first_name": "", "initials": "", "last_name": "email"}, "member.update", {"fields": ["email"]}),
        (
            {"first_name": "An", "infix": "de", "last_name": "Vries"},
            "member.list",
            {"filter": ["q: Jan de Vries"]},
        ),
        ({"first_name": "De", "last_name": "Kuip"}, "availability.venues", {"venues": ["De Kuip"]}),
        ({"first_name": "Anna", "last_name": "Berg"}, "audit.export", {"filter": ["q: Anna Berg"]}),
        ({"first_name": "Anna", "last_name": "Berg"}, "member.update", {"Anna Berg": 1}),
        ({"phone": "1234567"}, "mail.list", {"filter": ["q: 1234567"]}),
    ],
)
def test_events_of_others_keep_their_words(colleague, values, action, facts):
    event = audit.record(action, by=colleague, on=factories.make_member(), **facts)
    assert left_after_erasing(colleague, event, **values)


def test_names_of_things_are_no_names_of_people(colleague):
    thing = factories.make_event(name="Anna Berg")
    assert left_after_erasing(
        colleague, audit.record("event.update", by=colleague, on=thing), first_name="Anna", last_name="Berg"
    )


@pytest.mark.parametrize(
    "asked", ["q: Anna Berg", "q: anna  berg", "q: Berg, Anna", "q: a.berg@voorbeeld.example", "Anna Berg"]
)
def test_search_for_the_whole_name_goes(colleague, asked):
    event = audit.record("member.list", by=colleague, filter=[asked], count=1)
    values = {"first_name": "Anna", "last_name": "Berg", "email": "a.berg@voorbeeld.example"}
    assert not left_after_erasing(colleague, event, **values)


def test_name_leaves_the_results_of_jobs_and_longer_names_stay(colleague):
    job = factories.make_job(errors=["İlk İnan heeft geen adres", "Jan İlk İnansen", "İLK İNAN"])
    erase_member(
        factories.make_member(first_name="İlk", last_name="İnan"), by=colleague, reason=EraseReason.REQUEST
    )
    job.refresh_from_db()
    assert job.errors == ["••• heeft geen adres", "Jan İlk İnansen", "•••"]


def test_name_is_found_after_letters_that_are_longer_in_lower_case(colleague):
    """ "İ" has two characters in lower case: places in the one text are no places in the other."""
    job = factories.make_job(errors=["İİİİİİİİİİİİ kent Anna Berg"])
    erase_member(
        factories.make_member(first_name="Anna", last_name="Berg"), by=colleague, reason=EraseReason.REQUEST
    )
    job.refresh_from_db()
    assert job.errors == ["İİİİİİİİİİİİ kent •••"]


def test_name_goes_out_of_wishes_however_it_was_written(colleague):
    event = factories.make_event()
    member = factories.make_member(
        first_name="Jan", initials="J.P.", infix="van der", last_name=NAME, birth_date=None
    )
    written = [
        f"Jan van der {NAME}",
        f"jan  {NAME.lower()}",
        f"J.P. van der {NAME}",
        f"J. {NAME}",
        f"{NAME}, Jan",
        f"{NAME} Jan van der",
    ]
    others = [f"Piet van der {NAME}", f"Jan van der {NAME}broek"]
    for name in written + others:
        factories.make_companion_wish(factories.make_member(), event, name=name)
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    kept = models.CompanionWish.objects.exclude(name="•••").values_list("name", flat=True)
    assert sorted(kept) == sorted(others)


def test_chair_leaves_the_facts_of_the_letters_of_the_team(colleague):
    chair = factories.make_member(first_name="Zeno", last_name=NAME, phone="+31 6 12345678")
    event = factories.make_event()
    part = factories.make_day_part(factories.make_polling_day(event))
    shift = factories.make_shift(
        factories.make_polling_station(event), part, factories.make_position(event, kind="chair")
    )
    factories.make_assignment(chair, shift, state="cancelled")
    number = chair.phone.replace(" ", "\N{NO-BREAK SPACE}")  # as letters write it
    said = f"Uw voorzitter is {chair.full_name}. U belt de voorzitter op {number}."
    facts = {"texts": [{"passages": [{"lines": [said, "Neem mee"]}]}]}
    letter = factories.make_letter(
        factories.make_member(),
        event,
        facts=facts,
        published_facts=facts,
        changes=[[said]],
    )
    erase_member(chair, by=colleague, reason=EraseReason.REQUEST)
    letter.refresh_from_db()
    left = str([letter.facts, letter.published_facts, letter.changes])
    assert NAME not in left
    assert "12345678" not in left
    assert "Neem mee" in left


def test_application_kept_for_later_goes_too_and_that_of_a_housemate_stays(colleague):
    member = factories.make_member(first_name="Anna", last_name=NAME, email="anna@voorbeeld.example")
    kept = {"state": "kept", "email": "ANNA@voorbeeld.example", "decided_at": timezone.now()}
    factories.make_application(first_name="Anna", last_name=NAME, birth_date=member.birth_date, **kept)
    housemate = factories.make_application(first_name="Kees", last_name="Housemate", **kept)
    erase_member(member, by=colleague, reason=EraseReason.REQUEST)
    assert list(models.Application.objects.all()) == [housemate]
