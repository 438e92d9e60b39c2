"""The own account, and a colleague who looks along."""

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from elections.actions.work_account_provider import set_provider
from elections.models import (
    EmailConfirmation,
    WorkAccount,
)
from elections.sessions import CONFIRMED_KEY
from tests import factories
from tests.conftest import MunicipalityClient
from tests.pages.states.scene import Scene, change_session, state, url

WRONG: Final = {"code": "000000"}


@state("account")
def confirm_with_wrong_password(scene: Scene) -> Any:
    client = scene.member
    change_session(client, **{CONFIRMED_KEY: 0})
    return client.post(url("confirm"), {"password": "geraden"})


@state("account")
def confirm_with_app(scene: Scene) -> Any:
    return scene.planner.get(url("confirm"))


@state("account")
def authenticator_setup(scene: Scene) -> Any:
    client = scene.member
    client.post(url("authenticator-begin"))
    return client.post(url("authenticator-setup"), WRONG)


@state("account")
def authenticator_in_use(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.member.user, seed=factories.SEED)
    return scene.member.get(url("authenticator"))


@state("account")
def recovery_codes(scene: Scene) -> Any:
    factories.make_authenticator(scene.world.member.user, seed=factories.SEED)
    return scene.member.post(url("authenticator-renew"))


@state("account")
def email_code_that_is_wrong(scene: Scene) -> Any:
    factories.make_email_confirmation(scene.world.member.user)
    return scene.member.post(url("email-confirmation"), WRONG)


@state("account")
def email_code_that_expired(scene: Scene) -> Any:
    factories.make_email_confirmation(scene.world.member.user)
    EmailConfirmation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return scene.member.get(url("email-confirmation"))


@state("account")
def account_of_a_colleague(scene: Scene) -> Any:
    return scene.planner.get(url("account"))


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
    return _with_work_account(scene).get(url("work-account"))


@state("account")
def confirm_with_work_account(scene: Scene) -> Any:
    return _with_work_account(scene).get(url("confirm"))


@state("account")
def login_with_work_account(scene: Scene) -> Any:
    _with_work_account(scene)
    return scene.anyone.get(url("login"))


def _look_along(scene: Scene) -> MunicipalityClient:
    client = scene.planner
    client.post(f"/backoffice/look/{scene.world.member.uuid}/", {"reason": "het lid belt met een vraag"})
    return client


@state("account")
def looking_as_a_member(scene: Scene) -> Any:
    return _look_along(scene).get(url("home"))


@state("account")
def looking_as_a_member_refused(scene: Scene) -> Any:
    return _look_along(scene).get(url("personal-data-iban"))
