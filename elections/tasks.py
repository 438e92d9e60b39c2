"""Every background task. A task loads what it is about and calls an action; rules live in actions."""

import logging

from celery import shared_task

from elections.actions.account_question import answer_open_questions
from elections.actions.announcement import announce_due
from elections.actions.audit import check_log, seal_events
from elections.actions.brp_check import work_on_brp_check
from elections.actions.bulk_deactivation import work_on_deactivation
from elections.actions.bulk_invitation import work_on_invitations
from elections.actions.confidentiality import forget_ended
from elections.actions.daily_figures import keep_daily_figures
from elections.actions.email_confirmation import forget_old_confirmations
from elections.actions.group_message import work_on_group_message
from elections.actions.import_file import throw_away_old_files
from elections.actions.job import resume_stale_jobs
from elections.actions.job_file import throw_away_job_files
from elections.actions.letter import LETTERS_PER_TASK, sweep_orphan_letters, work_on_letters
from elections.actions.login import forget_old_logins
from elections.actions.login_alarm import raise_login_alarm
from elections.actions.member_import import run_member_import
from elections.actions.member_import_undo import forget_old_imports, run_import_undo
from elections.actions.paper_work import work_on_papers
from elections.actions.place_offer import expire_offers, serve_lines
from elections.actions.platform_figures import keep_platform_figures as keep_all_figures
from elections.actions.proposal import run_proposal
from elections.actions.reminder import send_due_reminders
from elections.actions.retention import clean_up
from elections.actions.sign_in import close_finished_sign_ins
from elections.actions.sign_up import forget_unconfirmed
from elections.actions.work_account import forget_old_attempts
from elections.documents.upload import sweep_orphans
from elections.models import Job
from elections.notify import delivery
from tenants.tasks import PlatformTask, TenantTask, for_each_municipality

logger = logging.getLogger(__name__)

# Seconds over which the municipalities are spread, so that they do not all clean up at once.
CLEAN_UP_SPREAD = 300


@shared_task(base=TenantTask, name="elections.deliver_mail", ignore_result=True)
def deliver_mail(*, mail_id: int) -> None:
    """Send one mail that somebody waits for."""
    delivery.deliver(mail_id)


@shared_task(base=TenantTask, name="elections.deliver_due_mails", ignore_result=True)
def deliver_due_mails() -> None:
    """One turn of a municipality that has mails to send."""
    delivery.deliver_due()


@shared_task(base=TenantTask, name="elections.answer_account_questions", ignore_result=True)
def answer_account_questions() -> None:
    """Mail what people asked for who cannot log in."""
    answer_open_questions()


@shared_task(base=PlatformTask, name="elections.dispatch_sweep", ignore_result=True)
def dispatch_sweep() -> None:
    """Each minute: let every municipality pick up what was left lying."""
    for_each_municipality(sweep)


@shared_task(base=TenantTask, name="elections.sweep", ignore_result=True)
def sweep() -> None:
    """What a lost message, a killed worker or a deaf mail server left behind; and what may be forgotten."""
    # First what somebody waits for. A step that fails must not keep the others from their turn.
    for step in (
        answer_open_questions,
        raise_login_alarm,
        delivery.deliver_due,
        announce_due,
        send_due_reminders,
        expire_offers,
        serve_lines,
        resume_stale_jobs,
        close_finished_sign_ins,
        forget_old_logins,
        forget_old_confirmations,
        forget_unconfirmed,
        forget_old_attempts,
        throw_away_old_files,
        forget_old_imports,
        throw_away_job_files,
        seal_events,
    ):
        try:
            step()
        except Exception:
            logger.exception("sweep: %s failed", step.__name__)


@shared_task(base=PlatformTask, name="elections.keep_platform_figures", ignore_result=True)
def keep_platform_figures() -> None:
    """Each minute: count what waits anywhere, for who keeps the platform running."""
    keep_all_figures()


