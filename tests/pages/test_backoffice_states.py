"""Pages of the backoffice that show themselves only after something happened: results, files, lists of many people.

A state is a function that brings a browser there and gives the answer of Django. Its name says what is seen.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from elections.actions.survey_response import Given, save_answer, send_response
from elections.demo.daily_figures import keep_history
from elections.enums import OwnFieldKind, QuestionKind
from elections.exports.member import COLUMNS
from elections.models import Job, Member, OwnField, OwnFieldValue, Survey
from tests import factories
from tests.conftest import MunicipalityClient
from tests.factories import World

pytestmark = pytest.mark.pages

LONG_NAME: Final = {
    "first_name": "Wilhelmina-Frederika",
    "last_name": "Bartholomeüs-Groenewegen van Wijngaarden",
}
RESULTS: Final = b"Lidnummer;Datum;Gehaald;Score\n1;12-1-2026;ja;9\n999999;12-1-2026;ja;8\n1;32-1-2026;ja;7\n"
State = Callable[[MunicipalityClient, World], Any]


def survey_with_every_kind_of_question(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/survey/{_questions(_draft()).uuid}/")


def survey_with_every_kind_as_a_member(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/survey/{_questions(_draft()).uuid}/preview/")


def survey_without_questions(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/survey/{_draft().uuid}/")


def survey_that_members_answer(team: MunicipalityClient, world: World) -> Any:
    survey = _questions(factories.make_survey(is_anonymous=False))
    _answer(survey, members=1)
    return team.get(f"/backoffice/survey/{survey.uuid}/")


def survey_results(team: MunicipalityClient, world: World) -> Any:
    before = _questions(factories.make_survey(title="Terugblik 2026"))
    _answer(before, members=6)
    _end(before)
    survey = _questions(factories.make_survey(title="Terugblik op de verkiezingen", previous=before))
    _answer(survey, members=7)
    _end(survey)
    return team.get(f"/backoffice/survey-result/{survey.uuid}/")


def survey_texts(team: MunicipalityClient, world: World) -> Any:
    survey = _questions(factories.make_survey())
    _answer(survey, members=7)
    _end(survey)
    return team.get(f"/backoffice/survey-result/{survey.questions.get(kind='long_text').uuid}/texts/")


def question_with_choices(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/question/create/{_questions(_draft()).uuid}/?kind=several_choices")


def question_with_one_choice_too_few(team: MunicipalityClient, world: World) -> Any:
    path = f"/backoffice/question/create/{_draft().uuid}/?kind=one_choice"
    return team.post(path, {"text": "Welke kleur?", "added": "rood"})


def question_on_a_scale(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/question/create/{_draft().uuid}/?kind=scale")


def training_key_shown(team: MunicipalityClient, world: World) -> Any:
    return team.post(f"/backoffice/training/{world.training.uuid}/key/", {"show": "1"})


def training_results_to_check(team: MunicipalityClient, world: World) -> Any:
    sent = {"file": SimpleUploadedFile("uitslagen.csv", RESULTS)}
    return team.post(f"/backoffice/training-import/{world.training.uuid}/", sent, follow=True)


def training_results_without_columns(team: MunicipalityClient, world: World) -> Any:
    sent = {"file": SimpleUploadedFile("uitslagen.csv", b"a;b\n1;2\n")}
    return team.post(f"/backoffice/training-import/{world.training.uuid}/", sent, follow=True)


def colours_that_cannot_be_read(team: MunicipalityClient, world: World) -> Any:
    return team.post(
        "/backoffice/house-style/colours/", {"accent": "geel", "head": "#ffff0", "corners": "round"}
    )


def house_style_tokens_read(team: MunicipalityClient, world: World) -> Any:
    tokens = b'{"utrecht": {"link": {"color": {"value": "#00664f"}}, "onbekend": {"value": "1"}}}'
    return team.post("/backoffice/house-style/tokens/", {"file": SimpleUploadedFile("t.json", tokens)})


def own_part(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/portal-step/{world.own_part.uuid}/edit/")


def portal_as_a_member(team: MunicipalityClient, world: World) -> Any:
    return team.get(f"/backoffice/portal-step/preview/?member={world.member.uuid}")


def portal_members_to_choose_from(team: MunicipalityClient, world: World) -> Any:
    factories.make_member(**LONG_NAME)
    return team.get("/backoffice/portal-step/preview/?q=a")


def dashboard_with_trends(team: MunicipalityClient, world: World) -> Any:
    keep_history(world.event)
    return team.get("/backoffice/")


def members_with_long_names(team: MunicipalityClient, world: World) -> Any:
    for number in range(60):
        factories.make_member(
            **LONG_NAME,
            email=f"wilhelmina-frederika.bartholomeus-groenewegen{number}@voorbeeldgemeente.example",
        )
    return team.get("/backoffice/member/?page=2")


def board_with_long_names(team: MunicipalityClient, world: World) -> Any:
    _fill(world)
    return team.get("/backoffice/board/")


def station_with_long_names(team: MunicipalityClient, world: World) -> Any:
    _fill(world)
    return team.get(f"/backoffice/assignment/station/{world.polling_station.uuid}/")


def list_without_result(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/member/?q=nergens")


def members_with_columns_and_filters(team: MunicipalityClient, world: World) -> Any:
    for number in range(4):
        factories.make_saved_filter(
            world.staff["administrator"], name=f"Voorzitters zonder antwoord {number}"
        )
    factories.make_member(
        **LONG_NAME, street="Burgemeester Van Voorbeeldstraat", house_number="12 A-bis", postcode="1234 AB",
        city="Nieuw-Voorbeeldkerk aan de Rijn", remark="Kan goed met mensen omgaan. " * 6,
    )  # fmt: skip
    columns = "&".join(f"columns={column.key}" for column in COLUMNS)
    return team.get(f"/backoffice/member/?active=all&{columns}")


def members_of_a_filter_that_is_gone(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/member/?label=opgeheven")


def filter_to_keep(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/saved-filter/create/?q=jansen&active=all")


def filter_without_a_name(team: MunicipalityClient, world: World) -> Any:
    return team.post("/backoffice/saved-filter/create/?active=all", {"name": ""})


def list_to_download(team: MunicipalityClient, world: World) -> Any:
    return team.get("/backoffice/member-export/?columns=address&columns=labels")


def message_to_a_selection(team: MunicipalityClient, world: World) -> Any:
    factories.make_member(with_user=False, is_active=False)
    return _bulk(team, "message")


def selection_to_take_out_of_use(team: MunicipalityClient, world: World) -> Any:
    factories.make_member(with_user=False), factories.make_member(with_user=False, is_active=False)
    return _bulk(team, "deactivate")


def selection_for_labels(team: MunicipalityClient, world: World) -> Any:
    factories.make_member(street="Dorpsstraat", house_number="1", postcode="1234 AB", city="Juinen")
    return _bulk(team, "address_label")


def selection_without_addresses(team: MunicipalityClient, world: World) -> Any:
    Member.objects.update(street="")
    return _bulk(team, "address_label")


def catering_with_wishes(team: MunicipalityClient, world: World) -> Any:
    diet = OwnField.objects.create(
        name="Dieetwens of allergie", why="Voor het eten.", kind=OwnFieldKind.TEXT, for_catering=True
    )
    OwnFieldValue.objects.create(field=diet, member=world.member, text="vegetarisch, zonder noten")
    return team.get("/backoffice/catering/")


def _bulk(team: MunicipalityClient, action: str) -> Any:
    everybody = str(Member.objects.present().count())
    sent = {"action": action, "all": everybody, "query": "active=all"}
    return team.post("/backoffice/member-selection/", sent)


def job_that_failed(team: MunicipalityClient, world: World) -> Any:
    Job.objects.filter(pk=world.job.pk).update(
        state="failed", errors=["De schijf is vol."], finished_at=timezone.now()
    )
    return team.get(f"/backoffice/job/{world.job.uuid}/")


STATES: Final[tuple[State, ...]] = (
    survey_with_every_kind_of_question, survey_with_every_kind_as_a_member, survey_without_questions,
    survey_that_members_answer, survey_results, survey_texts, question_with_choices,
    question_with_one_choice_too_few, question_on_a_scale, training_key_shown, training_results_to_check,
    training_results_without_columns, colours_that_cannot_be_read, house_style_tokens_read, own_part,
    portal_as_a_member, portal_members_to_choose_from, dashboard_with_trends, members_with_long_names,
    board_with_long_names, station_with_long_names, list_without_result, job_that_failed,
    members_with_columns_and_filters, members_of_a_filter_that_is_gone, filter_to_keep, filter_without_a_name,
    list_to_download, message_to_a_selection, selection_to_take_out_of_use, selection_for_labels,
    selection_without_addresses, catering_with_wishes,
)  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_states_of_the_backoffice_keep_nobody_out(state, juinen, client_for, viewer):
    world = factories.make_world()
    team = client_for(juinen, world.staff["administrator"])
    answer = state(team, world)
    assert answer.status_code == 200
    assert b"<h1" in answer.content
    name = f"backoffice-state-{state.__name__}"
    assert viewer(team).faults(answer, answer.request["PATH_INFO"], name=name) == []


def _draft() -> Any:
    return factories.make_survey(title="Eten en drinken", state="draft", publishes_at=None)


def _questions(survey: Any) -> Any:
    """One of every kind; the last appears only after a yes."""
    for kind in QuestionKind:
        choices = ("De uitleg vooraf", "Het tellen") if kind in ("one_choice", "several_choices") else ()
        factories.make_question(survey, kind, *choices, text=f"Wat vindt u van de dag, als {kind.label}?")
    asked = survey.questions.get(kind="yes_no")
    factories.make_question(
        survey,
        text="Waarom wel?",
        is_required=False,
        shown_if=asked,
        shown_if_choice=asked.choices.get(rank=1),
    )
    return survey


def _answer(survey: Any, *, members: int) -> None:
    for number in range(members):
        member = factories.make_member()
        for question in survey.questions.exclude(text="Waarom wel?"):
            save_answer(member, question, _given(question, number))
        send_response(survey, member, by=member.user)


def _given(question: Any, number: int) -> Given:
    if question.choices.exists():
        return Given(choices=(question.choices.order_by("rank")[number % 2],))
    if question.kind in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT):
        return Given(text=f"De koffie was goed, de lunch kwam {number} uur te laat.")
    if question.kind == QuestionKind.DATE:
        return Given(date=factories.DAY + timedelta(days=number % 3))
    return Given(number=1 + number % 5)


def _end(survey: Any) -> None:
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(
        publishes_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)
    )


def _fill(world: World) -> None:
    world.polling_station.name = "Gymnastiekzaal Openbare Basisschool De Verzetsheldenbuurt"
    world.polling_station.save()
    for state in ("confirmed", "reserved"):
        factories.make_assignment(factories.make_member(**LONG_NAME), world.shift, state=state)
