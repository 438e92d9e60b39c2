"""Applications as the team reads them: how many wait, and who of them may be a member already."""

from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from elections.enums import ApplicationState
from elections.models import Application, Member, User
from elections.models.application import WAITING, ApplicationQuerySet
from elections.models.fields import NameKey, SortKey
from elections.models.member import confidential_today
from elections.permissions import can
from elections.queries.confidentiality import RIGHT
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


def with_doubles(applications: QuerySet[Application], by: User | None = None) -> QuerySet[Application]:
    """Annotate `may_be_member` and `may_be_twice`: who has the same address or number, or name and birth date.

    by: who reads it. Contact data that are hidden from them are not compared: anybody can sign up with a guess.
    """
    members = Member.objects.present()
    readable = members if _sees_all(by) else members.exclude(confidential_today())
    others = Application.objects.filter(state__in=WAITING).exclude(pk=OuterRef("pk"))
    return applications.annotate(
        may_be_member=_is_among(members, contacts=readable), may_be_twice=_is_among(others, contacts=others)
    )


def possible_doubles(application: Application, by: User | None = None) -> list[PossibleDouble]:
    """Members who may be this person, the likeliest first; also those who are not active. For staff only.

    by: who reads it, as in `with_doubles`.
    """
    alike = Member.objects.present().filter(
        Q(email__iexact=application.email)
        | (Q(phone=application.phone) & ~Q(phone=""))
        | Q(birth_date=application.birth_date)
        | Q(sort_name__startswith=SortKey(Value(application.last_name)))
    )
    facts, sees_all = facts_of(application), _sees_all(by)
    found = []
    for member in alike.select_related("user"):
        reasons: list[str | Promise] = []
        score = 0
        open_contact = sees_all or not member.is_confidential
        if open_contact and member.email and member.email.lower() == application.email.lower():
            score, reasons = score + _EMAIL, [*reasons, _("zelfde e-mailadres")]
        if open_contact and member.phone and member.phone == application.phone:
            score, reasons = score + _PHONE, [*reasons, _("zelfde telefoonnummer")]
        theirs = facts_of(member)
        comparison = compare(facts, theirs if open_contact else replace(theirs, city=""))
        if comparison:
            score, reasons = score + _NAME, [*reasons, *comparison.supports]
            if member.birth_date == application.birth_date:
                score, reasons = score + _BIRTH_DATE, [*reasons, _("zelfde geboortedatum")]
        if score:
            found.append(PossibleDouble(member, score, reasons))
    return sorted(found, key=lambda double: (-double.score, double.member.sort_name))[:MOST_DOUBLES]


def other_applications(application: Application) -> QuerySet[Application]:
    """What this person, by address, number or name and birth date, sent beside this one and still waits."""
    same = Q(email__iexact=application.email) | (Q(phone=application.phone) & ~Q(phone=""))
    same |= Q(last_name__iexact=application.last_name, birth_date=application.birth_date)
    others = Application.objects.filter(same, state__in=WAITING).exclude(pk=application.pk)
    return others.order_by("-created_at", "pk")


def accepted_from(member: Member) -> QuerySet[Application]:
    """With what somebody signed up who is this member now."""
    return Application.objects.filter(member=member, state=ApplicationState.ACCEPTED)


def kept_of(member: Member) -> QuerySet[Application]:
    """What is kept for a later election of this member: the name is alike, and the person proved the address.

    A kept application points to nobody, and people who share a mailbox must not read each other's.
    """
    addresses = {member.email.lower(), member.user.email.lower() if member.user else ""} - {""}
    kept = Application.objects.annotate(address=Lower("email")).filter(
        state=ApplicationState.KEPT, address__in=addresses
    )
    facts = facts_of(member)
    own = [each.pk for each in kept if compare(facts_of(each), facts)]
    return Application.objects.filter(pk__in=own)


def transfer_targets(here: Municipality) -> QuerySet[Municipality]:
    """The municipalities of this platform that an application can be passed on to, by name."""
    return Municipality.objects.active().exclude(pk=here.pk).order_by(NameKey("name"))


def _sees_all(by: User | None) -> bool:
    return by is not None and can(by, RIGHT)


def _is_among(people: QuerySet[Any], *, contacts: QuerySet[Any]) -> Q:
    """Condition on Application: one of `people` has the name and birth date, or one of `contacts` address or number.

    Three conditions: PostgreSQL answers each with one look at all rows, and one with "or" inside by comparing every
    application with every member.
    """
    same_email = contacts.filter(email__iexact=OuterRef("email"))
    # Nobody is somebody else for want of a phone number.
    same_phone = contacts.filter(phone=OuterRef("phone")).exclude(phone="")
    same_name = people.filter(last_name__iexact=OuterRef("last_name"), birth_date=OuterRef("birth_date"))
    return Q(Exists(same_email)) | Q(Exists(same_phone)) | Q(Exists(same_name))
