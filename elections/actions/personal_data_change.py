"""Changes of personal data that the team looks at first: asked by the member, approved or refused by the team."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.candidate import MATCHED_FIELDS, match_members
from elections.actions.member import check_not_erased, save_changes
from elections.enums import DataChangeState, DataSubject, MailKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import ApprovedSubject, Member, PersonalDataChange, User
from elections.notify import outbox
from elections.queries.personal_data_change import needs_approval, subject_of, values_of, waiting_change


@transaction.atomic
def choose_approved_subjects(subjects: Collection[str], *, by: User) -> None:
    """Decide which subjects wait for the team. What waits already, goes on waiting.

    subjects: values of DataSubject.
    """
    before = set(ApprovedSubject.objects.values_list("subject", flat=True))
    wanted = {str(DataSubject(subject)) for subject in subjects}
    if before == wanted:
        return
    ApprovedSubject.objects.exclude(subject__in=wanted).delete()
    ApprovedSubject.objects.bulk_create(ApprovedSubject(subject=each) for each in sorted(wanted - before))
    words = [str(subject.label) for subject in DataSubject if subject in wanted]
    audit.record("personal_data_change.choose_subjects", by=by, fields=words)


def ask_if_needed(
    member: Member, values: Mapping[str, object], *, by: User | None
) -> PersonalDataChange | None:
    """Keep a change of a locked member for the team, if its subject waits for approval. Part of larger actions.

    values: everything of the subject as the member wants it. Filling in what was empty does not wait: nothing is
    written over, and a member who is asked for a missing datum must be able to give it. A name is never missing: an
    infix that is put before it makes another name.

    Returns the change that waits; None when the change counts at once.
    """
    subject = subject_of(values)
    changed = [name for name, value in values.items() if getattr(member, name) != value]
    if subject is None or not changed or not needs_approval(subject):
        return None
    if subject != DataSubject.NAME and not any(getattr(member, name) for name in changed):
        return None
    stored = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    change = waiting_change(member, subject)
    if change is None:
        change = PersonalDataChange.objects.create(member=member, subject=subject, values=stored)
    elif change.values == stored:
        return change
    else:
        change.values, change.asked_at = stored, timezone.now()
        change.version += 1
        change.save(update_fields=["values", "asked_at", "version"])
    audit.record("personal_data_change.ask", by=by, on=member, fields=sorted(changed))
    return change


@transaction.atomic
def withdraw_personal_data_change(change: PersonalDataChange, *, by: User | None) -> None:
    """The member no longer wants it; what was asked is forgotten. Decided or withdrawn already: nothing happens."""
    member = Member.objects.select_for_update(of=("self",)).get(pk=change.member_id)
    change = PersonalDataChange.objects.select_for_update().get(pk=change.pk)
    if change.state != DataChangeState.WAITING:
        return
    fields = sorted(change.values)
    _end(change, DataChangeState.WITHDRAWN, by=None)
    audit.record("personal_data_change.withdraw", by=by, on=member, fields=fields)


@transaction.atomic
def approve_personal_data_change(
    change: PersonalDataChange, *, version: int, member_version: int, by: User
) -> None:
    """Make the change that a member asked for, and tell the member.

    version, member_version: of the change and of the member, as the page showed them.

    Raises:
        ChangedElsewhere: when the member asked for something else since, or the member's data were changed.
        ActionError: when it was decided already, or the member's data were erased.
    """
    member, change = _take(change)
    if change.version != version or member.version != member_version:
        raise ChangedElsewhere(
            _("De gegevens of de wijziging zijn intussen veranderd. Kijk eerst hoe het nu is.")
        )
    values = {name: value for name, value in values_of(change).items() if getattr(member, name) != value}
    if values:
        save_changes(member, values, by=by)
    if MATCHED_FIELDS & set(values):
        match_members([member])
    _end(change, DataChangeState.APPROVED, by=by)
    audit.record("personal_data_change.approve", by=by, on=member, fields=sorted(values))
    _tell(change, member)


@transaction.atomic
def refuse_personal_data_change(change: PersonalDataChange, reason: str, *, by: User) -> None:
    """Leave the data as they are, and tell the member why.

    Raises:
        ActionError: without a reason, when it was decided already, or the member's data were erased.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ActionError(_("Schrijf op waarom u dit niet overneemt. Het lid leest dat."))
    member, change = _take(change)
    change.reason, fields = reason, sorted(change.values)
    _end(change, DataChangeState.REFUSED, by=by)
    audit.record("personal_data_change.refuse", by=by, on=member, fields=fields)
    _tell(change, member)


def _take(change: PersonalDataChange) -> tuple[Member, PersonalDataChange]:
    """Both rows for this transaction alone: the member first, as everywhere, so that nobody waits in a circle."""
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=change.member_id)
    change = PersonalDataChange.objects.select_for_update().get(pk=change.pk)
    check_not_erased(member)
    if change.state != DataChangeState.WAITING:
        raise ActionError(_("Over deze wijziging is al beslist, of het lid trok de wijziging in."))
    return member, change


def _end(change: PersonalDataChange, state: DataChangeState, *, by: User | None) -> None:
    """Settle a change. What was asked is forgotten: the member's data say what it became (AVG art. 5(1)(c))."""
    change.state, change.decided_at, change.values = state, timezone.now(), {}
    change.decided_by = by.display_name if by else ""
    change.version += 1
    change.save()


def _tell(change: PersonalDataChange, member: Member) -> None:
    user = member.user
    if user and user.email:
        key = f"personal-data-change:{change.uuid}"
        outbox.enqueue(MailKind.DATA_CHANGE_DECIDED, user=user, key=key, reference=change.uuid)
