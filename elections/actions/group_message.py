"""One message to many: written, looked at with the number of people, sent in the background.

Who gets it is worked out when somebody presses "send", and kept with the job: so many people as the page told. The work
may be killed and taken up at any moment: a member has a conversation of this message or has not (a constraint sees to
that), and the mail about it is written in the same transaction.
"""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from elections import audit
from elections.actions.announcement import ChooseAudience
from elections.actions.attachment import (
    MOST_ATTACHMENTS,
    attach_files,
    drop_files,
    remove_attachments,
    store_files,
)
from elections.actions.audience import forget_unnamed
from elections.actions.conversation import Draft, check_text
from elections.actions.conversation_mail import tell_members
from elections.actions.job import finish_job, job_progress, start_job
from elections.documents.upload import upload_transaction
from elections.enums import ConversationState, JobKind, MessageKind
from elections.errors import ActionError, ChangedElsewhere, FileRefused
from elections.models import Attachment, Conversation, GroupMessage, Job, Member, Message, User
from elections.models.conversation import SUBJECT_LENGTH
from elections.queries.audience import members_of
from tenants.numbers import grouped

CHUNK: Final = 200


@upload_transaction()
def create_group_message(
    subject: str, draft: Draft, *, choose_audience: ChooseAudience, by: User
) -> GroupMessage:
    """Write a message to a group. Nothing is sent. The same form sent twice makes one message.

    choose_audience: gives an audience of this message alone, called inside the transaction (elections.actions.audience
        makes a copy of a stored one).

    Raises:
        ActionError: for too many files, a text or file that is refused, other words in a form that was kept before;
            or by `choose_audience`.
    """
    subject, body = check_text(subject, SUBJECT_LENGTH), check_text(draft.body)
    files = store_files(draft.uploads)
    # Two presses of one button wait for each other here.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if kept := GroupMessage.objects.filter(uuid=draft.once).first():
        if (kept.subject, kept.body) != (subject, body):
            raise ActionError(
                _("U bewaarde dit bericht al. Wijzig het concept in de lijst “Berichten aan groepen”.")
            )
        drop_files(files)
        return kept
    group = GroupMessage.objects.create(
        uuid=draft.once, author=by, subject=subject, body=body, audience=choose_audience()
    )
    attach_files(files, group=group)
    audit.record("group_message.save", by=by, on=group)
    return group


