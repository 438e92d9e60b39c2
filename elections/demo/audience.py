"""Invented audiences of every kind, a reminder ladder, and members who want one mail a day."""

from collections.abc import Sequence
from typing import Final

from elections.actions.audience import save_audience
from elections.actions.reminder import add_reminder
from elections.enums import AudienceKind, MailRhythm, PositionKind, StepKind
from elections.models import ElectionEvent, Label, Member, PortalStep, User

PICKED: Final = 8
RUNGS: Final = (14, 3)


def gather(event: ElectionEvent, members: Sequence[Member]) -> None:
    """Keep four audiences, put two reminders ready for the availability, and let each tenth member choose one mail."""
    by = User.objects.filter(role="communication").first() or User.objects.exclude(role="").first()
    if by is None:
        return
    selection = AudienceKind.SELECTION
    sign_language = list(Label.objects.filter(name="Gebarentaal"))
    if sign_language:
        save_audience(kind=selection, labels=sign_language, name="Kent gebarentaal", by=by)
    step = StepKind.AVAILABILITY
    save_audience(kind=selection, event=event, step_not_done=step, name="Nog geen beschikbaarheid", by=by)
    chairs = [PositionKind.CHAIR, PositionKind.DEPUTY_CHAIR]
    save_audience(kind=selection, event=event, position_kinds=chairs, name="Voorzitters", by=by)
    if members:
        picked = members[:PICKED]
        save_audience(kind=AudienceKind.MEMBERS, members=picked, name="Proeven van het portaal", by=by)
    for days in RUNGS:
        add_reminder(PortalStep.objects.get(event=event, kind=step), days_before=days, by=by)
    readers = [member.user_id for member in members[::10] if member.user_id]
    User.objects.filter(pk__in=readers).update(mail_rhythm=MailRhythm.DAILY)
