"""What members change about themselves. The team's own changes to a member are in actions/member.py."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit, secrets
from elections.actions.candidate import MATCHED_FIELDS, match_members
from elections.actions.login import check_own_password
from elections.actions.login_limits import digest
from elections.actions.personal_data_change import ask_if_needed, withdraw_personal_data_change
from elections.enums import MailKind, SecretKind, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import ElectionEvent, Member, PersonalDataChange, User
from elections.notify import outbox
from elections.queries.personal_data import missing_personal_data, recent_addresses
from elections.queries.personal_data_change import subject_of, waiting_change
from elections.queries.portal_step import is_checked_for, require_open_step

# What a member may change without more ado; anything else in a form is not looked at.
OWN_FIELDS = (
    "initials",
    "first_name",
    "infix",
    "last_name",
    "birth_date",
    "phone",
    "street",
    "house_number",
    "postcode",
    "city",
)
MAX_AGE = 110


@transaction.atomic
def change_personal_data(
    member: Member,
    event: ElectionEvent | None,
    changes: Mapping[str, object],
    *,
    version: int,
    by: User | None,
) -> PersonalDataChange | None:
    """Change some of OWN_FIELDS; the same values again change nothing, and take back what waits for the team.

    changes: all fields of one subject. version: Member.version as the page showed it.

    Returns what waits for the team now; None when the change counts at once.

    Raises:
        StepNotOpen: when the member may not change data now.
        ChangedElsewhere: when the member's row was changed since `version`, by another tab or by a colleague.
        ActionError: for a birth date that cannot be.
    """
    member = _lock(member, event)
    unknown = set(changes) - set(OWN_FIELDS)
    if unknown:
        raise ValueError(f"not for members to change: {sorted(unknown)}")
    changed = sorted(name for name, value in changes.items() if getattr(member, name) != value)
    if not changed:
        _take_back(member, changes, by=by)
        return None
    _check_version(member, version)
    if "birth_date" in changed:
        _check_birth_date(changes["birth_date"])
    waits = ask_if_needed(member, changes, by=by)
    if waits:
        return waits
    _take_back(member, changes, by=by)
    for name in changed:
        setattr(member, name, changes[name])
    _save(member, changed)
    if MATCHED_FIELDS & set(changed):
        match_members([member])
    if member.user and {"initials", "first_name", "infix", "last_name"} & set(changed):
        member.user.name = member.account_name
        member.user.save(update_fields=["name"])
    audit.record("personal_data.change", by=by, on=member, fields=list(changed))
    return None


@transaction.atomic
def give_person_number(member: Member, event: ElectionEvent | None, value: str, *, by: User) -> None:
    """Store the BSN of a member who had not given it. Nobody can read it back or change it in the portal.

    Raises:
        StepNotOpen: when the member may not change data now.
        ActionError: when there is one already, or when it is no valid number.
    """
    member = _lock(member, event)
    if SecretKind.BSN in secrets.secrets_present(member):
        raise ActionError(
            _("Dit nummer is al bij ons bekend. Denkt u dat het niet klopt? Neem contact met ons op.")
        )
    secrets.set_secret(member, SecretKind.BSN, value, by=by)


def change_iban(
    member: Member, event: ElectionEvent | None, value: str, password: str, *, by: User, browser: str = ""
) -> None:
    """Store the account on which the member wants the allowance, in place of the one that was known.

    The member is told by mail, on a former address too when that was changed lately; for 48 hours whoever pays sees
    that something changed.

    browser: the digest of the browser's own cookie, as in login_limits.count_attempt.

    Raises:
        StepNotOpen: when the member may not change data now.
        ActionError: when the password is wrong or was tried too often, or when it is no valid IBAN.
    """
    check_own_password(by, password, browser=browser)
    with transaction.atomic():
        member = _lock(member, event)
        secrets.set_secret(member, SecretKind.IBAN, value, by=by)
        member.sensitive_change_at = timezone.now()
        member.save(update_fields=["sensitive_change_at"])
        for address in recent_addresses(by):
            key = (
                f"iban-changed:{member.uuid}:{member.sensitive_change_at.isoformat()}:{digest(address)[:16]}"
            )
            outbox.enqueue(MailKind.IBAN_CHANGED, user=by, key=key, to_email=address)


@transaction.atomic
def confirm_personal_data(member: Member, event: ElectionEvent | None, *, by: User | None) -> Member:
    """The member says that the data are right. Saying it twice changes nothing.

    Missing secrets do not stop this: the step stays "busy" until they are there.

    Raises:
        StepNotOpen: when the step is not open.
        ActionError: when something that is asked of every member is empty.
    """
    member = _lock(member, event)
    missing = missing_personal_data(member, list(SecretKind))
    if missing:
        raise ActionError(_("Vul eerst nog in: %(fields)s.") % {"fields": ", ".join(missing)})
    if event and not is_checked_for(member, event):
        member.data_checked_at = timezone.now()
        member.save(update_fields=["data_checked_at"])
        audit.record("personal_data.confirm", by=by, on=member)
    return member


def _lock(member: Member, event: ElectionEvent | None) -> Member:
    require_open_step(event, StepKind.PERSONAL_DATA, member)
    return Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)


def _take_back(member: Member, changes: Mapping[str, object], *, by: User | None) -> None:
    subject = subject_of(changes)
    waits = waiting_change(member, subject) if subject else None
    if waits:
        withdraw_personal_data_change(waits, by=by)


def _save(member: Member, fields: list[str]) -> None:
    member.version += 1
    member.save(update_fields=[*fields, "version"])


def _check_version(member: Member, version: int) -> None:
    if member.version != version:
        raise ChangedElsewhere(
            _("Deze gegevens zijn intussen ergens anders gewijzigd. Kijk ze na en bewaar ze opnieuw.")
        )


def _check_birth_date(value: object) -> None:
    today = timezone.localdate()
    if not isinstance(value, date) or not today.year - MAX_AGE <= value.year <= today.year or value > today:
        raise ActionError(_("Deze geboortedatum kan niet kloppen. Vul dag, maand en jaar in."))
