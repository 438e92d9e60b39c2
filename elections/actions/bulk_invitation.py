"""Inviting many members at once, in the background: each gets one invitation, however often the work is taken up."""

from collections.abc import Iterable
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.invitation import invite_member
from elections.actions.job import finish_job, job_progress, note_job_error, start_job
from elections.enums import InvitationKind, JobKind
from elections.errors import ActionError
from elections.models import Invitation, Job, Member, User
from elections.queries.job import running_jobs
from elections.queries.member import invitable
from tenants.locks import hold_lock
from tenants.numbers import grouped

SIGN_OF_LIFE_EVERY: Final = 20


@transaction.atomic
def start_invitations(members: Iterable[Member], *, by: User) -> Job:
    """Start inviting those of `members` who can be invited: active, with an address, without an account.

    Raises:
        ActionError: when nobody of them can be invited, or invitations are being sent just now.
    """
    # Two colleagues who press the button together would send two mails to everybody.
    hold_lock("invitations")
    if running_jobs(kind=JobKind.INVITATIONS):
        raise ActionError(_("Er worden nu al uitnodigingen verstuurd. Wacht tot dat klaar is."))
    keys = list(invitable().filter(pk__in=[member.pk for member in members]).values_list("pk", flat=True))
    if not keys:
        raise ActionError(_("Van deze leden kunt u niemand uitnodigen."))
    job = start_job(
        JobKind.INVITATIONS, by=by, total=len(keys), parameters={"members": sorted(keys), "by": str(by.uuid)}
    )
    audit.record("member.invite_many", by=by, on=job, label=job.get_kind_display(), members=len(keys))
    return job


def work_on_invitations(job: Job) -> None:
    """Send the invitations of the job. Whoever was invited since it began is passed over.

    Stops quietly when somebody stopped the job.
    """
    by = User.objects.filter(uuid=job.parameters["by"]).first()
    keys = job.parameters["members"]
    for done, key in enumerate(keys):
        if done % SIGN_OF_LIFE_EVERY == 0 and not job_progress(job, done):
            return
        member = invitable(since=job.created_at).filter(pk=key).first()
        if member is None:
            continue
        try:
            invite_member(member, by=by)
        except ActionError as refused:
            note_job_error(job, refused.message)
    job_progress(job, len(keys))
    count = _invited(job)
    finish_job(
        job,
        ngettext("%(count)s lid uitgenodigd.", "%(count)s leden uitgenodigd.", count)
        % {"count": grouped(count)},
    )


def _invited(job: Job) -> int:
    """How many of the job's members got an invitation, over all the times that it was taken up."""
    sent = Invitation.objects.filter(
        kind=InvitationKind.MEMBER,
        user__member__in=job.parameters["members"],
        created_at__gte=job.created_at,
    )
    return sent.values("user").distinct().count()
