"""Reads about declarations: what a member still has to confirm, and how many did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery

from elections.models import Declaration, DeclarationConsent, DeclarationText, Member
from elections.models.declaration import DeclarationQuerySet


@dataclass(frozen=True)
class MemberDeclaration:
    """A declaration with its newest text and what one member answered to that. `agreed` is None without an answer.

    `earlier`: the member answered an older text.
    """

    declaration: Declaration
    text: str
    agreed: bool | None
    answered_at: datetime | None
    earlier: bool = False

    @property
    def is_missing(self) -> bool:
        """A required one is only done with a yes, the others with any answer."""
        return self.agreed is None if not self.declaration.is_required else not self.agreed


def declarations_of(member: Member) -> list[MemberDeclaration]:
    """The declarations that are asked now, in their order, as `member` meets them. One query."""
    consents = DeclarationConsent.objects.filter(member=member, text__declaration=OuterRef("pk"))
    newest = consents.filter(text__edition=OuterRef("edition"))
    found: QuerySet[Any] = with_newest_text(Declaration.objects.asked()).annotate(
        agreed=Subquery(newest.values("agreed"), output_field=BooleanField(null=True)),
        answered_at=Subquery(newest.values("answered_at"), output_field=DateTimeField(null=True)),
        has_earlier=Exists(consents.filter(text__edition__lt=OuterRef("edition"))),
    )
    return [
        MemberDeclaration(each, each.newest_text, each.agreed, each.answered_at, each.has_earlier)
        for each in found
    ]


def with_newest_text(declarations: DeclarationQuerySet) -> DeclarationQuerySet:
    """Add `newest_text` to each."""
    texts = DeclarationText.objects.filter(declaration=OuterRef("pk"), edition=OuterRef("edition"))
    return declarations.annotate(newest_text=Subquery(texts.values("text")))


def missing_declarations(member: Member) -> list[str]:
    """Titles of the declarations that `member` still has to answer."""
    return [each.declaration.title for each in declarations_of(member) if each.is_missing]


def lacks_declarations() -> Exists:
    """Condition on Member, the same question for many at once: whether a declaration waits for an answer."""
    settled = DeclarationConsent.objects.filter(
        Q(agreed=True) | Q(text__declaration__is_required=False),
        member=OuterRef(OuterRef("pk")),
        text__declaration=OuterRef("pk"),
        text__edition=OuterRef("edition"),
    )
    return Exists(Declaration.objects.asked().order_by().filter(~Exists(settled)))


def with_consent_counts() -> QuerySet[Declaration]:
    """All declarations with their newest text, and of the active members how many answered it with yes or no."""
    newest = Q(texts__edition=F("edition"), texts__consents__member__is_active=True)
    counted = with_newest_text(Declaration.objects.all()).annotate(
        yes=Count("texts__consents", filter=newest & Q(texts__consents__agreed=True)),
        no=Count("texts__consents", filter=newest & Q(texts__consents__agreed=False)),
    )
    return counted.order_by("rank", "pk")  # a grouped query leaves the order of the model out


def consents_of(member: Member) -> QuerySet[DeclarationConsent]:
    """Everything that `member` ever answered, with the texts, the newest first."""
    return member.declaration_consents.select_related("text__declaration").order_by("-answered_at", "-pk")


def is_answered(declaration: Declaration) -> bool:
    """Whether anybody ever said yes or no to one of its texts."""
    return DeclarationConsent.objects.filter(text__declaration=declaration).exists()


def texts_of(declaration: Declaration) -> QuerySet[DeclarationText]:
    """The editions of a text, the newest first, each with how many said yes and no to it."""
    return declaration.texts.annotate(
        yes=Count("consents", filter=Q(consents__agreed=True)),
        no=Count("consents", filter=Q(consents__agreed=False)),
    ).order_by("-edition")


def with_declaration(
    members: QuerySet[Member], declaration: Declaration, agreed: bool | None
) -> QuerySet[Member]:
    """Those of `members` who said yes (True) or no (False) to the newest text, or did not answer it yet (None)."""
    answers = DeclarationConsent.objects.filter(
        member=OuterRef("pk"), text__declaration=declaration, text__edition=declaration.edition
    )
    return members.filter(~Exists(answers) if agreed is None else Exists(answers.filter(agreed=agreed)))
