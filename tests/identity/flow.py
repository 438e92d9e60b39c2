"""Walking to the provider and back, as a browser of a test does."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from elections.actions.work_account_provider import set_provider
from elections.models import AuditEvent, WorkAccount
from tests import factories
from tests.identity.servers import SECRET, Browser

START = "/work-account/start/"
CALLBACK = "/work-account/callback/"
PAGE = "/work-account/"
PROBLEM = "/work-account/problem/"
BACKOFFICE = "/backoffice/"
MFA = "pwd mfa"


def connect(issuer: str, client_id: str = "juinen", **values: Any) -> Any:
    return set_provider(
        issuer=issuer,
        client_id=client_id,
        secret=SECRET.format(client_id=client_id),
        name="Juinen ID",
        **values,
    )


def linked(subject: str, issuer: str, **values: Any) -> Any:
    user = factories.make_staff("planner", **values)
    WorkAccount.objects.create(user=user, name="werkaccount", issuer=issuer, subject=subject)
    return user


def start(client: Any, purpose: str = "log-in", **posted: str) -> str:
    """Press the button; where it sends the browser."""
    response = client.post(START, {"purpose": purpose, **posted})
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def come_back(client: Any, address: str) -> Any:
    """The browser follows the provider's redirect to us."""
    parts = urlsplit(address)
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == f"https://{client.municipality.primary_domain}{CALLBACK}"
    )
    return explained(client, client.get(f"{parts.path}?{parts.query}"))


def explained(client: Any, response: Any) -> Any:
    """The page that tells what went wrong, when the browser is sent to it."""
    return client.get(PROBLEM) if response.headers.get("Location") == PROBLEM else response


def log_in(client: Any, account: str = "anna", amr: str = MFA, **posted: str) -> Any:
    return come_back(client, Browser().log_in(start(client, **posted), account=account, amr=amr))


def refusals() -> list[str]:
    return [
        event.details["reason"].removeprefix("work account: ")
        for event in AuditEvent.objects.filter(action="login.refuse").order_by("pk")
    ]


def is_in(client: Any) -> bool:
    return client.get(BACKOFFICE).status_code == 200


def changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | values)).geturl()
