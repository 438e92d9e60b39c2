"""Reading a member list into the member file: name the columns, look what it would do, do all of it or nothing."""

import logging
import traceback
from collections.abc import Iterable
from typing import Any, Final

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from elections import audit, secrets
from elections.actions.candidate import MATCHED_FIELDS, match_members
from elections.actions.import_file import (
    claim_import_file,
    finish_import_file,
    job_of,
    release_import_file,
    require_unchanged,
    take_up_again,
    upload_import_file,
)
from elections.actions.job import fail_job, finish_job, in_sentences, job_progress, start_job
from elections.actions.member import NUMBERS, next_member_number, save_changes, set_labels
from elections.actions.member_import_undo import note_imported
from elections.actions.own_answer import lock_questions, set_own_answers
from elections.enums import ImportState, JobKind
from elections.errors import ActionError
from elections.imports.member_columns import Mapping, check_mapping, guess_mapping, require_headings
from elections.imports.member_file import read_members
from elections.imports.member_plan import (
    DoubleChoice,
    DoubleChoices,
    MemberImportPlan,
    Outcome,
    PlannedRow,
    plan_import,
)
from elections.imports.reader import Table, read_table
from elections.models import ImportedMember, ImportFile, Job, Member, OwnField, User
from tenants.locks import hold_lock

logger = logging.getLogger(__name__)

BATCH: Final = 500
REMEMBERED: Final = 20
"""How many of the last files are asked what their columns were."""


class _Stopped(Exception):
    """Somebody stopped the job while the rows were being written: nothing of it may stay."""


def upload_member_list(upload: File, *, by: User) -> ImportFile:
    """Keep an uploaded member list and guess what its columns are.

    Raises:
        ActionError: when the file cannot be read, or its first row holds a BSN or IBAN in place of headings.
    """
    import_file, table = upload_import_file(JobKind.MEMBER_IMPORT, upload, by=by, read=_read_list)
    guessed = guess_mapping(table.headers, _chosen_before())
    import_file.mapping = {str(index): field for index, field in guessed.items()}
    import_file.options = {"headers": table.headers}
    import_file.save(update_fields=["mapping", "options"])
    return import_file


def _chosen_before() -> dict[str, str]:
    """From heading to field what colleagues chose for the last files, the newest choice first; "" is not read.

    Also of a file with faults, which comes back mended; not of an import that was undone.
    """
    chosen: dict[str, str] = {}
    named = ImportFile.objects.filter(
        kind=JobKind.MEMBER_IMPORT, state__in=(ImportState.CHECKED, ImportState.DONE)
    )
    for options, mapping in named.order_by("-created_at").values_list("options", "mapping")[:REMEMBERED]:
        for index, header in enumerate(options.get("headers", [])):
            chosen.setdefault(header, mapping.get(str(index), ""))
    return chosen


def _read_list(source: str, original_name: str) -> Table:
    table = read_table(source, original_name)
    require_headings(table)
    return table


def table_of(import_file: ImportFile) -> Table:
    """The rows of an uploaded file.

    Raises:
        ActionError: when the file was read in or thrown away, was changed, or cannot be read.
    """
    require_unchanged(import_file)
    return read_table(import_file.file, import_file.original_name)


def map_columns(import_file: ImportFile, mapping: Mapping, *, by: User) -> None:
    """Note what the columns are; the file can be looked at after this. Logged when it is read in.

    Raises:
        ActionError: when a field is chosen twice, the last name is missing, or the file is no longer waiting.
    """
    check_mapping(mapping, import_file.options.get("headers", []))
    waiting = ImportFile.objects.filter(
        pk=import_file.pk, state__in=(ImportState.UPLOADED, ImportState.CHECKED)
    )
    values = {str(index): field for index, field in mapping.items()}
    if not waiting.update(mapping=values, state=ImportState.CHECKED):
        raise ActionError(_("Dit bestand is al ingelezen of verwijderd."))


def plan_of(
    import_file: ImportFile, choices: DoubleChoices | None = None, *, by: User | None = None
) -> MemberImportPlan:
    """What importing the file would do now. `choices`: others than those that were stored with the file.

    by: who reads it in; nobody in particular leaves confidential contact data as they are.

    Raises:
        ActionError: as `table_of`, and before the columns are mapped.
    """
    if not import_file.mapping:
        raise ActionError(_("Kies eerst wat er in de kolommen staat."))
    members = read_members(table_of(import_file), mapping_of(import_file))
    return plan_import(members, choices or stored_choices(import_file), by)


