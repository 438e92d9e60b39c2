"""What the election team changes in the member file. What members change themselves is in actions/personal_data.py."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.candidate import MATCHED_FIELDS, match_members
from elections.actions.invitation import has_account, invite_member, withdraw_invitation, withdraw_open
from elections.actions.login import end_sessions, expire_challenges
from elections.enums import InvitationKind, MailKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, Invitation, Label, Member, MergedMember, User
from elections.notify import outbox
from tenants.locks import hold_lock

NAME_FIELDS: Final = frozenset(("initials", "first_name", "infix", "last_name"))
NUMBERS: Final = "member-number"
EDITABLE_FIELDS: Final = (
    "number",
    "initials",
    "first_name",
    "infix",
    "last_name",
    "birth_date",
    "email",
    "phone",
    "street",
    "house_number",
    "postcode",
    "city",
    "qualified_for",
    "is_own_staff",
    "earlier_elections",
    "trained_on",
    "remark",
)


@transaction.atomic
def create_member(values: Mapping[str, Any], labels: Iterable[str] = (), *, by: User | None) -> Member:
    """Add somebody to the member file, without access to the portal.

    values: of EDITABLE_FIELDS; without a number the next free one is taken.

    Raises:
        ActionError: when the number is in use.
    """
    hold_lock(NUMBERS)
    number = values.get("number") or next_member_number()
    _check_number_free(number)
    member = Member.objects.create(**{**values, "number": number})
    set_labels({member.pk: labels})
    match_members([member])
    audit.record("member.create", by=by, on=member)
    return member


@transaction.atomic
def update_member(
    member: Member, values: Mapping[str, Any], labels: Iterable[str], *, version: int, by: User | None
) -> Member:
    """Change data of a member; the same values again change nothing.

    values: of EDITABLE_FIELDS. labels: all labels the member will have. version: Member.version as the page showed it.

    Raises:
        ChangedElsewhere: when the member was changed since `version`, by a colleague or by the member.
        ActionError: when the number is in use, or the member's data were erased.
    """
    if values.get("number", member.number) != member.number:
        # Before the member, as who joins or reads in members: otherwise two could wait for each other.
        hold_lock(NUMBERS)
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    check_not_erased(member)
    labels = sorted(set(labels))
    before = {name: getattr(member, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    relabelled = labels != sorted(member.labels.values_list("name", flat=True))
    if not changed and not relabelled:
        return member
    if member.version != version:
        raise ChangedElsewhere(
            _("Iemand anders heeft dit lid intussen gewijzigd. Kijk de gegevens na en bewaar ze opnieuw.")
        )
    if "number" in changed:
        _check_number_free(values["number"])
    if relabelled:
        member.labels.clear()
        set_labels({member.pk: labels})
    save_changes(member, {name: values[name] for name in changed}, by=by)
    if MATCHED_FIELDS & set(changed):
        match_members([member])
    audit.record("member.update", by=by, on=member, fields=[*changed, *(["labels"] if relabelled else [])])
    return member


@transaction.atomic
def deactivate_member(member: Member, *, by: User) -> None:
    """Take somebody out of use: no access to the portal, no invitation, not to be assigned. History stays.

    Raises:
        ActionError: while the member sits in a shift of an event that is not archived.
    """
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if not member.is_active:
        return
    shifts = (
        Assignment.objects.active()
        .filter(member=member, shift__polling_station__event__archived_at=None)
        .count()
    )
    if shifts:
        raise ActionError(
            _("%(name)s is nog ingedeeld (%(count)s diensten). Haal het lid eerst uit de indeling.")
            % {"name": member.full_name, "count": shifts}
        )
    member.is_active, member.deactivated_at = False, timezone.now()
    _save(member, ["is_active", "deactivated_at"])
    if member.user:
        if Invitation.objects.open().filter(user=member.user).exists():
            withdraw_invitation(member.user, by=by)
        if not member.user.is_staff_member:
            member.user.is_active = False
            member.user.save(update_fields=["is_active"])
            end_sessions(member.user)
    audit.record("member.deactivate", by=by, on=member)


@transaction.atomic
def activate_member(member: Member, *, by: User | None) -> None:
    """Bring a member back into use; the account that there was works again.

    Not the log-in of a colleague: whether that works is decided with the staff (actions/staff.py).

    Raises:
        ActionError: when the member's data were erased.
    """
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if member.is_active:
        return
    check_not_erased(member)
    member.is_active, member.deactivated_at = True, None
    _save(member, ["is_active", "deactivated_at"])
    if member.user:
        # Who comes back lives: mail was stopped by mistake.
        member.user.mail_stopped_at = None
        member.user.is_active = member.user.is_active or not member.user.is_staff_member
        member.user.save(update_fields=["is_active", "mail_stopped_at"])
    audit.record("member.activate", by=by, on=member)


@transaction.atomic
def label_members(members: Iterable[Member], name: str, *, remove: bool = False, by: User | None) -> int:
    """Give many members a label, or take it away. Returns how many members this changed.

    Raises:
        ActionError: for an empty name, or a name over 60 characters.
    """
    name = " ".join(name.split())
    if not name or len(name) > (Label._meta.get_field("name").max_length or 0):
        raise ActionError(_("Vul een kenmerk in van hoogstens 60 tekens."))
    keys = _keys(members)
    if remove:
        # Looked up first: with a join the deletion takes ten times as long.
        labels = list(Label.objects.filter(name__iexact=name))
        through = Member.labels.through.objects
        changed, _by_model = through.filter(label__in=labels, member_id__in=keys).delete()
    else:
        changed = _give_label(name, keys)
    if changed:
        audit.record("member.unlabel" if remove else "member.label", by=by, label=name, members=changed)
    return changed


def _keys(members: Iterable[Member]) -> list[int]:
    """Primary keys; of a queryset without reading the members, of whom there may be thousands."""
    if isinstance(members, QuerySet):
        return list(members.order_by().values_list("pk", flat=True))
    return [member.pk for member in members]


def _give_label(name: str, keys: list[int]) -> int:
    """Give all these members one label, made when it is new, in one statement. Returns how many did not have it."""
    label = Label.objects.filter(name__iexact=name).first() or Label.objects.create(name=name)
    table = connection.ops.quote_name(Member.labels.through._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (member_id, label_id) SELECT unnest(%s::bigint[]), %s ON CONFLICT DO NOTHING",
            [keys, label.pk],
        )
        return int(cursor.rowcount)


def save_changes(member: Member, values: Mapping[str, Any], *, by: User | None) -> None:
    """Write changed values of a locked member, and let the account follow. Part of larger actions.

    A new e-mail address becomes the address that log-in codes go to; whoever has an account hears it on the old and
    the new address. Links and codes that went to the old address stop working; so do the sessions, unless it was the
    member who changed it. Whoever was invited and has not chosen a password gets the invitation again, on the new
    address. The log-in of a colleague keeps its own address: it opens more than the portal.
    """
    old_email = member.email
    for name, value in values.items():
        setattr(member, name, value)
    _save(member, values)
    user = member.user
    if user is None or user.is_staff_member:
        return
    if NAME_FIELDS & set(values):
        user.name = member.account_name
    if "email" in values:
        user.email = member.email
    user.save(update_fields=["name", "email"])
    if "email" not in values:
        return
    was_invited = withdraw_open(user, kinds=[InvitationKind.MEMBER]) > 0
    withdraw_open(user)
    if by is not None and by.pk == user.pk:
        expire_challenges(user)
    else:
        end_sessions(user)
    if not has_account(user):
        if was_invited and member.email and member.is_active:
            invite_member(member, by=by)
        return
    member.sensitive_change_at = timezone.now()
    member.save(update_fields=["sensitive_change_at"])
    for which, address in (("old", old_email), ("new", member.email)):
        if address:
            outbox.enqueue(
                MailKind.EMAIL_CHANGED,
                user=user,
                key=f"email-changed:{member.uuid}:{member.version}:{which}",
                reference=member.uuid,
                to_email=address,
            )


def set_labels(labels: Mapping[int, Iterable[str]]) -> None:
    """Add labels to members, by primary key; a label that does not exist yet is made. Part of larger actions."""
    wanted: dict[str, str] = {}
    for names in labels.values():
        for name in names:
            wanted.setdefault(name.casefold(), name)
    known = {label.name.casefold(): label for label in Label.objects.all()} if wanted else {}
    missing = [Label(name=name) for key, name in wanted.items() if key not in known]
    known |= {label.name.casefold(): label for label in Label.objects.bulk_create(missing)}
    through = Member.labels.through
    through.objects.bulk_create(
        [
            through(member_id=key, label_id=known[name.casefold()].pk)
            for key, names in labels.items()
            for name in names
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )


def next_member_number() -> int:
    """The number after the highest one that somebody has or had; the first member gets 1001."""
    found = [model.objects.aggregate(highest=Max("number"))["highest"] for model in (Member, MergedMember)]
    return max(found[0] or 1000, found[1] or 0) + 1


def check_not_erased(member: Member) -> None:
    """Raises ActionError when the member's data were erased: nothing may be filled in again (AVG art. 17)."""
    if member.erased_at:
        raise ActionError(_("De gegevens van dit lid zijn gewist. U kunt dit lid niet meer gebruiken."))


def _check_number_free(number: int) -> None:
    merged = MergedMember.objects.select_related("member").filter(number=number).first()
    taken = Member.objects.filter(number=number).first() or (merged and merged.member)
    if taken:
        raise ActionError(
            _("Lidnummer %(number)s is al van %(name)s.") % {"number": number, "name": taken.full_name}
        )


def _save(member: Member, fields: Iterable[str]) -> None:
    member.version += 1
    member.save(update_fields=[*fields, "version"])
