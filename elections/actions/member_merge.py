"""Joining two rows of the member file that are one person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit, secrets
from elections.actions.candidate import match_members
from elections.actions.confidentiality import drop_contact_papers
from elections.actions.invitation import has_account
from elections.actions.lock import hold_shifts
from elections.actions.login import end_sessions
from elections.actions.login_limits import digest
from elections.actions.member import NUMBERS, check_not_erased, save_changes
from elections.actions.member_relations import check_nothing_left, move_account_rows, move_member_rows
from elections.enums import MailKind, SecretKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import Assignment, Member, MemberSecret, MergedMember, PlanChange, SignIn, User
from elections.notify import outbox
from elections.permissions import can
from elections.queries.confidentiality import RIGHT
from elections.queries.member_merge import (
    ACCOUNT,
    GONE,
    GROUPS,
    account_default,
    differences,
    merged_values,
    obstacles,
    reads_hidden,
    secret_key,
)
from elections.queries.personal_data import recent_addresses
from tenants.locks import hold_lock


@transaction.atomic
def merge_members(
    keep: Member, gone: Member, choices: Mapping[str, str], *, versions: tuple[int, int], by: User
) -> Member:
    """Make `gone` go up in `keep`: everything that points to it points to `keep`, and the row itself is deleted.

    Nobody can take it apart again. The number and the public id of `gone` stay known (MergedMember). Where both rows
    say something, `choices` decides; what is not in it goes by the default of queries.member_merge.

    choices: by `Difference.key`: "keep", "gone" or "both". versions: Member.version of both as the page showed them.

    Raises:
        ChangedElsewhere: when one of them was changed since.
        ActionError: when they cannot be joined (`obstacles`), when one is erased or the same, or when their contact
            data are hidden from `by`.
    """
    if keep.pk == gone.pk:
        raise ActionError(_("Kies twee verschillende leden."))
    hold_lock(NUMBERS)
    keep, gone = _lock(keep.pk, gone.pk)
    _check(keep, gone, versions, by)
    found = differences(keep, gone)
    chosen = {each.key: each.default for each in found} | dict(choices)
    values = merged_values(keep, gone, chosen)
    old_number = keep.number if values["number"] == gone.number else gone.number
    had_account = keep.user is not None
    closed = _join_accounts(keep, gone, chosen)
    moved = _join_numbers(keep, gone, chosen)
    move_member_rows(keep, gone, chosen)
    _rename_in_plan_changes(keep, gone)
    moments = _moments(keep, gone)
    if had_account and SecretKind.IBAN in moved:
        moments["sensitive_change_at"] = timezone.now()
        _tell_account_number(keep, moments["sensitive_change_at"])
    if closed:
        # The number stays, and somebody else may be the one who logs in now.
        moments["sensitive_change_at"] = timezone.now()
    if keep.is_confidential != gone.is_confidential:
        drop_contact_papers()
    version = max(keep.version, gone.version) + 1
    check_nothing_left(gone)
    uuid = gone.uuid
    Member.objects.filter(pk=gone.pk).delete()
    MergedMember.objects.create(
        uuid=uuid, number=old_number, member=keep, account=closed.uuid if closed else None
    )
    keep = _save(keep, values, moments, version, by)
    match_members([keep])
    won = sorted({key.partition(":")[0] for key in chosen if chosen[key] == GONE})
    audit.record("member.merge", by=by, on=keep, number=old_number, fields=won)
    if closed:
        _tell(keep, closed)
    return keep


def _lock(keep: int, gone: int) -> tuple[Member, Member]:
    """Both rows, behind the shifts in which they work; whoever adds something that points to them waits."""
    places = Assignment.objects.active().filter(member__in=(keep, gone))
    hold_shifts(places.values_list("shift_id", flat=True))
    rows = Member.objects.select_for_update(of=("self",)).select_related("user")
    found = {member.pk: member for member in rows.filter(pk__in=(keep, gone)).order_by("pk")}
    if len(found) < 2:
        raise ChangedElsewhere(
            _("Eén van deze leden bestaat niet meer. Misschien voegde een collega ze al samen.")
        )
    return found[keep], found[gone]


def _check(keep: Member, gone: Member, versions: tuple[int, int], by: User) -> None:
    check_not_erased(keep)
    check_not_erased(gone)
    if (keep.version, gone.version) != versions:
        raise ChangedElsewhere(
            _("Eén van deze leden is intussen gewijzigd. Kijk de gegevens na en kies opnieuw.")
        )
    if reads_hidden(keep, gone) and not can(by, RIGHT):
        raise ActionError(_("Deze contactgegevens zijn vertrouwelijk. Alleen een beheerder kan dit."))
    for text in obstacles(keep, gone):
        raise ActionError(text)


def _join_accounts(keep: Member, gone: Member, chosen: Mapping[str, str]) -> User | None:
    """Give `keep` the account that stays. Returns the one that is closed, if there were two.

    Raises:
        ActionError: when a colleague's account would be closed: it opens more than the portal.
    """
    mine, other = keep.user, gone.user
    if other is None:
        return None
    Member.objects.filter(pk=gone.pk).update(user=None)
    if mine is None:
        keep.user = other
        keep.save(update_fields=["user"])
        return None
    stays, goes = (other, mine) if chosen.get(ACCOUNT, account_default(keep, gone)) == GONE else (mine, other)
    if goes.is_staff_member:
        raise ActionError(_("Dit is ook het account van een collega. Kies dat account om te houden."))
    keep.user = stays
    keep.save(update_fields=["user"])
    if goes.mail_stopped_at and not stays.mail_stopped_at:
        stays.mail_stopped_at = goes.mail_stopped_at
        stays.save(update_fields=["mail_stopped_at"])
    keys = list(SignIn.objects.filter(user=goes).going_on().values_list("session_key", flat=True))
    end_sessions(goes)
    Session.objects.filter(session_key__in=keys).delete()
    move_account_rows(stays, goes)
    check_nothing_left(goes)
    User.objects.filter(pk=goes.pk).delete()
    return goes


def _join_numbers(keep: Member, gone: Member, chosen: Mapping[str, str]) -> set[SecretKind]:
    """Give `keep` the numbers that stay. Returns the kinds of those that came from `gone`."""
    moved = set()
    rows = {(row.member_id, row.kind): row for row in MemberSecret.objects.filter(member__in=(keep, gone))}
    for kind in SecretKind:
        mine, other = rows.get((keep.pk, kind)), rows.get((gone.pk, kind))
        if other is None:
            continue
        if mine is not None and chosen.get(secret_key(kind)) != GONE:
            other.delete()
            continue
        if mine is not None:
            mine.delete()
        try:
            secrets.move_secret(other, keep)
        except secrets.SecretDamaged:
            text = _("Het nummer (%(kind)s) van %(name)s is beschadigd. Kies het andere nummer.")
            raise ActionError(text % {"kind": kind.label, "name": gone.full_name}) from None
        moved.add(kind)
    return moved


def _rename_in_plan_changes(keep: Member, gone: Member) -> None:
    """Steps of the planning that can be undone speak of members by their public id."""
    old, new = str(gone.uuid), str(keep.uuid)
    for change in PlanChange.objects.annotate(text=Cast("steps", TextField())).filter(text__contains=old):
        change.steps = _renamed(change.steps, old, new)
        change.save(update_fields=["steps"])


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, old, new) for each in value]
    return new if value == old else value


def _moments(keep: Member, gone: Member) -> dict[str, Any]:
    """What nobody chooses: the first and last moments of both, and whatever protects most."""
    active = keep.is_active or gone.is_active
    found: dict[str, Any] = {
        name: max(filter(None, (getattr(keep, name), getattr(gone, name))), default=None)
        for name in ("data_checked_at", "sensitive_change_at", "last_worked_on", "deactivated_at")
    }
    found |= {"created_at": min(keep.created_at, gone.created_at), "is_active": active}
    if active:
        found["deactivated_at"] = None
    marked = [member for member in (keep, gone) if member.is_confidential]
    if marked:
        ends = [member.confidential_until for member in marked]
        found |= {
            "confidential_since": min(member.confidential_since for member in marked),  # type: ignore[type-var]
            "confidential_until": None if None in ends else max(ends),  # type: ignore[type-var]
            "confidential_reason": "; ".join(dict.fromkeys(member.confidential_reason for member in marked))[
                :200
            ],
        }
    return found


def _save(keep: Member, values: dict[str, Any], moments: dict[str, Any], version: int, by: User) -> Member:
    user = keep.user
    for name, value in moments.items():
        setattr(keep, name, value)
    keep.version = version
    if user and not user.is_staff_member:
        if user.is_active != keep.is_active:
            user.is_active = keep.is_active
            user.save(update_fields=["is_active"])
        # The address of the account that stays is the old one; whoever reads it hears of another.
        keep.email = user.email
    keep.save(update_fields=[*moments, "version", "email"])
    changed = {
        name: values[name]
        for names in GROUPS.values()
        for name in names
        if getattr(keep, name) != values[name]
    }
    save_changes(keep, changed, by=by)
    return keep


def _tell_account_number(keep: Member, moment: datetime) -> None:
    """As when a member changes it: a second row with another number must not redirect somebody's allowance unseen."""
    user = keep.user
    if user is None or not has_account(user):
        return
    for address in recent_addresses(user):
        key = f"iban-changed:{keep.uuid}:{moment.isoformat()}:{digest(address)[:16]}"
        outbox.enqueue(MailKind.IBAN_CHANGED, user=user, key=key, to_email=address)


def _tell(keep: Member, closed: User) -> None:
    """Whoever used the account that was closed must know with which one to log in."""
    user = keep.user
    if user is None or not has_account(closed):
        return
    for address in {user.email, closed.email} - {""}:
        key = f"member-merged:{closed.uuid}:{'new' if address == user.email else 'old'}"
        outbox.enqueue(MailKind.MEMBER_MERGED, user=user, key=key, reference=keep.uuid, to_email=address)
