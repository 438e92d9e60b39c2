"""The parts in the menu: documents and messages. They are open unless the team closes them, and also between events."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from elections.enums import MENU_STEPS, ConversationState, StepKind
from elections.models import Attachment, Conversation, ElectionEvent, Member, Message, PortalStep
from elections.models.conversation import ConversationQuerySet
from elections.models.member import MemberQuerySet
from elections.queries.portal_step import PartsOf, members_of_step, require_open, steps_holding


def closed_parts(member: Member) -> frozenset[StepKind]:
    """Which parts of the menu the team closed for this member, in the event that members see. One query, and at most
    five more when such a part is for an audience."""
    steps = list(_steps())
    return closed_among(PartsOf(steps, steps_holding(member, steps)))


def closed_among(parts: PartsOf) -> frozenset[StepKind]:
    """As `closed_parts`, of parts that were read already (`parts_for`)."""
    own = {step.pk for step in parts.own}
    menu = (step for step in parts.every if step.kind in MENU_STEPS)
    return frozenset(StepKind(step.kind) for step in menu if not (step.is_open and step.pk in own))


def is_part_open(member: Member, kind: StepKind) -> bool:
    """Whether the member has this part of the menu now."""
    return kind not in closed_parts(member)


def require_open_part(member: Member, kind: StepKind) -> None:
    """Raise StepNotOpen, with a sentence that says since when, unless the member has this part of the menu now.

    Without a row the part is open: the menu also stands there between events (`require_open_step` refuses then).
    """
    step = _steps().filter(kind=kind).first()
    if step:
        own = step.is_on and steps_holding(member, [step])
        require_open(step if own else None)


def members_with_part(kind: StepKind) -> MemberQuerySet:
    """The active members who have this part of the menu now. One query now, and one when it is read."""
    step = _steps().filter(kind=kind).select_related("audience__event").first()
    return members_of_step(step) if step else Member.objects.active().present()


def readable_conversations(member: Member) -> ConversationQuerySet:
    """The conversations that the member may open and answer.

    With the part for messages closed these are the ones in which the team wrote last or something is unread: the mail
    about it points to the page, and whoever is asked something must be able to answer.
    """
    own = Conversation.objects.filter(member=member)
    if is_part_open(member, StepKind.INBOX):
        return own
    unread = Message.objects.unread_by_member().filter(conversation=OuterRef("pk"))
    return own.filter(Q(state=ConversationState.ANSWERED) | Exists(unread))


def require_readable(conversation: Conversation) -> None:
    """Raise StepNotOpen unless the member of this conversation may open and answer it now."""
    if not readable_conversations(conversation.member).filter(pk=conversation.pk).exists():
        require_open_part(conversation.member, StepKind.INBOX)


def readable_attachments(member: Member) -> QuerySet[Attachment]:
    """The files in the conversations that the member may open."""
    readable = readable_conversations(member)
    where = Q(message__conversation__in=readable) | Q(
        group__in=readable.filter(group__isnull=False).values("group")
    )
    return Attachment.objects.of_member(member).filter(where)


def _steps() -> QuerySet[PortalStep]:
    newest = ElectionEvent.objects.filter(archived_at=None).order_by("-created_at").values("pk")[:1]
    return PortalStep.objects.filter(event=newest, kind__in=MENU_STEPS)
