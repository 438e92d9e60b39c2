"""Applications as the team reads them: how many wait, and who of them may be a member already."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.enums import ApplicationState
from elections.models import Application, Member
from elections.models.application import WAITING, ApplicationQuerySet
from elections.models.fields import SortKey
from elections.same_person import compare, facts_of
from tenants.models import Municipality

# Of a name that half the file has, the likeliest are enough.
MOST_DOUBLES: Final = 10
_EMAIL, _PHONE, _BIRTH_DATE, _NAME = 4, 3, 2, 1


@dataclass(frozen=True)
class PossibleDouble:
    """A member who may be the person of an application. reasons: what is equal, in words."""

    member: Member
    score: int
    reasons: list[str | Promise]


def state_counts() -> dict[str, int]:
    """How many applications there are in each state, also those that nobody confirmed; one query."""
    counted = Application.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return dict.fromkeys(ApplicationState.values, 0) | dict(counted)


def open_applications() -> ApplicationQuerySet:
    """New ones, on which the team has to decide."""
    return Application.objects.filter(state=ApplicationState.OPEN)


def with_doubles(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Annotate `may_be_member` and `may_be_twice`: who has the same address or number, or name and birth date."""
    return applications.annotate(
        may_be_member=Exists(Member.objects.present().filter(_is_same())),
        may_be_twice=Exists(
            Application.objects.filter(_is_same(), state__in=WAITING).exclude(pk=OuterRef("pk"))
        ),
    )


def possible_doubles(application: Application) -> list[PossibleDouble]:
    """Members who may be this person, the likeliest first; also those who are not active. For staff only."""
    alike = Member.objects.present().filter(
        Q(email__iexact=application.email)
        | Q(phone=application.phone)
        | Q(birth_date=application.birth_date)
        | Q(sort_name__startswith=SortKey(Value(application.last_name)))
    )
    facts = facts_of(application)
    found = []
    for member in alike.select_related("user"):
        reasons: list[str | Promise] = []
        score = 0
        if member.email and member.email.lower() == application.email.lower():
            score, reasons = score + _EMAIL, [*reasons, _("zelfde e-mailadres")]
        if member.phone and member.phone == application.phone:
            score, reasons = score + _PHONE, [*reasons, _("zelfde telefoonnummer")]
        comparison = compare(facts, facts_of(member))
        if comparison:
            score, reasons = score + _NAME, [*reasons, *comparison.supports]
            if member.birth_date == application.birth_date:
                score, reasons = score + _BIRTH_DATE, [*reasons, _("zelfde geboortedatum")]
        if score:
            found.append(PossibleDouble(member, score, reasons))
    return sorted(found, key=lambda double: (-double.score, double.member.sort_name))[:MOST_DOUBLES]


def other_applications(application: Application) -> QuerySet[Application]:
    """What this person, by address, number or name and birth date, sent beside this one and still waits."""
    same = Q(email__iexact=application.email) | Q(phone=application.phone)
    same |= Q(last_name__iexact=application.last_name, birth_date=application.birth_date)
    others = Application.objects.filter(same, state__in=WAITING).exclude(pk=application.pk)
    return others.order_by("-created_at", "pk")


def transfer_targets(here: Municipality) -> QuerySet[Municipality]:
    """The municipalities of this platform that an application can be passed on to, by name."""
    return Municipality.objects.active().exclude(pk=here.pk).order_by("name")


def _is_same() -> Q:
    return (
        Q(email__iexact=OuterRef("email"))
        | Q(phone=OuterRef("phone"))
        | Q(last_name__iexact=OuterRef("last_name"), birth_date=OuterRef("birth_date"))
    )
