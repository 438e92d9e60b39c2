"""Answers to the questions of the municipality's own: given by the member, by the team, or read from a file."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.member import check_not_erased
from elections.enums import StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import ElectionEvent, Member, OwnField, OwnFieldValue, User
from elections.own_answer import checked
from elections.queries.portal_step import require_open_step

BATCH = 1000


@transaction.atomic
def give_own_answer(
    member: Member, event: ElectionEvent | None, field: OwnField, text: str, *, version: int, by: User | None
) -> None:
    """The member answers one question; the same answer again changes nothing. An empty text takes the answer back.

    version: Member.version as the page showed it.

    Raises:
        StepNotOpen: when the member may not change data now.
        ChangedElsewhere: when the member's row was changed since `version`.
        ActionError: when the question is no longer asked, must be answered, or this cannot be an answer to it.
    """
    require_open_step(event, StepKind.PERSONAL_DATA, member)
    member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    # Locked for a moment: a colleague may be giving a choice other words.
    field = lock_questions([field])[0]
    if not (field.is_active and field.in_portal):
        raise ActionError(_("Deze vraag wordt niet meer gesteld."))
    text = checked(field, text)
    if field.is_required and not text:
        raise ActionError(_("Geef antwoord op “%(field)s”.") % {"field": field.name})
    _write(member, {field: text}, version=version, action="own_answer.give", by=by)


@transaction.atomic
def update_own_answers(
    member: Member, answers: Mapping[OwnField, str], *, version: int, by: User | None
) -> None:
    """The team fills in answers of a member; the same answers again change nothing, an empty text removes one.

    The team may leave out what the member has to answer. version: Member.version as the page showed it.

    Raises:
        ChangedElsewhere: when the member was changed since `version`, by a colleague or by the member.
        ActionError: when the member's data were erased, or something cannot be an answer.
    """
    member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    check_not_erased(member)
    texts = {field.pk: text for field, text in answers.items()}
    fields = lock_questions(answers)
    _write(
        member,
        {field: checked(field, texts[field.pk]) for field in fields},
        version=version,
        action="own_answer.update",
        by=by,
    )


def set_own_answers(answers: Iterable[tuple[Member, OwnField, str]]) -> None:
    """Write many answers at once, over those that are there. Part of larger actions, which lock, check and log.

    The texts come from `elections.own_answer.checked` and are not empty.
    """
    now = timezone.now()
    rows = [
        OwnFieldValue(member=member, field=field, text=text, answered_at=now)
        for member, field, text in answers
    ]
    OwnFieldValue.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["member", "field"],
        update_fields=["text", "answered_at"],
        batch_size=BATCH,
    )


def restore_own_answers(answers: Iterable[tuple[Member, OwnField, str]]) -> None:
    """As `set_own_answers`, but an empty text takes an answer away."""
    wanted = list(answers)
    for field in {field for _member, field, text in wanted if not text}:
        empty = [member.pk for member, each, text in wanted if each == field and not text]
        OwnFieldValue.objects.filter(field=field, member__in=empty).delete()
    set_own_answers(row for row in wanted if row[2])


def lock_questions(fields: Iterable[OwnField]) -> list[OwnField]:
    """These questions as they are now: no colleague gives their choices other words meanwhile. Part of larger actions,
    behind the lock of the members.

    Raises:
        ActionError: when one of them is gone.
    """
    keys = [field.pk for field in fields]
    found = list(OwnField.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if len(found) < len(set(keys)):
        raise ActionError(_("Deze vraag wordt niet meer gesteld."))
    return found


def _write(
    member: Member, answers: Mapping[OwnField, str], *, version: int, action: str, by: User | None
) -> None:
    known = dict(member.own_values.values_list("field", "text"))
    changed = {field: text for field, text in answers.items() if known.get(field.pk, "") != text}
    if not changed:
        return
    if member.version != version:
        raise ChangedElsewhere(
            _("Deze gegevens zijn intussen ergens anders gewijzigd. Kijk ze na en bewaar ze opnieuw.")
        )
    member.own_values.filter(field__in=[field for field, text in changed.items() if not text]).delete()
    set_own_answers([(member, field, text) for field, text in changed.items() if text])
    member.version += 1
    member.save(update_fields=["version"])
    audit.record(action, by=by, on=member, fields=[field.name for field in changed])
