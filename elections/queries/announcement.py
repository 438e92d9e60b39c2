"""News and documents: who may see them, who read them, and how many they are for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from elections.models import Audience, Document, Member
from elections.models.publication import PublicationModel, PublicationQuerySet
from elections.queries.audience import audiences_of, members_of


def shown_to(model: Any, member: Member) -> QuerySet[Any]:
    """What of `model` (NewsItem or Document) this member may see now, with `is_new` when they did not open it yet."""
    return shown_within(model, member, own_audiences(member, model))


def own_audiences(member: Member, *models: Any) -> QuerySet[Audience]:
    """Of the audiences of what shows now, those that hold this member."""
    used = Q()
    for model in models:
        used |= Q(pk__in=_showing(model).values("audience"))
    return audiences_of(member, among=Audience.objects.filter(used))


def shown_within(model: Any, member: Member, audiences: QuerySet[Audience]) -> QuerySet[Any]:
    """As `shown_to`, with the outcome of `own_audiences` at hand."""
    read = _readings(model).filter(member=member)
    return _showing(model).filter(audience__in=audiences).annotate(is_new=~Exists(read))


def with_read_count(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `read_count`: how many members opened each."""
    return rows.annotate(read_count=Count("readings"))


def readers(row: PublicationModel) -> QuerySet[Member]:
    """The members whom it is for now, and those who read it before they left its audience; each with `read_at`."""
    read = _readings(type(row), to=row)
    own = read.filter(member=OuterRef("pk"))
    return (
        Member.objects.filter(
            Q(pk__in=members_of(row.audience).values("pk")) | Q(pk__in=read.values("member"))
        )
        .annotate(read_at=Subquery(own.values("read_at")[:1]))
        .order_by(F("read_at").asc(nulls_last=True), "sort_name", "pk")
    )


@dataclass(frozen=True)
class ReadCount:
    """Of how many members, how many read something."""

    members: int
    read: int

    @property
    def unread(self) -> int:
        return self.members - self.read


def read_count(row: PublicationModel) -> ReadCount:
    """Both counts of `readers`, in one query."""
    return ReadCount(**readers(row).order_by().aggregate(members=Count("pk"), read=Count("read_at")))


def is_read_by(row: PublicationModel, member: Member) -> bool:
    """Whether the member opened it."""
    return _readings(type(row), to=row).filter(member=member).exists()


def first_read_at(row: PublicationModel, member: Member) -> datetime | None:
    """When the member opened it for the first time; None when they did not."""
    found: datetime | None = (
        _readings(type(row), to=row).filter(member=member).values_list("read_at", flat=True).first()
    )
    return found


def categories() -> list[str]:
    """The groups of documents that are in use, by name: what a colleague can choose from."""
    named = Document.objects.exclude(category="").order_by("category")
    return list(named.values_list("category", flat=True).distinct())


def _showing(model: Any) -> PublicationQuerySet:
    rows: PublicationQuerySet = model.objects.showing()
    return rows


def _readings(model: Any, *, to: PublicationModel | None = None) -> QuerySet[Any]:
    """The readings of one row (`to`), or inside a query over `model` those of its own row."""
    relation = model._meta.get_field("readings")
    rows: QuerySet[Any] = relation.related_model.objects.filter(
        **{relation.field.name: OuterRef("pk") if to is None else to}
    )
    return rows
