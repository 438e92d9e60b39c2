"""Making, publishing and withdrawing appointment letters. Kieswet art. E 4: the college appoints for each election.

Letters are made by tasks on all cores. Each claims a handful of rows, makes the PDFs, stores them under fixed names and
marks the rows, in one transaction: a worker that dies leaves the rows as they were, for the next one.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.job import finish_job, job_step, note_job_error, start_job
from elections.actions.letter_edition import keep_edition
from elections.actions.lock import lock_event, lock_open_event
from elections.actions.portal_step import show_step
from elections.documents.appointment_letter import FOLDER, letter_file_name, render_letter
from elections.documents.files import delete_orphans, disk_full_words, is_disk_full, write_private
from elections.documents.pdf import PdfError
from elections.enums import JobKind, LetterState, MailKind, StepKind
from elections.errors import ActionError
from elections.letter_changes import is_worth_telling
from elections.models import AppointmentLetter, ElectionEvent, Job, LetterEdition, User
from elections.notify import outbox
from elections.queries.job import running_jobs
from elections.queries.letter import check_letters, coming_changes, ready_to_publish
from elections.queries.letter_facts import LetterFacts, awaiting_training, letter_facts

logger = logging.getLogger(__name__)

LETTERS_PER_TASK = (
    40  # at half a second each on a slow machine: far below the five minutes that a task may take
)
# What a letter says is asked for a handful at once. More would keep somebody who stops the job waiting for seconds.
LETTERS_AT_ONCE = 5
# No transaction lasts a day, so a file whose row is still being written is younger.
ORPHAN_AFTER: Final = timedelta(days=1)


@transaction.atomic
def make_letters(event: ElectionEvent, *, by: User | None) -> Job:
    """Start making every letter that is missing, failed or no longer true.

    Everybody with a confirmed or published place gets one letter with a number of its own. Letters that are still
    true stay as they are. A published letter that is made again must be published again. While a job of this event is
    running, that job is returned.

    Raises:
        ActionError: in an archived event, without decision date or signatory, or when there is nothing to make.
    """
    lock_open_event(event.pk)
    running = running_jobs(event=event, kind=JobKind.LETTERS)
    if running:
        return running[0]
    _check_complete(event)
    keep_edition(event)
    check = check_letters(event)
    _let_go(check.orphaned)
    if not check.count:
        raise ActionError(_("Alle brieven zijn al gemaakt. Er is niets veranderd."))
    number = AppointmentLetter.objects.filter(event=event).aggregate(last=Max("number"))["last"] or 0
    made = AppointmentLetter.objects.bulk_create(
        AppointmentLetter(event=event, member_id=pk, number=number + step)
        for step, pk in enumerate(check.missing, start=1)
    )
    job = _start(event, [*made, *check.to_make], by=by)
    audit.record("letter.make", by=by, on=event, new=len(made), again=len(check.to_make))
    return job


@transaction.atomic
def make_letter_again(letter: AppointmentLetter, *, by: User | None) -> Job:
    """Make one letter anew, also one that was withdrawn or that failed.

    Raises:
        ActionError: in an archived event, when the member has no place any more or must do a training first, or while
            letters are being made.
    """
    event = lock_open_event(letter.event_id)
    if running_jobs(event=event, kind=JobKind.LETTERS):
        raise ActionError(_("Er worden nu brieven gemaakt. Wacht tot dat klaar is."))
    _check_complete(event)
    if awaiting_training(event).filter(member=letter.member_id).exists():
        raise ActionError(_("Dit lid moet eerst de training doen. Daarna kunt u de brief maken."))
    if not letter_facts(event, [letter.member_id]):
        raise ActionError(_("Dit lid heeft geen dienst meer. Deel het lid eerst in."))
    audit.record("letter.make_again", by=by, on=letter)
    return _start(event, [letter], by=by)


def work_on_letters(job: Job, *, limit: int | None = None) -> bool:
    """Make waiting letters of this job, one after the other, and finish the job after the last.

    Any number of processes may do this at the same time. Stops quietly when somebody stopped the job.
    limit: how many letters at most; all of them when left out.

    Returns whether letters may still be waiting.
    """
    # A sign of life before the work, so that a job that breaks on its first letter counts as tried.
    job_step(job, 0)
    left = limit
    while left is None or left > 0:
        job.refresh_from_db()
        if job.is_finished:
            return False
        made = _make_next_letters(job, LETTERS_AT_ONCE if left is None else min(left, LETTERS_AT_ONCE))
        if not made:
            _finish_when_complete(job)
            return False
        left = None if left is None else left - made
    return True


def _make_next_letters(job: Job, count: int) -> int:
    """Make so many waiting letters that no other worker has in hand. Returns how many there were."""
    with transaction.atomic():
        letters = (
            AppointmentLetter.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(job=job, state=LetterState.WAITING)
            .order_by("number")[:count]
        )
        if not letters:
            return 0
        event = letters[0].event
        edition = keep_edition(event)
        facts = letter_facts(event, [letter.member_id for letter in letters], edition=edition)
        for letter in letters:
            if letter.member_id in facts:
                _make(letter, facts[letter.member_id], edition, job)
            else:
                _let_go([letter])
        # Last, as it locks the row that all workers of this job share.
        job_step(job, len(letters))
        return len(letters)


def _make(letter: AppointmentLetter, facts: LetterFacts, edition: LetterEdition, job: Job) -> None:
    try:
        content = render_letter(facts, number=letter.reference)
        name = letter_file_name(letter, facts.digest)
        write_private(name, content)
    except (PdfError, OSError, ValueError) as error:
        logger.exception("letter %s could not be made", letter.pk)
        letter.state = LetterState.FAILED
        letter.error = _failure(error)
        note_job_error(job, _("Brief %(number)s is mislukt.") % {"number": letter.reference})
        if is_disk_full(error) and letter.error not in job.errors:
            note_job_error(job, letter.error)
    else:
        letter.state = LetterState.MADE
        letter.file = name
        letter.content_digest = facts.digest
        letter.edition = edition
        letter.facts = facts.as_json()
        letter.made_at = timezone.now()
        letter.published_at = None
        letter.first_read_at = None
        letter.error = ""
    letter.save()


def _failure(error: Exception) -> str:
    if is_disk_full(error):
        return disk_full_words()
    return _("De brief kon niet worden gemaakt (%(kind)s).") % {"kind": type(error).__name__}


def _finish_when_complete(job: Job) -> None:
    """The last worker finishes the job: others' letters still count as waiting until they commit."""
    letters = AppointmentLetter.objects.filter(job=job)
    if letters.filter(state=LetterState.WAITING).exists():
        return
    failed = letters.filter(state=LetterState.FAILED).count()
    made = letters.filter(state=LetterState.MADE).count()
    result = _("%(made)s brieven gemaakt.") % {"made": made}
    if failed:
        result += " " + _("%(failed)s mislukt: maak die opnieuw.") % {"failed": failed}
    finish_job(job, result)


