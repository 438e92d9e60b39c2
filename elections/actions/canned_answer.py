"""The texts that the team uses often."""

from django.db import transaction
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.conversation import check_text
from elections.errors import ActionError
from elections.models import CannedAnswer, User


@transaction.atomic
def save_canned_answer(answer: CannedAnswer | None, *, title: str, body: str, by: User) -> CannedAnswer:
    """Make a canned answer (None) or change one.

    Raises:
        ActionError: when another one has this name, or for a text that elections.actions.conversation refuses.
    """
    answer = answer or CannedAnswer()
    if CannedAnswer.objects.filter(title__iexact=title).exclude(pk=answer.pk).exists():
        raise ActionError(_("Er is al een standaardantwoord met deze naam."))
    is_new = answer.pk is None
    answer.title, answer.body = title, check_text(body)
    answer.save()
    audit.record("canned_answer.create" if is_new else "canned_answer.update", by=by, on=answer)
    return answer


@transaction.atomic
def delete_canned_answer(answer: CannedAnswer, *, by: User) -> None:
    """Throw a canned answer away; what was sent with it stays as it is."""
    audit.record("canned_answer.delete", by=by, on=answer)
    answer.delete()
