"""What a letter says anew, in words; and who hears of it."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from elections.actions.assignment import unassign
from elections.actions.letter import (
    make_letter_again,
    make_letters,
    publish_letters,
    withdraw_letter,
    work_on_letters,
)
from elections.actions.letter_edition import save_letter_texts
from elections.letter_changes import change_words, changes_between
from elections.letter_texts import LetterBlock
from elections.models import AppointmentLetter, OutboxMail
from elections.notify import mails
from elections.queries import letter_facts as queries
from tests import factories

SHIFT = {
    "day": "woensdag 17 maart 2027",
    "station": "7 De Brug",
    "address": "Dorpsweg 1",
    "address_note": "",
    "position": "Stembureaulid",
    "hours": "07.15 tot 14.00 uur",
    "arrival": "07.00 uur",
    "allowance": "€ 169,00",
}
FACTS = {
    "name": "A. Berg",
    "address": ["Weg 1", "1234 AB  Juinen"],
    "total": "€ 169,00",
    "shifts": [SHIFT],
    "texts": [],
}


def _words(before, after):
    return [change_words(change) for change in changes_between(before, after)]


def _text(heading, *lines):
    return {"place": "below", "heading": heading, "passages": [{"is_list": False, "lines": list(lines)}]}


def test_another_arrival_time_is_told_with_the_time_before():
    after = FACTS | {"shifts": [SHIFT | {"arrival": "06.45 uur"}]}
    assert _words(FACTS, after) == [
        "Uw aankomsttijd op woensdag 17 maart 2027 is nu 06.45 uur (was 07.00 uur)."
    ]


def test_another_station_on_the_same_day_is_a_move():
    after = FACTS | {"shifts": [SHIFT | {"station": "9 De Sluis", "address": "Kade 2"}]}
    assert _words(FACTS, after) == [
        "Uw stembureau op woensdag 17 maart 2027 is nu 9 De Sluis (was 7 De Brug).",
        "Het adres van uw stembureau op woensdag 17 maart 2027 is nu Kade 2 (was Dorpsweg 1).",
    ]


def test_a_second_shift_leaves_the_first_alone():
    second = SHIFT | {"hours": "14.00 tot 21.00 uur", "arrival": "13.45 uur"}
    assert _words(FACTS, FACTS | {"shifts": [SHIFT, second]}) == [
        "Nieuw: woensdag 17 maart 2027, 14.00 tot 21.00 uur, 7 De Brug, Stembureaulid."
    ]
    assert _words(FACTS | {"shifts": [SHIFT, second]}, FACTS) == [
        "Vervallen: woensdag 17 maart 2027, 14.00 tot 21.00 uur, 7 De Brug, Stembureaulid."
    ]


def test_another_day_is_one_shift_gone_and_one_new():
    after = FACTS | {"shifts": [SHIFT | {"day": "donderdag 18 maart 2027"}]}
    assert [words.split(":")[0] for words in _words(FACTS, after)] == ["Vervallen", "Nieuw"]


def test_what_came_or_went_has_no_empty_brackets():
    note = FACTS | {"shifts": [SHIFT | {"address_note": "achterom"}]}
    assert _words(FACTS, note) == ["De aanwijzing bij het adres op woensdag 17 maart 2027 is nu achterom."]
    assert _words(note, FACTS) == [
        "De aanwijzing bij het adres op woensdag 17 maart 2027 staat niet meer in de brief (was achterom)."
    ]


def test_another_text_is_told_by_its_heading():
    before = FACTS | {"texts": [_text("", "Welkom."), _text("Neem mee", "een pas")]}
    after = FACTS | {"texts": [_text("", "Dag."), _text("Neem mee", "een pas"), _text("Pauze", "om 10 uur")]}
    assert _words(before, after) == [
        "De tekst van de brief is aangepast.",
        "De tekst onder “Pauze” is aangepast.",
    ]


def test_unknown_facts_and_another_look_are_told_as_such():
    assert _words({}, FACTS) == ["De brief is aangepast. Lees de nieuwe brief."]
    assert _words(FACTS, FACTS) == ["De brief ziet er anders uit. Er staat hetzelfde in."]


# --- who hears of it ---


@pytest.fixture
def event():
    return factories.make_event(decision_date=date(2027, 1, 12), signatory="J. de Wit")


@pytest.fixture
def shift(event):
    day_part = factories.make_day_part(factories.make_polling_day(event), start=time(7), end=time(14))
    position = factories.make_position(event, allowance_cents=16900)
    return factories.make_shift(factories.make_polling_station(event), day_part, position, places=5)


@pytest.fixture
def member(shift):
    made = factories.make_member()
    factories.make_assignment(made, shift)
    return made


def _make_and_publish(event):
    work_on_letters(make_letters(event, by=None))
    publish_letters(event, by=None)
    return AppointmentLetter.objects.get()


def _move(member, street):
    member.street = street
    member.save()


def _mails():
    return sorted(OutboxMail.objects.filter(kind__startswith="letter_").values_list("kind", flat=True))


def test_member_hears_what_changed_after_publishing_again(event, shift, member):
    assert _make_and_publish(event).changes == []
    shift.period = (shift.period.lower - timedelta(minutes=15), shift.period.upper)
    shift.save()
    letter = _make_and_publish(event)
    assert "Uw aankomsttijd op woensdag 17 maart 2027 is nu 06.30 uur (was 06.45 uur)." in [
        change_words(change) for change in letter.changes
    ]
    assert letter.published_facts == letter.facts
    assert _mails() == ["letter_changed", "letter_published"]


def test_member_is_mailed_each_time_also_when_the_old_words_come_back(event, member):
    _move(member, "Aweg")
    _make_and_publish(event)
    for street in ("Bweg", "Aweg"):
        _move(member, street)
        letter = _make_and_publish(event)
    assert letter.publications == 3
    assert _mails() == ["letter_changed", "letter_changed", "letter_published"]


def test_another_look_of_the_same_words_is_published_without_a_mail(event, member, monkeypatch):
    _make_and_publish(event)
    monkeypatch.setattr(queries, "LAYOUT", queries.LAYOUT + 1)
    letter = _make_and_publish(event)
    assert letter.changes == [{"code": "look"}]
    assert _mails() == ["letter_published"]


def test_what_was_never_published_tells_no_changes(event, member):
    work_on_letters(make_letters(event, by=None))
    _move(member, "Bweg")
    assert _make_and_publish(event).changes == []
    assert _mails() == ["letter_published"]


def test_a_letter_that_comes_back_after_withdrawal_is_mailed_though_nothing_changed(event, member):
    letter = _make_and_publish(event)
    withdraw_letter(letter, by=factories.make_staff())
    work_on_letters(make_letter_again(letter, by=None))
    publish_letters(event, by=None)
    letter.refresh_from_db()
    assert (letter.state, letter.withdrawn_at) == ("published", None)
    assert _mails() == ["letter_changed", "letter_published"]


def test_mail_about_a_letter_that_was_withdrawn_since_does_not_go(event, member):
    letter = _make_and_publish(event)
    mail = OutboxMail.objects.get(kind="letter_published")
    withdraw_letter(letter, by=factories.make_staff())
    with pytest.raises(mails.Obsolete):
        mails.compose(mail)


def test_mail_about_a_changed_letter_does_not_tell_what_changed(event, member):
    _make_and_publish(event)
    _move(member, "Geheimstraat")
    _make_and_publish(event)
    message = mails.compose(OutboxMail.objects.get(kind="letter_changed"))
    text = f"{message.subject} {message.body} {message.alternatives[0].content}"
    assert "aangepast" in text
    assert "Geheimstraat" not in text


def test_letter_of_who_lost_the_place_tells_nothing_new_when_it_was_never_read(event, shift, member):
    work_on_letters(make_letters(event, by=None))
    unassign(member.assignments.get(), by=None)
    factories.make_assignment(factories.make_member(), shift)
    work_on_letters(make_letters(event, by=None))
    letter = AppointmentLetter.objects.get(member=member)
    assert (letter.state, letter.publications) == ("withdrawn", 0)
    assert letter.withdrawn_at <= timezone.now()


def test_changed_text_is_told_by_the_heading_of_its_block(event, member):
    head = {"decision_date": event.decision_date, "signatory": event.signatory, "signatory_title": ""}
    save_letter_texts(event, blocks=[LetterBlock("Een pas.", heading="Neem mee")], **head, by=None)
    _make_and_publish(event)
    save_letter_texts(event, blocks=[LetterBlock("Een pas en brood.", heading="Neem mee")], **head, by=None)
    assert [change_words(change) for change in _make_and_publish(event).changes] == [
        "De tekst onder “Neem mee” is aangepast."
    ]