def sweep_orphan_letters() -> int:
    """Delete the files of over a day old that no letter points to, and return how many.

    A letter that is made again with another text leaves its earlier one behind, with the address of then; a killed
    worker leaves what it was writing.
    """
    deleted = delete_orphans(FOLDER, older_than=ORPHAN_AFTER, in_use=_in_use)
    if deleted:
        logger.info("%s files of letters without a row were deleted", deleted)
    return deleted


def _in_use(names: set[str]) -> set[str]:
    return set(AppointmentLetter.objects.filter(file__in=names).values_list("file", flat=True))


@transaction.atomic
def publish_letters(event: ElectionEvent, *, by: User | None) -> int:
    """Show every letter that is made to its member, and mail each member that something waits.

    Letters that are no longer true stay behind. Returns how many were published.

    Raises:
        ActionError: in an archived event, while letters are being made, when there is nothing to publish, or when
            the step of the portal lies outside its period.
    """
    lock_open_event(event.pk)
    if running_jobs(event=event, kind=JobKind.LETTERS):
        raise ActionError(_("Er worden nu brieven gemaakt. Publiceer als dat klaar is."))
    letters = ready_to_publish(event)
    if not letters:
        raise ActionError(_("Er zijn geen brieven die u kunt publiceren. Maak ze eerst."))
    changed = [letter for letter in letters if not letter.is_first]
    first = [letter for letter in letters if letter.is_first]
    for letter in changed:
        letter.changes = coming_changes(letter)
    AppointmentLetter.objects.bulk_update(changed, ["changes"], batch_size=500)
    news = [letter for letter in changed if letter.withdrawn_at or is_worth_telling(letter.changes)]
    AppointmentLetter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=LetterState.PUBLISHED,
        published_at=timezone.now(),
        published_facts=F("facts"),
        publications=F("publications") + 1,
        withdrawn_at=None,
    )
    show_step(event, StepKind.LETTERS, {letter.member_id for letter in letters}, by=by)
    _tell(MailKind.LETTER_PUBLISHED, first)
    _tell(MailKind.LETTER_CHANGED, news)
    audit.record("letter.publish", by=by, on=event, letters=len(letters), changed=len(changed))
    return len(letters)


def _tell(kind: MailKind, letters: list[AppointmentLetter]) -> None:
    """One mail for each publication of a letter: what came back after a change is news again."""
    outbox.enqueue_many(
        kind,
        (
            outbox.Recipient(
                letter.member.user, f"letter:{letter.uuid}:{letter.publications + 1}", letter.uuid
            )
            for letter in letters
            if letter.member.user
        ),
    )


@transaction.atomic
def withdraw_letter(letter: AppointmentLetter, *, by: User | None) -> None:
    """Take a letter away from its member. It stays away until somebody has this one made again.

    Who could read it sees in the portal that it was withdrawn; no mail.

    Raises:
        ActionError: when it is withdrawn already or is being made.
    """
    lock_event(letter.event_id)  # whoever publishes the letters of this event waits, and leaves this one out
    letter = AppointmentLetter.objects.select_for_update().get(pk=letter.pk)
    if letter.state not in (LetterState.MADE, LetterState.PUBLISHED, LetterState.FAILED):
        raise ActionError(_("Deze brief kan nu niet worden ingetrokken."))
    letter.state = LetterState.WITHDRAWN
    letter.withdrawn_at = timezone.now()
    letter.content_digest = letter.content_digest or "-"
    letter.save(update_fields=["state", "content_digest", "withdrawn_at"])
    audit.record("letter.withdraw", by=by, on=letter)


def _check_complete(event: ElectionEvent) -> None:
    if event.decision_date is None or not event.signatory:
        raise ActionError(
            _("Vul eerst bij de brieftekst de datum van het besluit en de naam van de ondertekenaar in.")
        )


def _start(event: ElectionEvent, letters: list[AppointmentLetter], *, by: User | None) -> Job:
    job = start_job(JobKind.LETTERS, by=by, event=event, total=len(letters))
    AppointmentLetter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        job=job, state=LetterState.WAITING, error=""
    )
    return job


def _let_go(letters: Iterable[AppointmentLetter]) -> None:
    """Withdraw letters of members without a place, except what a member can already read: staff decide on those.

    An empty digest says that the letter may come back by itself, with a new place.
    """
    AppointmentLetter.objects.filter(pk__in=[letter.pk for letter in letters]).exclude(
        state=LetterState.PUBLISHED
    ).update(state=LetterState.WITHDRAWN, content_digest="", withdrawn_at=timezone.now())
