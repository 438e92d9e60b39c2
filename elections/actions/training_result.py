"""Results of trainings: written down by hand, or read in from the file of a trainer."""

from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.import_file import finish_import_file, require_unchanged, upload_import_file
from elections.enums import ImportState, JobKind, TrainingSource
from elections.errors import ActionError
from elections.imports.reader import read_table
from elections.imports.training_file import Outcome, TrainingPlan, plan_results
from elections.models import ImportFile, Member, Training, TrainingResult, User

BATCH = 1000


@transaction.atomic
def record_training_result(
    training: Training,
    member: Member,
    done_on: date,
    *,
    passed: bool,
    score: str = "",
    by: User | None,
    source: TrainingSource = TrainingSource.MANUAL,
) -> TrainingResult:
    """Write down how a member did a training. Of one day the best counts: who passed once that day, passed.

    Raises:
        ActionError: for a day in the future, by the calendar of the municipality, or an erased member.
    """
    member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.erased_at:
        raise ActionError(_("De gegevens van dit lid zijn gewist."))
    if done_on > timezone.localdate():
        raise ActionError(_("Deze datum ligt in de toekomst."))
    result = TrainingResult.objects.filter(training=training, member=member, done_on=done_on).first()
    if result is None:
        result = TrainingResult(training=training, member=member, done_on=done_on)
    elif result.passed and not passed:
        return result
    result.passed, result.score = passed, score
    result.expires_on = training.last_valid_day(done_on) if passed else None
    result.source, result.noted_by = source, by.display_name if by else audit.SYSTEM
    result.save()
    audit.record("training_result.note", by=by, on=member, passed=passed, training=training.name)
    return result


@transaction.atomic
def remove_training_result(result: TrainingResult, *, by: User | None) -> None:
    """Take away what was written down by mistake. The member has to do the training again when nothing else counts."""
    audit.record("training_result.remove", by=by, on=result.member, training=result.training.name)
    result.delete()


def upload_results(training: Training, upload: File, *, by: User) -> ImportFile:
    """Keep the file of a trainer until somebody confirms or cancels it.

    Raises:
        ActionError: as `upload_import_file`, and when columns are missing; nothing is kept then.
    """

    def read(stored: str, original_name: str) -> TrainingPlan:
        return plan_results(read_table(stored, original_name), training, by)

    import_file, _plan = upload_import_file(JobKind.TRAINING_IMPORT, upload, by=by, read=read)
    import_file.options, import_file.state = {"training": str(training.uuid)}, ImportState.CHECKED
    import_file.save(update_fields=["options", "state"])
    return import_file


def plan_of(import_file: ImportFile, training: Training, *, by: User | None) -> TrainingPlan:
    """What reading the stored file in would do now, for the eyes of `by`.

    Raises ActionError when it is gone, changed or unreadable.
    """
    require_unchanged(import_file)
    return plan_results(read_table(import_file.file, import_file.original_name), training, by)


@transaction.atomic
def confirm_training_import(
    import_file: ImportFile, training: Training, *, fingerprint: str, by: User | None
) -> TrainingPlan | None:
    """Read the results of an uploaded file in, once, exactly as staff saw them; other rows are left out.

    fingerprint: of the plan on their screen.

    Returns:
        The plan that was carried out; None when the file was read in before.

    Raises:
        ActionError: when the file is gone or changed, or what it does changed since.
    """
    locked = ImportFile.objects.select_for_update().get(pk=import_file.pk)
    if locked.state == ImportState.DONE:
        return None
    training = Training.objects.select_for_update().get(pk=training.pk)
    plan = plan_of(locked, training, by=by)
    if plan.fingerprint != fingerprint:
        raise ActionError(_("Er is intussen iets veranderd. Kijk het overzicht nog een keer na."))
    if not plan.count_to_do:
        raise ActionError(_("Er is niets in te lezen."))
    _write(plan, training, by=by)
    finish_import_file(locked)
    audit.record(
        "import_file.import",
        by=by,
        on=locked,
        new=plan.count(Outcome.NEW),
        changed=plan.count(Outcome.CHANGED),
        skipped=plan.skipped,
    )
    return plan


def _write(plan: TrainingPlan, training: Training, *, by: User | None) -> None:
    rows = [
        TrainingResult(
            training=training,
            member=planned.member,
            done_on=planned.done_on,
            passed=planned.passed,
            score=planned.score,
            expires_on=training.last_valid_day(planned.done_on) if planned.passed else None,
            source=TrainingSource.IMPORT,
            noted_by=by.display_name if by else audit.SYSTEM,
        )
        for planned in plan.to_do
    ]
    TrainingResult.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["training", "member", "done_on"],
        update_fields=["passed", "score", "expires_on", "source", "noted_by"],
    )
    facts: list[tuple[Any, dict[str, Any]]] = [
        (row.member, {"passed": row.passed, "training": training.name}) for row in rows
    ]
    audit.record_many("training_result.note", facts, by=by)