@upload_transaction()
def update_group_message(
    group: GroupMessage,
    subject: str,
    draft: Draft,
    *,
    choose_audience: ChooseAudience,
    removed: Sequence[Attachment] = (),
    version: int,
    by: User,
) -> GroupMessage:
    """Change a message as long as nobody got it. Nothing is sent.

    choose_audience: as in `create_group_message`. removed: attachments to take away.
    version: of the message as the page showed it.

    Raises:
        ActionError: as in `create_group_message`, or when it is being sent.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    files = store_files(draft.uploads)
    group = _lock_draft(group, version)
    old = group.audience
    group.subject, group.body = check_text(subject, SUBJECT_LENGTH), check_text(draft.body)
    group.audience = choose_audience()
    group.version += 1
    group.save()
    remove_attachments(group.attachments.filter(pk__in=[attachment.pk for attachment in removed]))
    attach_files(files, group=group)
    if group.attachments.count() > MOST_ATTACHMENTS:
        raise FileRefused(_("U kunt hoogstens %(n)s bestanden meesturen.") % {"n": MOST_ATTACHMENTS})
    if old.pk != group.audience.pk:
        forget_unnamed(old)
    audit.record("group_message.save", by=by, on=group)
    return group


@transaction.atomic
def send_group_message(group: GroupMessage, *, count: int, version: int, by: User) -> Job:
    """Start sending. count, version: how many members and which version of the message the page showed.

    Raises:
        ActionError: when it was sent already, or nobody would get it.
        ChangedElsewhere: when it would go to another number of people, or says something else, than was shown.
    """
    group = _lock_draft(group, version)
    keys = sorted(members_of(group.audience).values_list("pk", flat=True))
    if not keys:
        raise ActionError(_("Er is niemand in deze doelgroep. Kies een andere doelgroep."))
    if len(keys) != count:
        raise ChangedElsewhere(
            _("Intussen zijn het %(n)s leden. Kijk of dat klopt en verstuur dan opnieuw.")
            % {"n": grouped(len(keys))}
        )
    parameters = {"group": str(group.uuid), "members": keys}
    group.job = start_job(JobKind.GROUP_MESSAGE, by=by, total=len(keys), parameters=parameters)
    group.author = by
    group.save(update_fields=["job", "author"])
    audit.record("group_message.send", by=by, on=group, members=len(keys))
    return group.job


@transaction.atomic
def discard_group_message(group: GroupMessage, *, version: int, by: User) -> None:
    """Throw a message away that nobody got.

    Raises:
        ActionError: when it is being sent.
        ChangedElsewhere: when a colleague changed it since `version`.
    """
    group = _lock_draft(group, version)
    audit.record("group_message.discard", by=by, on=group)
    remove_group_messages([group])


def remove_group_messages(groups: Sequence[GroupMessage]) -> None:
    """Delete messages to groups with their files; what members got of them stays. The caller decides and logs why."""
    for group in groups:
        audience = group.audience
        remove_attachments(group.attachments.all())
        group.delete()
        forget_unnamed(audience)


def work_on_group_message(job: Job) -> None:
    """Give every member of the job the message, chunk by chunk. Stops quietly when somebody stopped the job."""
    group = GroupMessage.objects.filter(uuid=job.parameters["group"]).first()
    if group is None:
        finish_job(job, _("Het bericht bestaat niet meer."))
        return
    keys = job.parameters["members"]
    for start in range(0, len(keys), CHUNK):
        if not job_progress(job, start):
            return
        _give(group, keys[start : start + CHUNK])
    if not job_progress(job, len(keys)):
        return
    count = _finish(group)
    text = ngettext("%(n)s lid kreeg het bericht.", "%(n)s leden kregen het bericht.", count)
    finish_job(job, text % {"n": grouped(count)})


@transaction.atomic
def _give(group: GroupMessage, keys: Sequence[int]) -> None:
    """Give some members the message: those who do not have it yet, and can still read it."""
    # Two workers with the same job wait for each other here; the second finds nothing left to do.
    group = GroupMessage.objects.select_for_update(of=("self",)).get(pk=group.pk)
    members = Member.objects.active().present().exclude(conversations__group=group)
    now = timezone.now()
    conversations = Conversation.objects.bulk_create(
        Conversation(
            member=member,
            subject=group.subject,
            group=group,
            state=ConversationState.ANSWERED,
            waiting_since=None,
            created_at=now,
            last_message_at=now,
        )
        for member in members.filter(pk__in=keys).select_related("user").order_by("pk")
    )
    messages = Message.objects.bulk_create(
        Message(
            conversation=conversation,
            kind=MessageKind.FROM_TEAM,
            author_id=group.author_id,
            body=group.body,
            created_at=now,
        )
        for conversation in conversations
    )
    tell_members(messages)


@transaction.atomic
def _finish(group: GroupMessage) -> int:
    """Note that everybody has it; returns how many that are."""
    GroupMessage.objects.filter(pk=group.pk, sent_at=None).update(sent_at=timezone.now())
    return group.conversations.count()


def _lock_draft(group: GroupMessage, version: int) -> GroupMessage:
    """The message as it is now. Raises ActionError when it is past changing, or not what the page showed."""
    rows = GroupMessage.objects.select_for_update(of=("self",)).select_related("audience", "job")
    locked = rows.filter(pk=group.pk).first()
    if locked is None:
        raise ChangedElsewhere(_("Een collega heeft dit bericht intussen weggegooid."))
    if locked.sent_at or locked.job or locked.conversations.exists():
        raise ActionError(_("Dit bericht is al verstuurd. U kunt het niet meer wijzigen."))
    if locked.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft dit intussen gewijzigd. Bekijk eerst hoe het nu is en probeer het opnieuw.")
        )
    return locked