def mapping_of(import_file: ImportFile) -> Mapping:
    """What the columns of the file are."""
    return {int(index): field for index, field in import_file.mapping.items()}


def stored_choices(import_file: ImportFile) -> DoubleChoices:
    """What staff chose for people who may be in the member file already."""
    rows = import_file.options.get("rows", {})
    return DoubleChoices(
        import_file.options.get("doubles", DoubleChoice.SKIP),
        {int(row): choice for row, choice in rows.items()},
    )


@transaction.atomic
def start_member_import(import_file: ImportFile, *, seen: str, choices: DoubleChoices, by: User) -> Job:
    """Start reading the file in, in the background. A second call for the same file returns the same job.

    seen: MemberImportPlan.fingerprint of the plan that was on the screen.

    Raises:
        ActionError: when the file has faults, would change nothing, was read in already, or when it or the member
            file has changed since the plan was shown.
    """
    running = job_of(import_file)
    if not claim_import_file(import_file):
        if running and not running.is_finished:
            return running
        raise ActionError(_("Dit bestand is al ingelezen of verwijderd."))
    import_file.options |= {
        "doubles": choices.default,
        "rows": {str(row): c for row, c in choices.rows.items()},
    }
    plan = plan_of(import_file, by=by)
    _require_seen(plan, seen)
    if plan.faults:
        raise ActionError(_("Er staan nog fouten in het bestand. Verbeter ze en kies het bestand opnieuw."))
    if not plan.to_do:
        raise ActionError(
            _("Er is niets om in te lezen: alles uit dit bestand staat al in het ledenbestand.")
        )
    import_file.options["seen"] = seen
    import_file.save(update_fields=["options"])
    return start_job(
        JobKind.MEMBER_IMPORT,
        by=by,
        total=plan.to_do,
        parameters={"import_file": str(import_file.uuid), "by": str(by.uuid)},
    )


def run_member_import(job: Job) -> None:
    """Read in the file of this job, in one transaction. Running it again, at the same time too, does nothing more.

    Whatever goes wrong ends the job with a sentence for staff, and the file can be checked and tried again.
    """
    import_file = ImportFile.objects.filter(uuid=job.parameters["import_file"]).first()
    if import_file is None:
        fail_job(job, _("Dit bestand is al ingelezen of verwijderd."))
        return
    if not job_progress(job, 0):
        release_import_file(import_file)
        return
    # A job that failed and was taken up again finds the file put back.
    if not take_up_again(import_file):
        fail_job(job, _("Dit bestand is al ingelezen of verwijderd."))
        return
    try:
        with transaction.atomic():
            _import(import_file, job, by=User.objects.filter(uuid=job.parameters["by"]).first())
    except _Stopped:
        release_import_file(import_file)
    except (ActionError, IntegrityError) as problem:
        logger.info("member import %s was not done: %s", job.uuid, type(problem).__name__)
        release_import_file(import_file)
        fail_job(job, problem.message if isinstance(problem, ActionError) else _changed())
    except Exception as problem:  # noqa: BLE001 - nothing may leave the file in hand, to be tried for ever
        # Only where it went wrong: the text of the error may repeat what stands in the file.
        where = "".join(traceback.format_tb(problem.__traceback__))
        logger.error("member import %s failed: %s\n%s", job.uuid, type(problem).__name__, where)
        release_import_file(import_file)
        fail_job(
            job, _("Het inlezen is mislukt door een storing. Er is niets ingelezen. Probeer het opnieuw.")
        )


@sensitive_variables("plan", "new", "changed")
def _import(import_file: ImportFile, job: Job, *, by: User | None) -> None:
    locked = (
        ImportFile.objects.select_for_update(skip_locked=True)
        .filter(pk=import_file.pk, state=ImportState.RUNNING)
        .first()
    )
    if locked is None:
        return
    hold_lock(NUMBERS)
    plan = plan_of(locked, by=by)
    _require_seen(plan, locked.options.get("seen", ""))
    new = [planned for planned in plan.planned if planned.outcome == Outcome.NEW]
    changed = [planned for planned in plan.planned if planned.outcome == Outcome.CHANGED]
    _add(new)
    _change(changed, by=by)
    everybody = [*new, *changed]
    set_labels({planned.member.pk: _labels(planned) for planned in everybody if planned.member})
    secrets.set_many_secrets(_numbers(everybody), by=by)
    _write_own_answers(list(_own_answers(everybody)))
    imported = [(planned.member, {"fields": _fields(planned)}) for planned in everybody if planned.member]
    audit.record_many("member.import", imported, by=by)
    note_imported(locked, map(_done, everybody))
    finish_import_file(locked)
    skipped = plan.count(Outcome.SKIPPED)
    audit.record("import_file.import", by=by, on=locked, new=len(new), changed=len(changed), skipped=skipped)
    if not finish_job(job, _result(len(new), len(changed), skipped)):
        raise _Stopped


