"""Taking many members out of use at once, in the background."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.job import finish_job, job_progress, note_job_error, start_job
from elections.actions.member import deactivate_member
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import Job, Member, User
from elections.queries.job import running_jobs
from tenants.locks import hold_lock
from tenants.numbers import grouped

SIGN_OF_LIFE_EVERY: Final = 20


@transaction.atomic
def start_deactivation(members: Iterable[Member], *, by: User) -> Job:
    """Start taking those of `members` who are active out of use. Who has a place by then is passed over, and told.

    Raises:
        ActionError: when none of them is active, or this is being done just now.
    """
    # Two colleagues who press the button together would both be told that they did it.
    hold_lock("deactivation")
    if running_jobs(kind=JobKind.DEACTIVATION):
        raise ActionError(_("Er worden nu al leden op niet actief gezet. Wacht tot dat klaar is."))
    keys = sorted(member.pk for member in members if member.is_active)
    if not keys:
        raise ActionError(_("Van deze leden is niemand meer actief."))
    parameters = {"members": keys, "by": str(by.uuid)}
    job = start_job(JobKind.DEACTIVATION, by=by, total=len(keys), parameters=parameters)
    audit.record("member.deactivate_many", by=by, on=job, label=job.get_kind_display(), members=len(keys))
    return job


def work_on_deactivation(job: Job) -> None:
    """Take the members of the job out of use, each by itself. Taken up again, it passes over who is done.

    Stops quietly when somebody stopped the job.
    """
    by = User.objects.get(uuid=job.parameters["by"])
    keys = job.parameters["members"]
    for done, key in enumerate(keys):
        if done % SIGN_OF_LIFE_EVERY == 0 and not job_progress(job, done):
            return
        member = Member.objects.active().filter(pk=key).first()
        if member is None:
            continue
        try:
            deactivate_member(member, by=by)
        except ActionError as refused:
            note_job_error(job, refused.message)
    if not job_progress(job, len(keys)):
        return
    count = Member.objects.filter(pk__in=keys, is_active=False).count()
    text = ngettext("%(count)s lid is nu niet actief.", "%(count)s leden zijn nu niet actief.", count)
    finish_job(job, text % {"count": grouped(count)})
