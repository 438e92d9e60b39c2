"""Taking back what an import did: all that nobody touched since; the rest stays, and the page says why."""

import logging
import traceback
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.candidate import MATCHED_FIELDS, match_members
from elections.actions.job import fail_job, finish_job, in_sentences, job_progress, start_job
from elections.actions.member import save_changes
from elections.actions.own_answer import lock_questions, restore_own_answers
from elections.enums import ImportState, JobKind, JobState
from elections.errors import ActionError
from elections.imports.member_undo import (
    Fate,
    UndoPlan,
    UndoRow,
    can_be_undone,
    over_undo_term,
    restored,
    undo_plan,
)
from elections.imports.own_column import PREFIX, own_key
from elections.models import ImportedMember, ImportFile, Job, Member, MemberSecret, OwnField, User

logger = logging.getLogger(__name__)

BATCH: Final = 500


class _Stopped(Exception):
    """Somebody stopped the job while it was at work: nothing of it may stay."""


def note_imported(import_file: ImportFile, rows: Iterable[ImportedMember]) -> None:
    """Write down what an import did with each member, so that it can be undone. Part of the import.

    rows: without their file; `before` may hold the values as Python has them.
    """
    noted = list(rows)
    for row in noted:
        row.import_file = import_file
        row.before = {name: _stored(value) for name, value in row.before.items()}
    ImportedMember.objects.bulk_create(noted, batch_size=BATCH)


@transaction.atomic
def start_import_undo(import_file: ImportFile, *, seen: str, by: User) -> Job:
    """Start undoing an import, in the background. A second call while it is at work returns the same job.

    seen: UndoPlan.fingerprint of the plan that was on the screen.

    Raises:
        ActionError: when the import was not done or is too long ago, when nothing of it can be undone, or when
            something changed since the plan was shown.
    """
    locked = ImportFile.objects.select_for_update(of=("self",)).get(pk=import_file.pk)
    running = Job.objects.filter(
        kind=JobKind.IMPORT_UNDO,
        parameters__undo=str(locked.uuid),
        state__in=(JobState.QUEUED, JobState.RUNNING),
    ).first()
    if running:
        return running
    plan = _plan(locked)
    _require_seen(plan, seen)
    if not plan.to_do:
        raise ActionError(_("Er is niets meer dat Zitting ongedaan kan maken."))
    parameters = {"undo": str(locked.uuid), "seen": seen, "by": str(by.uuid)}
    return start_job(JobKind.IMPORT_UNDO, by=by, total=plan.to_do, parameters=parameters)


def run_import_undo(job: Job) -> None:
    """Undo the import of this job, in one transaction. Running it again, at the same time too, does nothing more.

    Whatever goes wrong ends the job with a sentence for staff.
    """
    if not job_progress(job, 0):
        return
    import_file = ImportFile.objects.filter(uuid=job.parameters["undo"]).first()
    if import_file is None:
        fail_job(job, _("Wat dit bestand deed, is niet meer bekend."))
        return
    try:
        with transaction.atomic():
            _undo(import_file, job, by=User.objects.filter(uuid=job.parameters["by"]).first())
    except _Stopped:
        return
    except ActionError as problem:
        fail_job(job, problem.message)
    except Exception as problem:  # noqa: BLE001 - a job that nobody ends would be tried, and go wrong, again and again
        # Only where it went wrong: the text of the error may repeat what was known of a member.
        where = "".join(traceback.format_tb(problem.__traceback__))
        logger.error("undoing import %s failed: %s\n%s", job.uuid, type(problem).__name__, where)
        fail_job(job, _("Er ging iets mis. Er is niets ongedaan gemaakt. Probeer het opnieuw."))


def forget_old_imports() -> int:
    """Forget what imports replaced that are too long ago to undo. Returns how many rows went."""
    return over_undo_term().delete()[0]


