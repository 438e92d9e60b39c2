"""Reads about the questions of the municipality's own: who answered what, and who still has to."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from elections.models import Member, OwnField, OwnFieldValue, User
from elections.models.own_field import OwnFieldQuerySet
from elections.permissions import can

SENSITIVE: Final = "member.sensitive"


@dataclass(frozen=True)
class OwnAnswer:
    """A question with what one member answered; an empty text is no answer."""

    field: OwnField
    text: str

    @property
    def words(self) -> str:
        """The answer as people read it."""
        return self.field.words(self.text)

    @property
    def is_missing(self) -> bool:
        return self.field.is_required and not self.text


def may_read(field: OwnField, by: User | None) -> bool:
    """Whether this colleague may read the answers to a question; nobody in particular reads no sensitive ones."""
    return not field.is_sensitive or (by is not None and can(by, SENSITIVE))


def readable_fields(by: User) -> OwnFieldQuerySet:
    """The questions in use of which this colleague may read the answers: `may_read`, of all at once."""
    fields = OwnField.objects.active()
    return fields if can(by, SENSITIVE) else fields.filter(is_sensitive=False)


def own_answers(member: Member, fields: OwnFieldQuerySet) -> list[OwnAnswer]:
    """These questions in their order, with what `member` answered. One query."""
    given = OwnFieldValue.objects.filter(member=member, field=OuterRef("pk")).values("text")
    return [OwnAnswer(field, field.answer or "") for field in fields.annotate(answer=Subquery(given))]


def missing_own_fields(member: Member) -> list[str]:
    """Names of the questions that `member` must answer and did not."""
    return list(_required().filter(~Exists(_given(member.pk))).values_list("name", flat=True))


def lacks_own_fields() -> Exists:
    """Condition on Member, the same question for many at once: whether a question that must be answered is not."""
    return Exists(_required().order_by().filter(~Exists(_given(OuterRef(OuterRef("pk"))))))


def with_answer_to(members: QuerySet[Member], field: OwnField, text: str | None) -> QuerySet[Member]:
    """Those of `members` who gave this answer; with an empty text who gave none, with None who gave any."""
    given = OwnFieldValue.objects.filter(field=field, member=OuterRef("pk"))
    if text == "":
        return members.filter(~Exists(given))
    return members.filter(Exists(given if text is None else given.filter(text=text)))


def with_answer_counts() -> OwnFieldQuerySet:
    """All questions in their order, each with `answers`: how many active members answered it. One query."""
    counted = OwnField.objects.annotate(answers=Count("values", filter=Q(values__member__is_active=True)))
    return counted.order_by("rank", "pk")  # a grouped query leaves the order of the model out


def used_choices(field: OwnField) -> dict[str, int]:
    """How many members gave each answer, of those answers that occur."""
    rows = field.values.order_by().values_list("text").annotate(count=Count("pk"))
    return dict(rows)


def _required() -> OwnFieldQuerySet:
    return OwnField.objects.asked().filter(is_required=True)


def _given(member: int | OuterRef) -> QuerySet[OwnFieldValue]:
    return OwnFieldValue.objects.filter(field=OuterRef("pk"), member=member)
