"""Looking members up in the BRP: one at once, or all who work or may work, in the background.

The log says who asked what about whom, and for which purpose, before a number is read or a question leaves; it is
committed by then, so that nobody who is cut off is left out of it, and whoever asks who looked gets an answer (AVG
art. 15; BIO2 8.15). Nobody sees a number: it goes from its encrypted row into the body of the request (elections.brp).

A register that does not answer is left alone: after FAILURES_IN_A_ROW of them nothing is asked for PAUSE, or for as
long as it said itself.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from elections import audit, brp
from elections.actions.brp_finding import note_facts
from elections.actions.job import fail_job, finish_job, job_progress, note_job_error, start_job
from elections.actions.job_file import only_worker
from elections.brp import MOST_NUMBERS, BrpUnavailable, PersonFacts, Trouble
from elections.enums import BrpOutcome, JobKind, SecretKind
from elections.errors import ActionError
from elections.models import BrpConnection, Job, Member, MemberSecret, User
from elections.permissions import can
from elections.queries.brp import active_connection, checkable, not_checked_since
from elections.queries.job import running_jobs
from elections.secrets import Secret, SecretDamaged, unseal
from tenants.locks import hold_lock
from tenants.numbers import grouped

logger = logging.getLogger(__name__)

RIGHT: Final = "brp.check"
ACT: Final = "brp.query"
FAILURES_IN_A_ROW: Final = 3
PAUSE: Final = timedelta(minutes=5)
# Of a key that is refused a person has to make something: trying again at once locks it, at some gateways.
PAUSE_REFUSED: Final = timedelta(minutes=15)
# Seconds before the second and the third try of a job; the longest that it waits when the register asks for it.
WAITS: Final = (2.0, 8.0)
LONGEST_WAIT: Final = 30
# A task may take five minutes; what is left then waits for the next message.
SECONDS: Final = 120.0


class BrpRefused(ActionError):
    """Nothing can be asked now. The sentence is for the colleague."""


@dataclass
class Checked:
    """What a check gave: the members that were looked up, and those of whom something is new."""

    members: int = 0
    found: int = 0


def check_member(member: Member, *, by: User) -> Checked:
    """Look one member up, and write down what differs. May not be called inside a transaction.

    Raises BrpRefused: without the right, the connection, or a number; or when the register does not answer.
    """
    connection = _connection_for(by)
    if member.erased_at or not MemberSecret.objects.filter(member=member, kind=SecretKind.BSN).exists():
        raise BrpRefused(_("Van dit lid is geen BSN bekend. Zonder BSN kunt u niet opzoeken in de BRP."))
    try:
        return _check(connection, [member.pk], by, anew=True)
    except BrpUnavailable as problem:
        raise BrpRefused(explanation(problem.trouble)) from problem


@transaction.atomic
def start_check(members: Iterable[Member] | None = None, *, by: User) -> Job:
    """Start looking up `members`, or everybody who is active and of whom a number is known.

    Raises BrpRefused: without the right or the connection, when nobody can be looked up, or when a check runs already.
    """
    _connection_for(by)
    hold_lock("brp-check")
    if running_jobs(kind=JobKind.BRP_CHECK):
        raise BrpRefused(_("Er loopt al een controle. Wacht tot die klaar is."))
    wanted = checkable()
    if members is not None:
        wanted = wanted.filter(pk__in=[member.pk for member in members])
    keys = sorted(wanted.values_list("pk", flat=True))
    if not keys:
        raise BrpRefused(_("Er is niemand om op te zoeken. Alleen leden met een BSN staan in de controle."))
    job = start_job(
        JobKind.BRP_CHECK, by=by, total=len(keys), parameters={"members": keys, "by": str(by.uuid)}
    )
    audit.record("brp.check_many", by=by, on=job, label=job.get_kind_display(), members=len(keys))
    return job


def work_on_brp_check(
    job: Job, *, seconds: float = SECONDS, wait: Callable[[float], None] = time.sleep
) -> bool:
    """Go on with a check of many members until it is done, stopped or failed, or until `seconds` have passed.

    Whoever was looked up since the job began is passed over, so that a worker that takes it up asks nothing twice.
    May not be called inside a transaction. wait: lets time pass between two tries. Returns whether there is more to do.
    """
    with only_worker(job) as mine:
        if not mine or not job_progress(job, job.done):
            return False
        by = User.objects.filter(uuid=job.parameters["by"]).first()
        end = time.monotonic() + seconds
        try:
            if by is None:
                raise BrpRefused(_("De collega die de controle begon, heeft geen toegang meer."))
            while left := not_checked_since(job.created_at, job.parameters["members"]):
                if not job_progress(job, len(job.parameters["members"]) - len(left)):
                    return False
                if time.monotonic() > end:
                    return True
                _patiently(job, left[:MOST_NUMBERS], by, wait)
        except BrpRefused as problem:
            fail_job(job, problem.message)
            return False
        _finish(job)
        return False


def explanation(trouble: Trouble) -> str:
    """What a colleague reads when the register gives no answer."""
    return {
        Trouble.AWAY: _("De BRP geeft geen antwoord. Er is niets gewijzigd. Probeer het straks weer."),
        Trouble.BUSY: _("De BRP vraagt om te wachten: er is te vaak gevraagd. Probeer het straks weer."),
        Trouble.REFUSED: _(
            "De BRP weigert de aansluiting van uw gemeente. Vraag de systeembeheerder om hulp."
        ),
        Trouble.WRONG: _(
            "De BRP begrijpt de vraag niet, of geeft een ander antwoord dan is afgesproken."
            " Vraag de systeembeheerder om hulp."
        ),
    }[trouble]


def _connection_for(by: User) -> BrpConnection:
    if not can(by, RIGHT):
        raise BrpRefused(_("U mag niets opvragen uit de BRP."))
    connection = active_connection()
    if connection is None:
        raise BrpRefused(_("Uw gemeente heeft geen aansluiting op de BRP, of de controle staat uit."))
    if connection.is_paused and connection.paused_until:
        raise BrpRefused(
            _("De BRP gaf een paar keer geen antwoord. Probeer het na %(time)s uur weer.")
            % {"time": date_format(timezone.localtime(connection.paused_until), "H.i")}
        )
    return connection


def _patiently(job: Job, keys: Sequence[int], by: User, wait: Callable[[float], None]) -> None:
    """Look some members up, with a few tries. Raises BrpRefused when it does not work out."""
    for pause in (*WAITS, None):
        try:
            checked = _check(_connection_for(by), keys, by)
        except BrpUnavailable as problem:
            may_pass = problem.trouble in (Trouble.AWAY, Trouble.BUSY) and problem.wait <= LONGEST_WAIT
            if pause is None or not may_pass:
                raise BrpRefused(explanation(problem.trouble)) from problem
            wait(max(pause, problem.wait))
        else:
            if checked.members < len(keys):
                note_job_error(
                    job, _("Van een lid is het BSN gewist, of niet te lezen. Dit lid is overgeslagen.")
                )
                _pass_over(job, keys)
            return


def _pass_over(job: Job, keys: Sequence[int]) -> None:
    """Take those who could not be looked up out of the job: it would go on about them for ever."""
    skipped = set(not_checked_since(job.created_at, keys))
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        locked.parameters["members"] = [key for key in locked.parameters["members"] if key not in skipped]
        locked.save(update_fields=["parameters"])
    job.parameters = locked.parameters


def _finish(job: Job) -> None:
    total = len(job.parameters["members"])
    job_progress(job, job.total)
    differs = Member.objects.filter(
        pk__in=job.parameters["members"],
        brp_check__outcome=BrpOutcome.DIFFERS,
        brp_check__checked_at__gte=job.created_at,
    ).count()
    checked = ngettext("%(n)s lid opgezocht.", "%(n)s leden opgezocht.", total) % {"n": grouped(total)}
    found = ngettext("Bij %(n)s lid is er een verschil.", "Bij %(n)s leden is er een verschil.", differs)
    finish_job(job, f"{checked} {found % {'n': grouped(differs)}}")


@sensitive_variables()
def _check(connection: BrpConnection, keys: Sequence[int], by: User, *, anew: bool = False) -> Checked:
    """Ask about at most MOST_NUMBERS members and write down what differs. Raises BrpUnavailable.

    anew: tell what was decided on before, too.
    """
    rows = list(
        MemberSecret.objects.filter(member__in=keys, member__erased_at=None, kind=SecretKind.BSN)
        .select_related("member")
        .order_by("pk")
    )
    fields = brp.fields_for(connection.subjects)
    with transaction.atomic(durable=True):
        audit.record_many(
            ACT, [(row.member, {"fields": fields}) for row in rows], by=by, purpose=connection.purpose
        )
    numbers: dict[int, Secret] = {}
    for row in rows:
        try:
            numbers[row.member_id] = unseal(row)
        except SecretDamaged:
            logger.error("the number of member %s cannot be opened, and is not asked about", row.member_id)
    if not numbers:
        return Checked()
    try:
        found = brp.ask(connection, numbers, on_behalf_of=str(by.uuid))
    except BrpUnavailable as problem:
        _failed(connection, problem)
        raise
    _answered(connection)
    return _write_down(connection, found, sorted(numbers), anew)


@transaction.atomic
def _write_down(
    connection: BrpConnection, found: dict[int, PersonFacts], keys: Sequence[int], anew: bool
) -> Checked:
    members = Member.objects.select_for_update(of=("self",)).filter(pk__in=keys, erased_at=None)
    checked = Checked()
    for member in members.select_related("user").order_by("pk"):
        checked.members += 1
        checked.found += note_facts(member, found.get(member.pk), connection.subjects, anew=anew)
    return checked


def _answered(connection: BrpConnection) -> None:
    BrpConnection.objects.filter(pk=connection.pk).exclude(failures=0, paused_until=None).update(
        failures=0, paused_until=None
    )


def _failed(connection: BrpConnection, problem: BrpUnavailable) -> None:
    """Count a failure, and keep still for a while when it is one too many."""
    logger.error("the BRP cannot be asked: %s", problem)
    mine = BrpConnection.objects.filter(pk=connection.pk)
    mine.update(failures=F("failures") + 1)
    failures = mine.values_list("failures", flat=True).first() or 0
    if problem.trouble is Trouble.REFUSED:
        pause = PAUSE_REFUSED
    elif problem.wait > LONGEST_WAIT:
        pause = timedelta(seconds=problem.wait)
    elif failures >= FAILURES_IN_A_ROW:
        pause = PAUSE
    else:
        return
    mine.update(paused_until=timezone.now() + pause)