def _undo(import_file: ImportFile, job: Job, *, by: User | None) -> None:
    locked = ImportFile.objects.select_for_update(of=("self",)).get(pk=import_file.pk)
    job.refresh_from_db()
    if job.is_finished:
        return
    # Who holds a member as a whole keeps others from giving that member a shift, a letter or a number meanwhile.
    members = Member.objects.filter(imports__import_file=locked).order_by("pk")
    list(members.select_for_update(of=("self",)).values_list("pk", flat=True))
    plan = _plan(locked)
    _require_seen(plan, job.parameters["seen"])
    removed, restored = plan.of(Fate.REMOVE), plan.of(Fate.RESTORE)
    audit.record_many("member.import_undo", [(row.member, {}) for row in removed], by=by)
    _remove(removed)
    _restore(restored, by=by)
    ImportFile.objects.filter(pk=locked.pk).update(state=ImportState.UNDONE)
    gone, back, left = len(removed), len(restored), len(plan.kept)
    audit.record("import_file.undo", by=by, on=locked, removed=gone, changed=back, left=left)
    if not finish_job(job, _result(removed=gone, changed=back, left=left)):
        raise _Stopped


def _plan(import_file: ImportFile) -> UndoPlan:
    if not can_be_undone(import_file):
        raise ActionError(_("Dit inlezen kan niet meer ongedaan worden gemaakt."))
    return undo_plan(import_file)


def _require_seen(plan: UndoPlan, seen: str) -> None:
    if plan.fingerprint != seen:
        raise ActionError(
            _("Er is iets veranderd nadat u deze pagina opende. Kijk opnieuw wat er gaat gebeuren.")
        )


def _remove(rows: list[UndoRow]) -> None:
    keys = [row.member.pk for row in rows]
    for start in range(0, len(keys), BATCH):
        Member.objects.filter(pk__in=keys[start : start + BATCH]).delete()


def _restore(rows: list[UndoRow], *, by: User | None) -> None:
    labels: set[str] = set()
    renamed, logged = [], []
    answers = list[tuple[Member, OwnField, str]]()
    # Also those out of use: their answers stay with the member.
    known = {own_key(question): question for question in lock_questions(OwnField.objects.all())}
    for row in rows:
        imported, member = row.imported, row.member
        own = {
            known[name]: text
            for name, text in imported.before.items()
            if name in known and _can_be_given(known[name], text)
        }
        answers += [(member, question, text) for question, text in own.items()]
        values = {
            name: restored(name, value)
            for name, value in imported.before.items()
            if not name.startswith(PREFIX)
        }
        if values:
            save_changes(member, values, by=by)
        if MATCHED_FIELDS & set(values):
            renamed.append(member)
        fields = [*values, *(["labels"] if imported.labels else []), *imported.secrets]
        fields += [question.name for question in own]
        logged.append((member, {"fields": fields}))
        labels |= set(imported.labels)
    # In one statement for each kind, label or file, whatever the number of members.
    for kind in {kind for row in rows for kind in row.imported.secrets}:
        of_kind = [row.member.pk for row in rows if kind in row.imported.secrets]
        MemberSecret.objects.filter(member__in=of_kind, kind=kind).delete()
    for label in labels:
        labelled = [row.member.pk for row in rows if label in row.imported.labels]
        Member.labels.through.objects.filter(label__name__iexact=label, member__in=labelled).delete()
    restore_own_answers(answers)
    match_members(renamed)
    audit.record_many("member.import_undo", logged, by=by)
    ImportedMember.objects.filter(pk__in=[row.imported.pk for row in rows]).delete()


def _can_be_given(question: OwnField, text: str) -> bool:
    """Whether this is still an answer; a choice may have been removed since."""
    return not text or not question.options or text in dict(question.options)


def _stored(value: Any) -> Any:
    """A value of a field of Member as JSON."""
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _result(*, removed: int, changed: int, left: int) -> str:
    told = [
        (removed, ngettext("%(count)s lid verwijderd.", "%(count)s leden verwijderd.", removed)),
        (changed, ngettext("%(count)s lid teruggezet.", "%(count)s leden teruggezet.", changed)),
        (
            left,
            ngettext("%(count)s lid bleef zoals het was.", "%(count)s leden bleven zoals zij waren.", left),
        ),
    ]
    return in_sentences(told)
