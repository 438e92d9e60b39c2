"""Reads about changes of personal data that wait for the team."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from elections.enums import DataChangeState, DataSubject
from elections.models import ApprovedSubject, Member, PersonalDataChange, User
from elections.queries.confidentiality import may_see_contact

# Every field that a member may change belongs to one subject: what is changed on one page.
SUBJECT_FIELDS: Final[Mapping[DataSubject, tuple[str, ...]]] = {
    DataSubject.NAME: ("initials", "first_name", "infix", "last_name"),
    DataSubject.BIRTH_DATE: ("birth_date",),
    DataSubject.ADDRESS: ("street", "house_number", "postcode", "city"),
    DataSubject.PHONE: ("phone",),
}
CONTACT_SUBJECTS: Final = (DataSubject.ADDRESS, DataSubject.PHONE)
# So long a member reads that the team did not take a change over.
REFUSAL_SHOWN: Final = timedelta(days=90)


def subject_of(fields: Collection[str]) -> DataSubject | None:
    """The subject that all these fields of Member belong to; None when they belong to several."""
    return next((subject for subject, own in SUBJECT_FIELDS.items() if set(fields) <= set(own)), None)


def needs_approval(subject: DataSubject) -> bool:
    """Whether the team wants to see changes of this subject first."""
    return ApprovedSubject.objects.filter(subject=subject).exists()


def waiting_change(member: Member, subject: DataSubject) -> PersonalDataChange | None:
    """The change of this subject that waits for the team."""
    return member.data_changes.filter(subject=subject, state=DataChangeState.WAITING).first()


def changes_to_show(member: Member) -> dict[str, PersonalDataChange]:
    """By subject the last change that a member asked for, if it waits or was lately not taken over. One query."""
    last: dict[str, PersonalDataChange] = {}
    for change in member.data_changes.order_by("-asked_at", "-pk"):
        last.setdefault(change.subject, change)
    recent = timezone.now() - REFUSAL_SHOWN
    return {
        subject: change
        for subject, change in last.items()
        if change.state == DataChangeState.WAITING
        or (change.state == DataChangeState.REFUSED and change.decided_at and change.decided_at > recent)
    }


def waiting_changes() -> QuerySet[PersonalDataChange]:
    """All that waits for the team, the oldest first."""
    waiting = PersonalDataChange.objects.filter(state=DataChangeState.WAITING)
    return waiting.select_related("member").order_by("asked_at", "pk")


def values_of(change: PersonalDataChange) -> dict[str, Any]:
    """The values as the fields of Member hold them, in the order in which people write them."""
    # The database keeps the keys of JSON in an order of its own.
    values = {
        name: change.values[name]
        for name in SUBJECT_FIELDS[DataSubject(change.subject)]
        if name in change.values
    }
    if values.get("birth_date"):
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    return values


def hides_contact(change: PersonalDataChange, by: User) -> bool:
    """Whether the change is about contact data that `by` may not read."""
    return change.subject in CONTACT_SUBJECTS and not may_see_contact(change.member, by)


def before_and_after(change: PersonalDataChange) -> list[tuple[str, str, str]]:
    """For each field that would change: its name on the screen, what is known now, and what the member wants."""
    return [
        (_label(name), as_words(getattr(change.member, name)), as_words(value))
        for name, value in values_of(change).items()
        if getattr(change.member, name) != value
    ]


def now_and_wanted(change: PersonalDataChange) -> tuple[str, str]:
    """On one line what is known now, and what the member wants; nothing once it was decided."""
    if not change.values:
        return "", ""
    subject = DataSubject(change.subject)
    now = {name: getattr(change.member, name) for name in SUBJECT_FIELDS[subject]}
    return _line(subject, now), _line(subject, now | values_of(change))


def _line(subject: DataSubject, values: Mapping[str, Any]) -> str:
    person = Member(**values)
    if subject == DataSubject.NAME:
        both = person.initials and person.first_name
        return f"{person.full_name} ({person.first_name})" if both else person.full_name
    if subject == DataSubject.ADDRESS:
        return ", ".join(filter(None, (person.address_line, " ".join(person.city_line.split()))))
    return " ".join(map(as_words, values.values()))


def as_words(value: Any) -> str:
    """A value of a field as people read it."""
    return date_format(value, "j F Y") if isinstance(value, date) else str(value or "")


def _label(name: str) -> str:
    label = str(Member._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]
