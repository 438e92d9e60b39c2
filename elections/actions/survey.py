"""Making a survey, publishing it, copying it to compare with later, and reminding who did not answer."""

from dataclasses import dataclass
from datetime import time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit, clock
from elections.actions import announcement
from elections.actions.announcement import ChooseAudience, Posting
from elections.actions.audience import copy_audience
from elections.actions.portal_step import show_step
from elections.actions.question import copy_questions
from elections.enums import MailKind, PublishState, StepKind
from elections.errors import ActionError
from elections.models import ElectionEvent, Survey, SurveyReminder, User
from elections.notify import outbox
from elections.queries.audience import members_of, reachable
from elections.queries.event import current_event
from elections.queries.portal_step import open_to_some
from elections.queries.survey import has_settled_names, remindable_members
from elections.queries.survey_result import is_told


@dataclass(frozen=True)
class About:
    """What a survey has of its own, beside what it shares with news."""

    intro: str = ""
    is_anonymous: bool = True
    event: ElectionEvent | None = None


@transaction.atomic
def create_survey(posting: Posting, about: About, *, choose_audience: ChooseAudience, by: User) -> Survey:
    """Make a draft without questions.

    Raises:
        ActionError: as announcement.save, and for an audience that asks how far members are with their surveys.
    """
    survey = Survey()
    announcement.save(survey, posting, vars(about), choose_audience=choose_audience, version=None, by=by)
    _check_audience(survey)
    return survey


@transaction.atomic
def update_survey(
    survey: Survey,
    posting: Posting,
    about: About,
    *,
    choose_audience: ChooseAudience,
    version: int,
    by: User,
) -> None:
    """Change the words, the period, for whom it is, and at first whether it is anonymous.

    Raises:
        ActionError: as `create_survey`; when it would become anonymous or named after the first answer, or named after
            members were told that it is anonymous; and when anonymous answers that can be looked at would get more.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    now = announcement.lock(survey, version)
    if now.is_anonymous != about.is_anonymous and has_settled_names(now):
        raise ActionError(
            _(
                "Leden kunnen deze enquête al invullen, of hebben dat gedaan. Of de enquête anoniem is, kunt u niet "
                "meer wijzigen."
            )
        )
    opens_again = posting.ends_at is None or posting.ends_at > timezone.now()
    if now.state == PublishState.PUBLISHED and opens_again:
        _require_untold(now)
    announcement.save(survey, posting, vars(about), choose_audience=choose_audience, version=version, by=by)
    _check_audience(Survey.objects.select_related("audience").get(pk=survey.pk))


@transaction.atomic
def delete_survey(survey: Survey, *, version: int, by: User) -> None:
    """Remove a draft with its questions. Raises ActionError and ChangedElsewhere as announcement.delete_draft."""
    announcement.delete_draft(survey, version=version, by=by)


@transaction.atomic
def publish_survey(survey: Survey, *, version: int, by: User) -> Survey:
    """Let its members fill it in, and switch the part of the portal on in which it stands.

    Raises:
        ActionError: as announcement.publish; without questions or an event; when the part of the portal is not open
            by the time it shows; and when anonymous answers that can be looked at would get more.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    _require_untold(announcement.lock(survey, version))
    event = current_event()
    if event is None:
        raise ActionError(_("Maak eerst een verkiezingsronde aan. Zonder ronde is het portaal nog leeg."))
    published: Survey = announcement.publish(survey, version=version, by=by)
    if not published.questions.exists():
        raise ActionError(_("Voeg eerst een vraag toe."))
    members = set(members_of(published.audience).values_list("pk", flat=True))
    show_step(event, StepKind.SURVEYS, members, by=by, at=published.publishes_at)
    return published


@transaction.atomic
def copy_survey(survey: Survey, *, by: User) -> Survey:
    """A new draft with the same questions, whose results stand beside those of this one."""
    copy = Survey.objects.create(
        title=_("Kopie van %(title)s") % {"title": survey.title[:130]},
        intro=survey.intro,
        audience=copy_audience(survey.audience),
        is_anonymous=survey.is_anonymous,
        tells_by_mail=survey.tells_by_mail,
        previous=survey,
        created_by=by.display_name,
    )
    copy_questions(survey, copy)
    audit.record("survey.copy", by=by, on=copy)
    return copy


@transaction.atomic
def remind_survey(survey: Survey, *, by: User) -> int:
    """Mail whoever was asked and did not send an answer; at most once a day. Returns how many get a mail.

    Raises:
        ActionError: when it or its part of the portal does not show now, it was reminded of today, or everybody
            who can open it answered.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("audience").get(pk=survey.pk)
    if not survey.is_showing:
        raise ActionError(_("Leden kunnen deze enquête nu niet invullen. Daarom gaat er geen herinnering."))
    midnight = clock.moment(timezone.localdate(), time())
    if survey.reminders.filter(sent_at__gte=midnight).exists():
        raise ActionError(_("Vandaag is er al een herinnering verstuurd. Wacht tot morgen."))
    if open_to_some(current_event(), StepKind.SURVEYS) is None:
        raise ActionError(_("Leden zien het onderdeel “Enquêtes” nu niet. Daarom gaat er geen herinnering."))
    members = list(reachable(remindable_members(survey)).select_related("user").order_by("pk"))
    if not members:
        raise ActionError(_("Er is nu niemand om te herinneren."))
    reminder = SurveyReminder.objects.create(survey=survey, recipients=len(members))
    outbox.enqueue_many(
        MailKind.SURVEY_REMINDER,
        [
            outbox.Recipient(member.user, f"survey-reminder:{reminder.pk}:{member.uuid}", survey.uuid)
            for member in members
        ],
    )
    audit.record("survey.remind", by=by, on=survey, members=len(members))
    return len(members)


def _require_untold(survey: Survey) -> None:
    if is_told(survey):
        raise ActionError(
            _(
                "De antwoorden op deze anonieme enquête zijn al te zien. Daarom gaat de enquête niet meer open. "
                "Maak een kopie als u opnieuw wilt vragen."
            )
        )


def _check_audience(survey: Survey) -> None:
    if survey.audience.step_not_done == StepKind.SURVEYS:
        raise ActionError(_("Kies bij een enquête een andere voorwaarde dan “nog niet klaar met Enquêtes”."))