def _require_seen(plan: MemberImportPlan, seen: str) -> None:
    if plan.fingerprint != seen:
        raise ActionError(_changed())


def _changed() -> str:
    return _("Het ledenbestand is veranderd nadat u het bestand controleerde. Controleer het opnieuw.")


def _add(planned: list[PlannedRow]) -> None:
    number = next_member_number()
    taken = {row.row.values["number"] for row in planned if "number" in row.row.values}
    number = max([number, *(value + 1 for value in taken)])
    for row in planned:
        values: dict[str, Any] = dict(row.row.values)
        if "number" not in values:
            values["number"], number = number, number + 1
        row.member = Member(**values)
    new = Member.objects.bulk_create([row.member for row in planned if row.member], batch_size=BATCH)
    match_members(new)


def _change(planned: list[PlannedRow], *, by: User | None) -> None:
    keys = [row.member.pk for row in planned if row.member]
    members = Member.objects.select_for_update(of=("self",)).select_related("user")
    locked = {member.pk: member for member in members.filter(pk__in=keys).order_by("pk")}
    for row in planned:
        seen = row.member
        assert seen is not None  # noqa: S101 - for the type checker
        row.member = locked.get(seen.pk)
        if row.member is None or row.member.version != seen.version:
            raise ActionError(_changed())
        save_changes(row.member, {name: row.row.values[name] for name in row.changes}, by=by)
    match_members([row.member for row in planned if row.member and MATCHED_FIELDS & set(row.changes)])


def _done(planned: PlannedRow) -> ImportedMember:
    """What was done with this row, to undo it by."""
    assert planned.member is not None  # noqa: S101 - for the type checker
    is_new = planned.outcome == Outcome.NEW
    kinds = planned.row.secrets if is_new else planned.new_secrets
    return ImportedMember(
        member=planned.member,
        row=planned.row.number,
        is_new=is_new,
        version=planned.member.version,
        before=planned.before,
        labels=_labels(planned),
        secrets=[kind.value for kind in kinds],
    )


def _labels(planned: PlannedRow) -> list[str]:
    return planned.row.labels if planned.outcome == Outcome.NEW else planned.new_labels


def _own_answers(planned: Iterable[PlannedRow]) -> Iterable[tuple[Member, OwnField, str]]:
    for row in planned:
        for question, text in row.row.own.items():
            if row.member and (row.outcome == Outcome.NEW or question in row.own_changes):
                yield row.member, question, text


def _write_own_answers(answers: list[tuple[Member, OwnField, str]]) -> None:
    read = {question.pk: question for _member, question, _text in answers}
    if any(now.choices != read[now.pk].choices for now in lock_questions(read.values())):
        raise ActionError(_changed())
    set_own_answers(answers)


def _fields(planned: PlannedRow) -> list[str]:
    """What was changed of a member who was there already, for the log."""
    return [*planned.changes, *(question.name for question in planned.own_changes)]


def _numbers(planned: Iterable[PlannedRow]) -> Iterable[tuple[Member, Any, str]]:
    """The BSNs and IBANs that are not known yet."""
    for row in planned:
        for kind, number in row.row.secrets.items():
            if row.member and (row.outcome == Outcome.NEW or kind in row.new_secrets):
                yield row.member, kind, number


def _result(new: int, changed: int, skipped: int) -> str:
    told = [
        (new, ngettext("%(count)s nieuw lid.", "%(count)s nieuwe leden.", new)),
        (changed, ngettext("%(count)s lid gewijzigd.", "%(count)s leden gewijzigd.", changed)),
        (
            skipped,
            ngettext(
                "%(count)s mogelijk dubbele rij is niet ingelezen.",
                "%(count)s mogelijk dubbele rijen zijn niet ingelezen.",
                skipped,
            ),
        ),
    ]
    return in_sentences(told)
