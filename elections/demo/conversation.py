"""Invented talk: a few questions in every state, an answer, a note, texts that the team uses often."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone

from elections.enums import ConversationState, MessageKind, StaffRole
from elections.models import CannedAnswer, Conversation, Member, Message, User

MEMBER, TEAM, NOTE = MessageKind.FROM_MEMBER, MessageKind.FROM_TEAM, MessageKind.NOTE
Said = tuple[MessageKind, str]

CANNED: Final = (
    (
        "Ruilen van een dienst",
        "Dank voor uw bericht. Ruilen kan, als de ander ook op dat stembureau mag werken. "
        "Wij kijken wie er met u kan ruilen en laten het u weten.",
    ),
    (
        "Wanneer komt mijn vergoeding?",
        "Wij betalen de vergoeding binnen zes weken na de verkiezing. "
        "Klopt uw rekeningnummer nog? Kijk dat na bij Mijn gegevens.",
    ),
    (
        "Training",
        "De training duurt een uur en kan ook thuis, achter de computer. U krijgt er een uitnodiging voor.",
    ),
)
# Hours ago, subject, state, what was said.
TALKS: Final[tuple[tuple[int, str, ConversationState, tuple[Said, ...]], ...]] = (
    (
        50,
        "Kan ik ruilen met mijn buurvrouw?",
        ConversationState.OPEN,
        (
            (
                MEMBER,
                "Ik sta 's ochtends ingedeeld, maar mijn buurvrouw werkt liever vroeg. Kunnen wij ruilen?",
            ),
            (NOTE, "De buurvrouw staat op een ander stembureau. Eerst nakijken of dat past."),
        ),
    ),
    (
        26,
        "Parkeren bij het stembureau",
        ConversationState.OPEN,
        ((MEMBER, "Is er bij de sporthal plek voor mijn auto? Ik kom met een rolstoel."),),
    ),
    (
        30,
        "Training gemist",
        ConversationState.ANSWERED,
        (
            (MEMBER, "Ik kon donderdag niet bij de training zijn. Mag ik nog een keer?"),
            (TEAM, "Ja, dat mag. Op dinsdag is er weer een training om 19.30 uur. Komt u dan?"),
        ),
    ),
    (
        90,
        "Eten en drinken",
        ConversationState.CLOSED,
        (
            (MEMBER, "Zorgt de gemeente voor een lunch?"),
            (TEAM, "Ja. U krijgt een lunchpakket, en er staat koffie en thee."),
            (MEMBER, "Fijn, dank u wel!"),
        ),
    ),
)


def talk(members: Sequence[Member]) -> None:
    """Let the first members talk with the team."""
    CannedAnswer.objects.bulk_create(CannedAnswer(title=title, body=body) for title, body in CANNED)
    colleague = User.objects.filter(role=StaffRole.PLANNER).first()
    for member, (hours, subject, state, said) in zip(members, TALKS, strict=False):
        _talk(member, colleague, hours, subject, state, said)


def _talk(
    member: Member,
    colleague: User | None,
    hours: int,
    subject: str,
    state: ConversationState,
    said: Sequence[Said],
) -> None:
    began = timezone.now() - timedelta(hours=hours)
    moments = [began + timedelta(minutes=40 * number) for number in range(len(said))]
    conversation = Conversation.objects.create(
        member=member,
        subject=subject,
        state=state,
        assignee=None if state == ConversationState.OPEN else colleague,
        created_at=began,
        last_message_at=max(at for at, (kind, _body) in zip(moments, said, strict=True) if kind != NOTE),
        waiting_since=began if state == ConversationState.OPEN else None,
        version=len(said),
    )
    spoken = [kind for kind, _body in said]
    for number, (moment, (kind, body)) in enumerate(zip(moments, said, strict=True)):
        # Whoever answers has read what stood there.
        answered = any(later not in (kind, NOTE) for later in spoken[number + 1 :])
        is_read = kind != NOTE and (answered or state == ConversationState.CLOSED)
        Message.objects.create(
            conversation=conversation,
            kind=kind,
            body=body,
            author=None if kind == MEMBER else colleague,
            created_at=moment,
            read_at=moment + timedelta(minutes=5) if is_read else None,
        )
