"""Signing up: the form with mistakes, what follows it, and where an application can stand."""

import re
from datetime import timedelta
from typing import Any, Final

import time_machine
from django.utils import timezone
from django_tenants.utils import schema_context

from elections.actions import application_transfer as transfer
from elections.enums import AttemptKind
from elections.models import LoginAttempt, SignUp
from tenants.models import Municipality
from tests import factories
from tests.pages.states.scene import Scene, state, url

PERSON: Final = {
    "first_name": "Noor",
    "last_name": "Dijk",
    "birth_date": "27-3-1984",
    "city": "Juinen",
    "email": "noor@voorbeeld.example",
    "phone": "06 12345678",
    "has_experience": "yes",
}


def _page(scene: Scene, **values: Any) -> Any:
    application = factories.make_application(**values)
    return scene.anyone.get(f"/application/{application.token}/")


def _asked(scene: Scene) -> Any:
    application = factories.make_application()
    with schema_context("public"):
        other = Municipality.objects.exclude(pk=scene.municipality.pk).get()
    return transfer.ask_transfer(application, other, by=scene.world.staff["planner"])


@state("application")
def sign_up_with_mistakes(scene: Scene) -> Any:
    wrong = {"first_name": "http://x", "birth_date": "gisteren", "email": "noor", "remark": "BSN 111222333"}
    return scene.anyone.post(url("sign-up"), PERSON | wrong)


@state("application")
def sign_up_closed(scene: Scene) -> Any:
    SignUp.objects.update(is_open=False, closed_text="Vanaf januari kunt u zich weer aanmelden.")
    return scene.anyone.get(url("sign-up"))


@state("application")
def sign_up_too_often(scene: Scene) -> Any:
    LoginAttempt.objects.bulk_create(LoginAttempt(kind=AttemptKind.SIGN_UP) for _number in range(500))
    client = scene.anyone
    opened = re.search(r'name="opened" value="([^"]+)"', client.get(url("sign-up")).content.decode())
    assert opened
    with time_machine.travel(timezone.now() + timedelta(seconds=10)):
        return client.post(url("sign-up"), PERSON | {"opened": opened[1]})


@state("application")
def application_to_confirm(scene: Scene) -> Any:
    return _page(scene, state="unconfirmed", confirmed_at=None)


@state("application")
def application_that_is_too_late(scene: Scene) -> Any:
    return _page(scene, state="unconfirmed", confirmed_at=None, created_at=timezone.now() - timedelta(days=4))


@state("application")
def application_kept(scene: Scene) -> Any:
    return _page(scene, state="kept", decided_at=timezone.now())


@state("application")
def application_accepted(scene: Scene) -> Any:
    return _page(scene, state="accepted", decided_at=timezone.now())


@state("application")
def application_refused(scene: Scene) -> Any:
    return _page(scene, state="refused", decided_at=timezone.now(), refusal="enough")


@state("application")
def application_that_may_be_passed_on(scene: Scene) -> Any:
    return scene.anyone.get(f"/application/{_asked(scene).token}/")


@state("application")
def application_with_a_yes(scene: Scene) -> Any:
    application = _asked(scene)
    transfer.agree_transfer(application, target_code=application.target_code)
    return scene.anyone.get(f"/application/{application.token}/")


@state("application")
def application_passed_on(scene: Scene) -> Any:
    application = _asked(scene)
    transfer.agree_transfer(application, target_code=application.target_code)
    transfer.make_package(application, by=scene.world.staff["planner"])
    return scene.anyone.get(f"/application/{application.token}/")


@state("application")
def application_withdrawn(scene: Scene) -> Any:
    return scene.anyone.post(f"/application/{factories.make_application().token}/withdraw/")


@state("application")
def team_sees_who_it_may_be(scene: Scene) -> Any:
    member = scene.world.member
    factories.make_application(last_name="Visser", phone="+31 6 55555555")
    application = factories.make_application(
        first_name=member.first_name, last_name=member.last_name, email=member.email, phone="+31 6 55555555"
    )
    return scene.planner.get(f"/backoffice/application/{application.uuid}/")


@state("application")
def team_chooses_who_it_is(scene: Scene) -> Any:
    application = factories.make_application(email=scene.world.member.email)
    return scene.planner.post(f"/backoffice/application/{application.uuid}/accept/", {"person": ""})


@state("application")
def team_may_pass_it_on(scene: Scene) -> Any:
    application = _asked(scene)
    transfer.agree_transfer(application, target_code=application.target_code)
    return scene.planner.get(f"/backoffice/application/{application.uuid}/")


@state("application")
def team_passed_it_on(scene: Scene) -> Any:
    application = _asked(scene)
    transfer.agree_transfer(application, target_code=application.target_code)
    transfer.make_package(application, by=scene.world.staff["planner"])
    return scene.planner.get(f"/backoffice/application/{application.uuid}/")


@state("application")
def team_sees_all_of_them(scene: Scene) -> Any:
    now = timezone.now()
    factories.make_application(email=scene.world.member.email, first_name="Wilhelmina-Frederika")
    factories.make_application(state="refused", decided_at=now, refusal="other")
    factories.make_application(state="unconfirmed", confirmed_at=None)
    _asked(scene)
    return scene.planner.get("/backoffice/application/")
