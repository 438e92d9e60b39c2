"""Pages that show themselves only after something happened: the ways through the door, and the portal of a member for
whom parts are closed, done, refused or half-way.

A state is a function that brings a browser there and gives the answer of Django. Its name says what is seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from elections.actions.activation import make_activation_letters
from elections.actions.survey_response import Given, save_answer
from elections.actions.work_account_provider import set_provider
from elections.enums import QuestionKind
from elections.models import (
    AppointmentLetter,
    Assignment,
    EmailConfirmation,
    LoginChallenge,
    PortalStep,
    WorkAccount,
)
from elections.models.codes import letter_code
from elections.sessions import CONFIRMED_KEY
from portal.views.work_account import PROBLEM_KEY
from tests import factories
from tests.conftest import MunicipalityClient

NEW_PASSWORD: Final = "paard batterij nietje lamp"
WRONG: Final = {"code": "000000"}


@dataclass
class Scene:
    """One of everything in a municipality, and browsers at it."""

    world: factories.World
    municipality: Any
    client_for: Callable[..., MunicipalityClient]

    @property
    def anyone(self) -> MunicipalityClient:
        return self.client_for(self.municipality)

    @property
    def member(self) -> MunicipalityClient:
        return self.as_user(self.world.member.user)

    @property
    def planner(self) -> MunicipalityClient:
        return self.as_user(self.world.staff["planner"])

    def as_user(self, user: Any) -> MunicipalityClient:
        return self.client_for(self.municipality, user)


State = Callable[[Scene], Any]
STATES: Final[dict[str, list[State]]] = defaultdict(list)


def state(of: str) -> Callable[[State], State]:
    """Register a state of this room."""

    def register(function: State) -> State:
        STATES[of].append(function)
        return function

    return register


def _url(name: str, *rows: Any) -> str:
    return reverse(f"portal:{name}", urlconf="config.urls_tenant", args=[row.uuid for row in rows])


def _change_session(client: MunicipalityClient, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


# --- The front door ---


def _give_password(scene: Scene, user: Any, password: str = factories.PASSWORD) -> tuple[Any, Any]:
    client = scene.anyone
    sent = {"username": user.username, "password": password}
    return client, client.post(_url("login"), sent, follow=True)


@state("door")
def login_with_wrong_password(scene: Scene) -> Any:
    return _give_password(scene, scene.world.member.user, "geraden")[1]


@state("door")
def login_too_often(scene: Scene) -> Any:
    for _time in range(50):
        _client, answer = _give_password(scene, scene.world.member.user, "geraden")
        if answer.status_code == 429:
            break
    return answer


@state("door")
def login_code_from_the_mail(scene: Scene) -> Any:
    return _give_password(scene, scene.world.member.user)[1]


@state("door")
def login_code_that_is_wrong(scene: Scene) -> Any:
    client, _answer = _give_password(scene, scene.world.member.user)
    return client.post(_url("login-code"), WRONG)


@state("door")
def login_code_that_expired(scene: Scene) -> Any:
    client, _answer = _give_password(scene, scene.world.member.user)
    LoginChallenge.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return client.get(_url("login-code"))


@state("door")
def login_code_sent_again(scene: Scene) -> Any:
    client, _answer = _give_password(scene, scene.world.member.user)
    return client.post(_url("login-code-resend"), follow=True)


@state("door")
def login_code_of_the_app(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.colleague, seed=factories.SEED)
    return _give_password(scene, scene.world.colleague)[1]


@state("door")
def login_recovery_code_that_is_wrong(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.colleague, seed=factories.SEED)
    client, _answer = _give_password(scene, scene.world.colleague)
    return client.post(_url("login-recovery"), {"code": "AAAA-AAAA"})


@state("door")
def invitation_that_was_used(scene: Scene) -> Any:
    invitation = scene.world.invitation
    type(invitation).objects.filter(pk=invitation.pk).update(used_at=timezone.now())
    return scene.anyone.get(f"/invitation/{invitation.token}/", follow=True)


@state("door")
def password_reset_by_mail(scene: Scene) -> Any:
    client = scene.anyone
    client.get(_url("login"))
    path = reverse(
        "portal:password-reset",
        urlconf="config.urls_tenant",
        kwargs={"token": scene.world.password_reset.token},
    )
    return client.post(path, follow=True)


@state("door")
def username_sent(scene: Scene) -> Any:
    return scene.anyone.post(_url("username-forgotten"), {"email": "lid@wereld.example"}, follow=True)


@state("door")
def password_sent(scene: Scene) -> Any:
    return scene.anyone.post(_url("password-forgotten"), {"username": "lid@wereld"}, follow=True)


@state("door")
def work_account_problem(scene: Scene) -> Any:
    client = scene.anyone
    client.get(_url("login"))
    _change_session(client, **{PROBLEM_KEY: ("unknown", "log_in")})
    return client.get(_url("work-account-problem"))


@state("door")
def page_that_does_not_exist(scene: Scene) -> Any:
    return scene.member.get("/bestaat-niet/")


@state("door")
def page_for_the_team(scene: Scene) -> Any:
    return scene.member.get("/backoffice/", follow=True)


@state("door")
def form_from_another_page(scene: Scene) -> Any:
    strict = scene.client_for(scene.municipality, enforce_csrf_checks=True)
    return strict.post(_url("login"), {"username": "lid@wereld"})


# --- The way in by letter ---


def _with_letter(scene: Scene, *, password: bool = True) -> tuple[MunicipalityClient, Any]:
    member = factories.make_member(with_user=False, first_name="Anna", last_name="Berg", email="")
    letter = make_activation_letters([member], by=scene.world.staff["administrator"])[0]
    client = scene.anyone
    sent = {"username": letter.user.username, "code": letter_code(letter.uuid)}
    answer = client.post(_url("activation"), sent, follow=True)
    if password:
        chosen = {"password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        answer = client.post(_url("activation-password"), chosen, follow=True)
    return client, answer


@state("letter")
def activation_password(scene: Scene) -> Any:
    return _with_letter(scene, password=False)[1]


@state("letter")
def activation_second_step(scene: Scene) -> Any:
    return _with_letter(scene)[1]


@state("letter")
def activation_email_with_mistake(scene: Scene) -> Any:
    return _with_letter(scene)[0].post(_url("activation-email"), {"email": "anna"})


@state("letter")
def activation_email_code_that_is_wrong(scene: Scene) -> Any:
    client, _answer = _with_letter(scene)
    client.post(_url("activation-email"), {"email": "anna@voorbeeld.example"})
    return client.post(_url("activation-email-code"), WRONG)


@state("letter")
def activation_app(scene: Scene) -> Any:
    return _with_letter(scene)[0].post(_url("activation-app-begin"), follow=True)


# --- The own account ---


@state("account")
def confirm_with_wrong_password(scene: Scene) -> Any:
    client = scene.member
    _change_session(client, **{CONFIRMED_KEY: 0})
    return client.post(_url("confirm"), {"password": "geraden"})


@state("account")
def confirm_with_app(scene: Scene) -> Any:
    return scene.planner.get(_url("confirm"))


@state("account")
def authenticator_setup(scene: Scene) -> Any:
    client = scene.member
    client.post(_url("authenticator-begin"))
    return client.post(_url("authenticator-setup"), WRONG)


@state("account")
def authenticator_in_use(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.member.user, seed=factories.SEED)
    return scene.member.get(_url("authenticator"))


@state("account")
def recovery_codes(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.member.user, seed=factories.SEED)
    return scene.member.post(_url("authenticator-renew"))


@state("account")
def email_code_that_is_wrong(scene: Scene) -> Any:
    factories.make_email_confirmation(scene.world.member.user)
    return scene.member.post(_url("email-confirmation"), WRONG)


@state("account")
def email_code_that_expired(scene: Scene) -> Any:
    factories.make_email_confirmation(scene.world.member.user)
    EmailConfirmation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return scene.member.get(_url("email-confirmation"))


@state("account")
def account_of_a_colleague(scene: Scene) -> Any:
    return scene.planner.get(_url("account"))


def _with_work_account(scene: Scene) -> MunicipalityClient:
    issuer = "https://login.juinen.example"
    set_provider(issuer=issuer, client_id="juinen", secret="geheim", name="Juinen ID")
    user = scene.world.staff["planner"]
    account = WorkAccount.objects.create(user=user, name="werkaccount", issuer=issuer, subject="anna")
    client = scene.anyone
    client.log_in_with(user, account)
    return client


@state("account")
def work_account_that_is_linked(scene: Scene) -> Any:
    return _with_work_account(scene).get(_url("work-account"))


@state("account")
def confirm_with_work_account(scene: Scene) -> Any:
    return _with_work_account(scene).get(_url("confirm"))


@state("account")
def login_with_work_account(scene: Scene) -> Any:
    _with_work_account(scene)
    return scene.anyone.get(_url("login"))


def _look_along(scene: Scene) -> MunicipalityClient:
    client = scene.planner
    client.post(f"/backoffice/look/{scene.world.member.uuid}/", {"reason": "het lid belt met een vraag"})
    return client


@state("account")
def looking_as_a_member(scene: Scene) -> Any:
    return _look_along(scene).get(_url("home"))


@state("account")
def looking_as_a_member_refused(scene: Scene) -> Any:
    return _look_along(scene).get(_url("personal-data-iban"))


# --- The parts of the portal ---


def _steps(scene: Scene, *kinds: str, **values: Any) -> None:
    found = PortalStep.objects.filter(event=scene.world.event)
    (found.filter(kind__in=kinds) if kinds else found).update(**values)


def _soon(scene: Scene) -> None:
    _steps(scene, opens_at=timezone.now() + timedelta(days=7))


def _over(scene: Scene) -> None:
    _steps(scene, closes_at=timezone.now() - timedelta(days=1))


PARTS: Final = ("home", "availability", "reservation", "training", "letter-list", "survey-list")


def _part_states() -> Iterator[State]:
    for close, words in ((_soon, "before_it_opens"), (_over, "after_it_closed")):
        for name in PARTS:

            def show(scene: Scene, close: Any = close, name: str = name) -> Any:
                close(scene)
                return scene.member.get(_url(name))

            show.__name__ = f"{name.replace('-', '_')}_{words}"
            yield show


for each in _part_states():
    state("closed parts")(each)


@state("closed parts")
def own_part_before_it_opens(scene: Scene) -> Any:
    _soon(scene)
    return scene.member.get(_url("part-detail", scene.world.own_part))


@state("closed parts")
def documents_that_the_team_closed(scene: Scene) -> Any:
    _steps(scene, "documents", is_on=False)
    return scene.member.get(_url("document-list"))


@state("closed parts")
def letter_that_was_withdrawn(scene: Scene) -> Any:
    AppointmentLetter.objects.update(
        state="withdrawn",
        published_at=timezone.now(),
        publications=1,
        withdrawn_at=timezone.now(),
    )
    return scene.member.get(_url("letter-list"))


@state("parts")
def letter_that_is_new(scene: Scene) -> Any:
    AppointmentLetter.objects.update(published_at=timezone.now())
    return scene.member.get(_url("letter-list"))


@state("parts")
def availability_half_way(scene: Scene) -> Any:
    factories.make_availability(scene.world.member, scene.world.day_part)
    return scene.member.get(_url("availability"))


@state("parts")
def availability_not_at_all(scene: Scene) -> Any:
    return scene.member.post(_url("availability-unavailable"), {"reason": "Vakantie"}, follow=True)


def _without_places(scene: Scene) -> None:
    Assignment.objects.all().delete()


@state("parts")
def reservation_to_begin(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.get(_url("reservation-search"))


@state("parts")
def reservation_place(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.get(_url("reservation-shift", scene.world.shift))


@state("parts")
def reservation_place_that_is_taken(scene: Scene) -> Any:
    _without_places(scene)
    for _place in range(scene.world.shift.places):
        factories.make_assignment(factories.make_member(), scene.world.shift, state="reserved")
    return scene.member.post(_url("reservation-shift", scene.world.shift), follow=True)


@state("parts")
def reservation_without_result(scene: Scene) -> Any:
    return scene.member.get(_url("reservation-places") + "?q=nergens")


@state("parts")
def reservation_just_made(scene: Scene) -> Any:
    _without_places(scene)
    return scene.member.post(_url("reservation-shift", scene.world.shift), follow=True)


@state("parts")
def placement_declined(scene: Scene) -> Any:
    Assignment.objects.filter(pk=scene.world.assignment.pk).update(
        state="declined", declined_at=timezone.now()
    )
    return scene.member.get(_url("placement"))


@state("parts")
def training_passed(scene: Scene) -> Any:
    factories.make_training_result(scene.world.training, scene.world.member, done_on=timezone.localdate())
    return scene.member.get(_url("training"))


@state("parts")
def calendar_feed_made(scene: Scene) -> Any:
    return scene.member.post(_url("calendar-make"), follow=True)


# --- Surveys ---


def _question(scene: Scene, kind: QuestionKind) -> Any:
    choices = (
        () if kind in ("short_text", "long_text", "yes_no", "scale", "number", "date") else ("Rood", "Blauw")
    )
    return factories.make_question(factories.make_survey(scene.world.member), kind, *choices)


def _question_states() -> Iterator[State]:
    for kind in QuestionKind:

        def show(scene: Scene, kind: QuestionKind = kind) -> Any:
            question = _question(scene, kind)
            path = _url("survey-question", question.survey, question)
            return scene.member.post(path, {"answer": "x" if kind in ("number", "date") else ""})

        show.__name__ = f"survey_question_{kind}_with_mistake"
        yield show


for each in _question_states():
    state("surveys")(each)


def _answered(scene: Scene) -> Any:
    question = _question(scene, QuestionKind.SHORT_TEXT)
    save_answer(scene.world.member, question, Given(text="Goed"))
    return question.survey


@state("surveys")
def survey_half_way(scene: Scene) -> Any:
    survey = _answered(scene)
    factories.make_question(survey, "yes_no")
    return scene.member.get(_url("survey-detail", survey))


@state("surveys")
def survey_to_check(scene: Scene) -> Any:
    return scene.member.get(_url("survey-check", _answered(scene)))


@state("surveys")
def survey_sent(scene: Scene) -> Any:
    return scene.member.post(_url("survey-send", _answered(scene)), follow=True)
