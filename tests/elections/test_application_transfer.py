"""An application goes to another municipality after the person's yes, in a file that opens there, in time and once."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import tenant_context

from elections.actions import application_transfer as actions
from elections.actions.application import keep_application, refuse_application, withdraw_application
from elections.errors import ActionError, FileRefused
from elections.exports.application_package import PURPOSE
from elections.models import Application, OutboxMail, TransferReceipt
from elections.notify import mails
from tenants import package
from tenants.models import MunicipalityStatus
from tests import factories


@pytest.fixture
def planner() -> Any:
    return factories.make_staff("planner", name="Piet Planner")


@pytest.fixture
def there(zonneiland: Any) -> Any:
    """A colleague of the other municipality."""
    with tenant_context(zonneiland):
        return factories.make_staff("planner")


@pytest.fixture
def agreed(planner: Any, zonneiland: Any) -> Any:
    """An application of somebody who said yes."""
    application = factories.make_application(first_name="Noor", has_experience=True, remark="Ik verhuis.")
    actions.ask_transfer(application, zonneiland, by=planner)
    return actions.agree_transfer(application, target_code=zonneiland.code)


def test_person_is_asked_and_the_mail_does_not_tell_where_to(planner: Any, zonneiland: Any) -> None:
    application = actions.ask_transfer(factories.make_application(), zonneiland, by=planner)
    assert not application.may_be_passed_on
    message = mails.compose(OutboxMail.objects.get())
    assert application.token in message.body
    assert "Zonneiland" not in message.subject + message.body


def test_yes_keeps_the_words_that_the_person_saw(agreed: Any) -> None:
    assert agreed.may_be_passed_on
    assert (
        "Gemeente Juinen mag mijn aanmelding doorgeven aan Openbaar lichaam Zonneiland"
        in agreed.transfer_words
    )


def test_no_package_without_a_yes(planner: Any, zonneiland: Any) -> None:
    application = factories.make_application()
    with pytest.raises(ActionError, match="toestemming"):
        actions.make_package(application, by=planner)
    actions.ask_transfer(application, zonneiland, by=planner)
    with pytest.raises(ActionError, match="toestemming"):
        actions.make_package(application, by=planner)


def test_yes_counts_for_the_municipality_that_the_page_named(
    planner: Any, zonneiland: Any, agreed: Any
) -> None:
    other = factories.make_application()
    with pytest.raises(ActionError):
        actions.agree_transfer(other, target_code="")
    actions.ask_transfer(other, zonneiland, by=planner)
    with pytest.raises(ActionError):
        actions.agree_transfer(other, target_code="GM0002")


def test_asking_for_another_municipality_makes_the_yes_void(
    planner: Any, zonneiland: Any, agreed: Any
) -> None:
    Application.objects.filter(pk=agreed.pk).update(target_code="GM0002", target_name="Gemeente Anders")
    asked = actions.ask_transfer(agreed, zonneiland, by=planner)
    assert (asked.transfer_agreed_at, asked.transfer_words, asked.target_code) == (None, "", "GM9009")


def test_yes_can_be_taken_back_until_the_file_is_made(planner: Any, zonneiland: Any, agreed: Any) -> None:
    actions.decline_transfer(agreed, target_code=zonneiland.code)
    with pytest.raises(ActionError):
        actions.make_package(agreed, by=planner)
    actions.ask_transfer(agreed, zonneiland, by=planner)
    actions.agree_transfer(agreed, target_code=zonneiland.code)
    actions.make_package(agreed, by=planner)
    with pytest.raises(ActionError):
        actions.decline_transfer(agreed, target_code=zonneiland.code)


def test_who_is_asked_once_more_gets_a_mail_once_more(planner: Any, zonneiland: Any, agreed: Any) -> None:
    actions.decline_transfer(agreed, target_code=zonneiland.code)
    actions.ask_transfer(agreed, zonneiland, by=planner)
    assert OutboxMail.objects.filter(kind="application_transfer", reference=agreed.uuid).count() == 2


def test_team_hears_of_a_yes_about_a_kept_application(planner: Any, zonneiland: Any) -> None:
    kept = keep_application(factories.make_application(), by=planner)
    actions.ask_transfer(kept, zonneiland, by=planner)
    mail = OutboxMail.objects.create(kind="application_waiting", to_email="a@b.example", idempotency_key="w")
    with pytest.raises(mails.Obsolete):
        mails.compose(mail)
    actions.agree_transfer(kept, target_code=zonneiland.code)
    assert "aanmelding" in mails.compose(mail).body


def test_own_or_blocked_municipality_is_no_target(planner: Any, juinen: Any, zonneiland: Any) -> None:
    zonneiland.status = MunicipalityStatus.SUSPENDED
    for target in (juinen, zonneiland):
        with pytest.raises(ActionError, match="andere gemeente"):
            actions.ask_transfer(factories.make_application(), target, by=planner)


def test_application_arrives_whole_and_the_person_hears_it(
    planner: Any, zonneiland: Any, there: Any, agreed: Any
) -> None:
    content = actions.make_package(agreed, by=planner)
    agreed.refresh_from_db()
    assert (agreed.state, agreed.decided_by) == ("transferred", "Piet Planner")
    with tenant_context(zonneiland):
        taken = actions.receive_package(content, by=there)
        mail = OutboxMail.objects.get()
        assert taken.token in mails.compose(mail).body
        assert (mail.kind, mail.to_email) == ("application_received", agreed.email)
        assert (taken.state, taken.origin_name, taken.may_keep) == ("open", "Gemeente Juinen", False)
        for name in ("first_name", "last_name", "birth_date", "email", "phone", "city", "has_experience"):
            assert getattr(taken, name) == getattr(agreed, name), name
        assert (taken.remark, taken.transfer_words) == ("Ik verhuis.", agreed.transfer_words)
        assert taken.transfer_agreed_at == agreed.transfer_agreed_at
        assert not taken.may_be_passed_on
    assert not TransferReceipt.objects.exists()


def test_package_is_taken_once_also_when_made_again_or_its_application_is_gone(
    planner: Any, zonneiland: Any, there: Any, agreed: Any
) -> None:
    first, second = actions.make_package(agreed, by=planner), actions.make_package(agreed, by=planner)
    assert first != second
    with tenant_context(zonneiland):
        taken = actions.receive_package(first, by=there)
        for content in (first, second):
            with pytest.raises(FileRefused, match="al ingelezen"):
                actions.receive_package(content, by=there)
        withdraw_application(taken)
        with pytest.raises(FileRefused, match="al ingelezen"):
            actions.receive_package(second, by=there)
        assert not Application.objects.exists()


def test_package_is_for_its_target_alone(planner: Any, agreed: Any) -> None:
    content = actions.make_package(agreed, by=planner)
    with pytest.raises(FileRefused, match="andere gemeente: Openbaar lichaam Zonneiland"):
        actions.receive_package(content, by=planner)


def test_package_works_two_weeks(planner: Any, zonneiland: Any, there: Any, agreed: Any) -> None:
    content = actions.make_package(agreed, by=planner)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        with pytest.raises(ActionError, match="verlopen"):
            actions.make_package(agreed, by=planner)
        with tenant_context(zonneiland), pytest.raises(FileRefused, match="te oud"):
            actions.receive_package(content, by=there)
    with tenant_context(zonneiland):
        assert actions.receive_package(content, by=there).pk


@pytest.mark.parametrize("field", ["source", "target", "expires", "number", "sealed"])
def test_changed_package_is_refused(
    planner: Any, zonneiland: Any, there: Any, agreed: Any, field: str
) -> None:
    found = json.loads(actions.make_package(agreed, by=planner))
    changed = {"source": "GM0003", "target": "GM0001", "expires": "2099-01-01T00:00:00+00:00"}
    found[field] = changed.get(field, found[field].translate(str.maketrans("abAB01", "baBA10")))
    with tenant_context(zonneiland), pytest.raises(FileRefused, match="geen geldig bestand"):
        actions.receive_package(json.dumps(found).encode(), by=there)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_name": "<script>"},
        {"first_name": ""},
        {"last_name": "x" * 101},
        {"last_name": ["Noor"]},
        {"email": "geen adres"},
        {"email": "a@example.nl\nBcc: b@example.nl"},
        {"phone": "=1+1"},
        {"birth_date": "2999-01-01"},
        {"birth_date": ""},
        {"has_experience": "ja"},
        {"remark": "x\x00y"},
        {"transfer_words": ""},
        {"transfer_agreed_at": ""},
        {"transfer_agreed_at": "2026-01-01T00:00:00"},
        {"state": "accepted"},
    ],
)
def test_content_is_not_trusted_for_its_seal(
    planner: Any, zonneiland: Any, there: Any, agreed: Any, wrong: dict[str, Any]
) -> None:
    """As a faulty or older version of ours could have made it."""
    made = actions.make_package(agreed, by=planner)
    with tenant_context(zonneiland):
        genuine = package.unseal(made, purpose=PURPOSE)
    forged = package.seal(
        genuine.content | wrong,
        purpose=PURPOSE,
        target=zonneiland.code,
        number=genuine.number,
        expires_at=genuine.expires_at,
    )
    with tenant_context(zonneiland):
        with pytest.raises(FileRefused, match="iets wat niet kan"):
            actions.receive_package(forged, by=there)
        assert not TransferReceipt.objects.exists()


def test_settled_application_is_not_passed_on(planner: Any, zonneiland: Any, agreed: Any) -> None:
    refuse_application(agreed, "enough", by=planner)
    for act in (
        lambda: actions.ask_transfer(agreed, zonneiland, by=planner),
        lambda: actions.make_package(agreed, by=planner),
        lambda: actions.agree_transfer(agreed, target_code=zonneiland.code),
    ):
        with pytest.raises(ActionError, match="al afgehandeld"):
            act()


def test_who_was_asked_three_times_is_left_in_peace(planner: Any, zonneiland: Any) -> None:
    application = factories.make_application()
    for _time in range(actions.MOST_ASKED):
        actions.ask_transfer(application, zonneiland, by=planner)
        actions.decline_transfer(application, target_code=zonneiland.code)
    with pytest.raises(ActionError, match="drie keer"):
        actions.ask_transfer(application, zonneiland, by=planner)
    actions.ask_transfer(factories.make_application(email="ander@voorbeeld.example"), zonneiland, by=planner)
    assert OutboxMail.objects.filter(kind="application_transfer").count() == actions.MOST_ASKED + 1
