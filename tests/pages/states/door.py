"""The ways through the front door, also with a letter."""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from elections.actions.activation import make_activation_letters
from elections.models import (
    LoginChallenge,
)
from elections.models.codes import letter_code
from portal.views.work_account import PROBLEM_KEY
from tests import factories
from tests.conftest import MunicipalityClient
from tests.pages.states.scene import Scene, change_session, state, url

NEW_PASSWORD: Final = "paard batterij nietje lamp"
WRONG: Final = {"code": "000000"}


def _give_password(scene: Scene, user: Any, password: str = factories.PASSWORD) -> tuple[Any, Any]:
    client = scene.anyone
    sent = {"username": user.username, "password": password}
    return client, client.post(url("login"), sent, follow=True)


@state("door")
def login_with_wrong_password(scene: Scene) -> Any:
    return _give_password(scene, scene.world.member.user, "geraden")[1]


@state("door")
def request_that_cannot_be_read(scene: Scene) -> Any:
    many = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    return scene.anyone.post(url("login"), many)


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
    return client.post(url("login-code"), WRONG)


@state("door")
def login_code_that_expired(scene: Scene) -> Any:
    client, _answer = _give_password(scene, scene.world.member.user)
    LoginChallenge.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return client.get(url("login-code"))


@state("door")
def login_code_sent_again(scene: Scene) -> Any:
    client, _answer = _give_password(scene, scene.world.member.user)
    return client.post(url("login-code-resend"), follow=True)


@state("door")
def login_code_of_the_app(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.colleague, seed=factories.SEED)
    return _give_password(scene, scene.world.colleague)[1]


@state("door")
def login_recovery_code_that_is_wrong(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.colleague, seed=factories.SEED)
    client, _answer = _give_password(scene, scene.world.colleague)
    return client.post(url("login-recovery"), {"code": "AAAA-AAAA"})


@state("door")
def invitation_that_was_used(scene: Scene) -> Any:
    invitation = scene.world.invitation
    type(invitation).objects.filter(pk=invitation.pk).update(used_at=timezone.now())
    return scene.anyone.get(f"/invitation/{invitation.token}/", follow=True)


@state("door")
def password_reset_by_mail(scene: Scene) -> Any:
    client = scene.anyone
    client.get(url("login"))
    path = reverse(
        "portal:password-reset",
        urlconf="config.urls_tenant",
        kwargs={"token": scene.world.password_reset.token},
    )
    return client.post(path, follow=True)


@state("door")
def username_sent(scene: Scene) -> Any:
    return scene.anyone.post(url("username-forgotten"), {"email": "lid@wereld.example"}, follow=True)


@state("door")
def password_sent(scene: Scene) -> Any:
    return scene.anyone.post(url("password-forgotten"), {"username": "lid@wereld"}, follow=True)


@state("door")
def work_account_problem(scene: Scene) -> Any:
    client = scene.anyone
    client.get(url("login"))
    change_session(client, **{PROBLEM_KEY: ("unknown", "log_in")})
    return client.get(url("work-account-problem"))


@state("door")
def page_that_does_not_exist(scene: Scene) -> Any:
    return scene.member.get("/bestaat-niet/")


@state("door")
def page_for_the_team(scene: Scene) -> Any:
    return scene.member.get("/backoffice/", follow=True)


@state("door")
def form_from_another_page(scene: Scene) -> Any:
    strict = scene.client_for(scene.municipality, enforce_csrf_checks=True)
    return strict.post(url("login"), {"username": "lid@wereld"})


def _with_letter(scene: Scene, *, password: bool = True) -> tuple[MunicipalityClient, Any]:
    member = factories.make_member(with_user=False, first_name="Anna", last_name="Berg", email="")
    letter = make_activation_letters([member], by=scene.world.staff["administrator"])[0]
    client = scene.anyone
    sent = {"username": letter.user.username, "code": letter_code(letter.uuid)}
    answer = client.post(url("activation"), sent, follow=True)
    if password:
        chosen = {"password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        answer = client.post(url("activation-password"), chosen, follow=True)
    return client, answer


@state("letter")
def activation_password(scene: Scene) -> Any:
    return _with_letter(scene, password=False)[1]


@state("letter")
def activation_second_step(scene: Scene) -> Any:
    return _with_letter(scene)[1]


@state("letter")
def activation_email_with_mistake(scene: Scene) -> Any:
    return _with_letter(scene)[0].post(url("activation-email"), {"email": "anna"})


@state("letter")
def activation_email_code_that_is_wrong(scene: Scene) -> Any:
    client, _answer = _with_letter(scene)
    client.post(url("activation-email"), {"email": "anna@voorbeeld.example"})
    return client.post(url("activation-email-code"), WRONG)


@state("letter")
def activation_app(scene: Scene) -> Any:
    return _with_letter(scene)[0].post(url("activation-app-begin"), follow=True)