@shared_task(base=PlatformTask, name="elections.dispatch_audit_check", ignore_result=True)
def dispatch_audit_check() -> None:
    """Each hour: let every municipality where the night is far enough check its log."""
    for_each_municipality(check_audit)


@shared_task(base=TenantTask, name="elections.check_audit", ignore_result=True)
def check_audit() -> None:
    """Check the log once a night, and mail its newest seal."""
    check_log()


@shared_task(base=TenantTask, name="elections.make_letters_chunk", ignore_result=True)
def make_letters_chunk(*, job_id: int) -> None:
    """Make a number of letters, then queue up again behind the work of other municipalities."""
    job = Job.objects.filter(pk=job_id).first()
    if job and work_on_letters(job, limit=LETTERS_PER_TASK):
        make_letters_chunk.delay(job_id=job_id)


@shared_task(base=TenantTask, name="elections.import_members", ignore_result=True)
def import_members(*, job_id: int) -> None:
    """Read a member list into the member file, all of it or nothing."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        run_member_import(job)


@shared_task(base=TenantTask, name="elections.undo_import", ignore_result=True)
def undo_import(*, job_id: int) -> None:
    """Take back what an import did to the member file, as far as nobody touched it since."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        run_import_undo(job)


@shared_task(base=TenantTask, name="elections.send_invitations", ignore_result=True)
def send_invitations(*, job_id: int) -> None:
    """Invite the members that a colleague selected."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        work_on_invitations(job)


@shared_task(base=TenantTask, name="elections.deactivate_members", ignore_result=True)
def deactivate_members(*, job_id: int) -> None:
    """Take the members that a colleague selected out of use."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        work_on_deactivation(job)


@shared_task(base=TenantTask, name="elections.send_group_message", ignore_result=True)
def send_group_message(*, job_id: int) -> None:
    """Give the members of an audience the message that a colleague wrote to them."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        work_on_group_message(job)


@shared_task(base=TenantTask, name="elections.check_brp", ignore_result=True)
def check_brp(*, job_id: int) -> None:
    """Look up a number of members in the BRP, then queue up again behind the work of other municipalities."""
    job = Job.objects.filter(pk=job_id).first()
    if job and work_on_brp_check(job):
        check_brp.delay(job_id=job_id)


@shared_task(base=TenantTask, name="elections.make_proposal", ignore_result=True)
def make_proposal(*, job_id: int) -> None:
    """Let the optimiser make a proposal for the plan of an event."""
    job = Job.objects.filter(pk=job_id).first()
    if job:
        run_proposal(job)


@shared_task(base=TenantTask, name="elections.make_papers", ignore_result=True)
def make_papers(*, job_id: int) -> None:
    """Make a part of the file of a job, then queue up again behind the work of other municipalities."""
    job = Job.objects.select_related("event").filter(pk=job_id).first()
    if job and work_on_papers(job):
        make_papers.delay(job_id=job_id)


@shared_task(base=PlatformTask, name="elections.dispatch_clean_up", ignore_result=True)
def dispatch_clean_up() -> None:
    """Each night: let every municipality keep its figures, and remove what is over its retention term."""
    for_each_municipality(keep_figures, spread_seconds=CLEAN_UP_SPREAD)
    for_each_municipality(clean_up_data, spread_seconds=CLEAN_UP_SPREAD)


@shared_task(base=TenantTask, name="elections.keep_figures", ignore_result=True)
def keep_figures() -> None:
    """Write down the figures of the day, for the trend on the dashboard; twice a day is once."""
    keep_daily_figures()


@shared_task(base=TenantTask, name="elections.clean_up_data", ignore_result=True)
def clean_up_data() -> None:
    """Remove what is over its term, and queue up again when that takes longer than a task may."""
    sweep_orphans()
    sweep_orphan_letters()
    forget_ended()
    if clean_up():
        clean_up_data.delay()
