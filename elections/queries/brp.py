"""Reads about the BRP: whether it can be asked, about whom, and what it said that nobody decided on yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from elections.enums import BrpFindingKind, BrpOutcome, SecretKind
from elections.models import (
    Assignment,
    BrpCheck,
    BrpConnection,
    BrpFinding,
    ElectionEvent,
    Member,
    MemberSecret,
    User,
)
from elections.permissions import can
from elections.queries.confidentiality import may_see_contact


@dataclass(frozen=True)
class FindingView:
    """A finding as one colleague may see it. is_hidden: its address is that of a confidential member."""

    finding: BrpFinding
    is_hidden: bool


@dataclass(frozen=True)
class MemberBrp:
    """What the page of one member tells about the BRP. check: None when the member was never looked up."""

    is_connected: bool
    has_number: bool
    check: BrpCheck | None
    findings: list[FindingView]
    may_check: bool

    @property
    def tone(self) -> str:
        """Of the badge with the outcome."""
        return "ok" if self.check and self.check.outcome == BrpOutcome.SAME else "warning"


def connection() -> BrpConnection | None:
    """The connection of this municipality, on or off; None when the system administrator set none."""
    return BrpConnection.objects.select_related("key").first()


def active_connection() -> BrpConnection | None:
    """The connection of this municipality, when it may be asked."""
    return BrpConnection.objects.filter(is_active=True, key__isnull=False).first()


def checkable() -> QuerySet[Member]:
    """Members who can be looked up: active, and with a number that is known."""
    numbers = MemberSecret.objects.filter(member=OuterRef("pk"), kind=SecretKind.BSN)
    return Member.objects.active().present().filter(Exists(numbers))


def without_number() -> int:
    """How many active members cannot be looked up."""
    return Member.objects.active().present().count() - checkable().count()


def checkable_in(event: ElectionEvent) -> QuerySet[Member]:
    """As `checkable`, of those who have a place in `event`."""
    places = Assignment.objects.active().filter(member=OuterRef("pk"), shift__polling_station__event=event)
    return checkable().filter(Exists(places))


def not_checked_since(moment: datetime, members: Iterable[int]) -> list[int]:
    """Those of `members` (primary keys) who were not looked up at or after `moment`, in order."""
    late = Q(brp_check__isnull=True) | Q(brp_check__checked_at__lt=moment)
    return list(Member.objects.filter(late, pk__in=list(members)).order_by("pk").values_list("pk", flat=True))


def waiting_findings() -> QuerySet[BrpFinding]:
    """What waits for a decision, with the members: who died first, then by age."""
    first = Case(When(kind=BrpFindingKind.DECEASED, then=0), default=1)
    return BrpFinding.objects.waiting().select_related("member").order_by(first, "found_at", "pk")


def last_check() -> datetime | None:
    """When somebody was last looked up."""
    return BrpCheck.objects.order_by("-checked_at").values_list("checked_at", flat=True).first()


def finding_views(findings: Iterable[BrpFinding], by: User) -> list[FindingView]:
    """Findings, loaded with their members, for the eyes of `by`."""
    return [FindingView(finding, not may_see_contact(finding.member, by)) for finding in findings]


def brp_of(member: Member, by: User, *, has_number: bool) -> MemberBrp:
    """What is known of `member` from the BRP, for the eyes of `by`. Three queries.

    What the register says otherwise is for who decides about it; the others see when the member was looked up.
    """
    may_check = can(by, "brp.check")
    waiting = member.brp_findings.waiting().select_related("member").order_by("found_at", "pk")
    return MemberBrp(
        is_connected=active_connection() is not None,
        has_number=has_number,
        check=BrpCheck.objects.filter(member=member).first(),
        findings=finding_views(waiting, by) if may_check else [],
        may_check=may_check,
    )
