"""Who signed up at an invented municipality: applications in every state, and the form open or closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from elections.actions.application_transfer import PACKAGE_LIFETIME, transfer_words
from elections.actions.sign_up import update_sign_up
from elections.demo.people import invented_members
from elections.demo.places import Neighbourhood
from elections.enums import ApplicationState, PositionKind, RefusalReason
from elections.models import Application, Member, User
from elections.models.application import DECIDED
from tenants.context import current_municipality

_TEXT: Final = """Een dag op het stembureau is bijzonder. U ontvangt kiezers, u controleert stempassen en u telt mee.

U krijgt een vergoeding, een training en een goede lunch. Ervaring is niet nodig."""
_CLOSED: Final = "Alle plaatsen zijn bezet. Na de zomer zoeken wij weer mensen. Kijk dan nog eens."
_NEIGHBOURS: Final = (("GM9160", "Gemeente Demodam"), ("GM9042", "Gemeente Juinen"))


@dataclass(frozen=True)
class _Sent:
    """One application. days: how long ago it was sent. asked: to pass it on; agreed: and the person said yes."""

    state: ApplicationState
    days: int
    remark: str = ""
    experience: bool = False
    asked: bool = False
    agreed: bool = False
    received: bool = False
    refusal: str = ""


_SENT: Final = (
    _Sent(ApplicationState.UNCONFIRMED, 1),
    _Sent(ApplicationState.OPEN, 1, remark="Ik kan de hele dag. Ik help ook graag met tellen."),
    _Sent(ApplicationState.OPEN, 2, remark="Ik werkte vorig jaar ook mee.", experience=True),
    _Sent(ApplicationState.OPEN, 3, remark="Ik spreek ook Engels en Pools.", received=True),
    _Sent(ApplicationState.OPEN, 5, asked=True),
    _Sent(ApplicationState.OPEN, 6, remark="Ik verhuis binnenkort.", asked=True, agreed=True),
    _Sent(ApplicationState.KEPT, 12, remark="Dit keer ben ik op vakantie."),
    _Sent(ApplicationState.KEPT, 15, experience=True),
    _Sent(ApplicationState.ACCEPTED, 18, remark="Mijn buurvrouw vertelde hierover."),
    _Sent(ApplicationState.REFUSED, 16, refusal=RefusalReason.TOO_YOUNG),
    _Sent(ApplicationState.TRANSFERRED, 9, asked=True, agreed=True),
)
# Whose data two of them hold: a member who signed up once more, and one who became a member this way.
_AGAIN, _ACCEPTED = 2, 8


@transaction.atomic
def sign_up(members: Sequence[Member], areas: list[Neighbourhood], seed: int, *, is_open: bool) -> None:
    """Let people sign up, and leave the form open or closed after that."""
    by = User.objects.filter(role="administrator").first() or User.objects.exclude(role="").first()
    if by is None:
        return
    people = _people(areas, seed)
    known = {_AGAIN: members[_AGAIN], _ACCEPTED: members[_ACCEPTED]}
    Application.objects.bulk_create(
        _application(sent, known.get(place, people[place]), by, member=known.get(place))
        for place, sent in enumerate(_SENT)
    )
    update_sign_up(is_open=is_open, text=_TEXT, closed_text=_CLOSED, by=by)


def _people(areas: list[Neighbourhood], seed: int) -> list[Member]:
    here = current_municipality()
    people = invented_members(
        {PositionKind.MEMBER: len(_SENT)}, seed=seed + 1, city=here.name, areas=areas,
        is_island=here.is_public_body, today=timezone.localdate(),
    )  # fmt: skip
    for place, person in enumerate(people, start=1):
        person.email = f"aanmelding{place}@voorbeeld.example"
    return people


def _application(sent: _Sent, person: Member, by: User, *, member: Member | None) -> Application:
    created = timezone.now() - timedelta(days=sent.days, minutes=37)
    application = Application(
        state=sent.state,
        first_name=person.first_name,
        infix=person.infix,
        last_name=person.last_name,
        birth_date=_birth_date(sent, person),
        email=person.email,
        phone=person.phone,
        city=person.city,
        has_experience=sent.experience,
        remark=sent.remark,
        may_keep=sent.state == ApplicationState.KEPT or sent.days % 2 == 1,
        created_at=created,
        refusal=sent.refusal,
        member=member if sent.state == ApplicationState.ACCEPTED else None,
        origin_name=_neighbour()[1] if sent.received else "",
    )
    for name, value in _moments(sent, created, by).items():
        setattr(application, name, value)
    if sent.asked:
        _pass_on(application, sent, created)
    return application


def _birth_date(sent: _Sent, person: Member) -> date:
    if person.birth_date is None or sent.refusal == RefusalReason.TOO_YOUNG:
        return timezone.localdate() - timedelta(days=17 * 366)
    return person.birth_date


def _moments(sent: _Sent, created: datetime, by: User) -> dict[str, Any]:
    if sent.state == ApplicationState.UNCONFIRMED:
        return {}
    moments: dict[str, Any] = {"confirmed_at": created + timedelta(minutes=4)}
    if sent.state in (*DECIDED, ApplicationState.KEPT):
        moments |= {"decided_at": created + timedelta(days=4), "decided_by": by.display_name}
    return moments


def _pass_on(application: Application, sent: _Sent, created: datetime) -> None:
    application.target_code, application.target_name = _neighbour()
    application.transfer_asked_at = created + timedelta(days=1)
    if sent.agreed:
        application.transfer_agreed_at = created + timedelta(days=2)
        application.transfer_words = transfer_words(application)
    if sent.state == ApplicationState.TRANSFERRED:
        application.package_id = uuid4()
        application.package_expires_at = created + timedelta(days=4) + PACKAGE_LIFETIME


def _neighbour() -> tuple[str, str]:
    """The code and name of another municipality of the demo."""
    here = current_municipality().code
    return next(neighbour for neighbour in _NEIGHBOURS if neighbour[0] != here)
