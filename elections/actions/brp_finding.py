"""What the BRP says that the member file does not: written down at a check, and taken over or set aside by a colleague.

The register changes nothing here by itself. An address may be in doubt, a number may be that of somebody else, and who
is said to be dead may be standing at the counter: a person looks first.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.confidentiality import end_confidentiality, mark_confidential
from elections.actions.member import check_not_erased, deactivate_member, save_changes
from elections.brp import PersonFacts
from elections.enums import (
    BrpFindingKind,
    BrpFindingState,
    BrpOutcome,
    BrpSubject,
    MailState,
)
from elections.errors import ActionError, ChangedElsewhere
from elections.models import BrpCheck, BrpFinding, Member, OutboxMail, User
from elections.notify import outbox
from elections.permissions import can
from elections.queries.confidentiality import RIGHT as CONFIDENTIAL
from elections.queries.confidentiality import may_see_contact
from tenants.context import current_schema

RIGHT: Final = "brp.check"
ADDRESS_FIELDS: Final = ("street", "house_number", "postcode", "city")
# Which kinds a subject can give. Who is not in the register at all is told whatever was asked.
KINDS: Final[dict[str, tuple[BrpFindingKind, ...]]] = {
    BrpSubject.ADDRESS: (BrpFindingKind.ADDRESS, BrpFindingKind.ELSEWHERE),
    BrpSubject.DEATH: (BrpFindingKind.DECEASED,),
    BrpSubject.SECRECY: (BrpFindingKind.SECRECY, BrpFindingKind.SECRECY_ENDED),
}
# Of these a colleague can only take note, so that once is enough. What changed something, and differs again, was undone
# by somebody since, and is news.
NOTED: Final = (BrpFindingKind.ELSEWHERE, BrpFindingKind.UNKNOWN)


@dataclass(frozen=True)
class _Difference:
    kind: BrpFindingKind
    values: dict[str, Any]
    told: str

    def fingerprint(self, member: Member) -> str:
        """A keyed digest of what the register says, by which the same news is known again."""
        return salted_hmac(
            "elections.brp-finding",
            f"{current_schema()}|{member.uuid}|{self.kind}|{self.told}",
            algorithm="sha256",
        ).hexdigest()


def note_facts(member: Member, facts: PersonFacts | None, subjects: list[str], *, anew: bool = False) -> bool:
    """Write down what the register says otherwise of a locked member, and that it was looked up. Part of a check.

    facts: None when the person is not in the register. subjects: what was asked; findings on others stay as they are.
    anew: tell what was set aside before, too. Returns whether there is something that was not told yet.
    """
    differences = _differences(member, facts, subjects)
    waiting = {finding.kind: finding for finding in member.brp_findings.select_for_update().waiting()}
    asked = {BrpFindingKind.UNKNOWN, *(kind for subject in subjects for kind in KINDS[subject])}
    told = {difference.kind for difference in differences}
    for kind in asked - told:
        if finding := waiting.pop(kind, None):
            finding.settle(BrpFindingState.LAPSED, by=audit.SYSTEM, at=timezone.now())
            finding.save()
    new = [_note(member, difference, waiting, anew) for difference in differences]
    outcome = BrpOutcome.DIFFERS if member.brp_findings.waiting().exists() else BrpOutcome.SAME
    BrpCheck.objects.update_or_create(
        member=member, defaults={"checked_at": timezone.now(), "outcome": outcome}
    )
    return any(new)


@transaction.atomic
def accept_finding(finding: BrpFinding, *, version: int, by: User) -> BrpFinding:
    """Do what the finding asks: take over the address, stop with who died, mark data as confidential; or note it.

    version: Member.version as the page showed it.

    Raises:
        ChangedElsewhere: when a colleague decided meanwhile, or the member was changed since `version`.
        ActionError: without the right; or for who died while they still have a place, naming what to do first.
    """
    finding, member = _lock(finding, by)
    if member.version != version:
        raise ChangedElsewhere(
            _("De gegevens van dit lid zijn intussen gewijzigd. Kijk opnieuw, en beslis dan.")
        )
    done = {
        BrpFindingKind.ADDRESS: _take_over_address,
        BrpFindingKind.DECEASED: _stop_with,
        BrpFindingKind.SECRECY: _keep_secret,
        BrpFindingKind.SECRECY_ENDED: _no_longer_secret,
    }.get(BrpFindingKind(finding.kind))
    if done:
        done(finding, member, by)
    _settle(finding, BrpFindingState.ACCEPTED, by, "brp_finding.accept")
    return finding


@transaction.atomic
def set_aside_finding(finding: BrpFinding, *, by: User) -> BrpFinding:
    """Leave the member file as it is; the same news is not told again by a check of many.

    Raises:
        ChangedElsewhere: when a colleague decided meanwhile.
        ActionError: without the right.
    """
    finding, _member = _lock(finding, by)
    _settle(finding, BrpFindingState.SET_ASIDE, by, "brp_finding.set_aside")
    return finding


def _differences(member: Member, facts: PersonFacts | None, subjects: list[str]) -> list[_Difference]:
    if facts is None:
        return [_Difference(BrpFindingKind.UNKNOWN, {}, "")]
    found = []
    if facts.is_deceased:
        # What else the register says of the dead is of no use to anybody.
        values = {"since": facts.died_on, "is_investigated": facts.is_investigated}
        return [] if _is_stopped(member) else [_Difference(BrpFindingKind.DECEASED, values, facts.died_on)]
    told = {"since": facts.since, "is_investigated": facts.is_investigated}
    if facts.address and not facts.address.is_of(member):
        address = {name: getattr(facts.address, name) for name in ADDRESS_FIELDS}
        found.append(_Difference(BrpFindingKind.ADDRESS, told | address, "|".join(address.values())))
    if facts.lives_elsewhere:
        found.append(_Difference(BrpFindingKind.ELSEWHERE, told, facts.since))
    if facts.is_secret and not (member.is_confidential and member.confidential_until is None):
        found.append(_Difference(BrpFindingKind.SECRECY, {}, ""))
    if BrpSubject.SECRECY in subjects and not facts.is_secret and _was_kept_secret(member):
        found.append(_Difference(BrpFindingKind.SECRECY_ENDED, {}, f"{member.confidential_since}"))
    return found


def _is_stopped(member: Member) -> bool:
    return not member.is_active and bool(member.user is None or member.user.mail_stopped_at)


def _was_kept_secret(member: Member) -> bool:
    """Whether the mark that the member has now came from the register."""
    since = member.confidential_since
    return (
        member.is_confidential
        and member.brp_findings.filter(
            kind=BrpFindingKind.SECRECY, state=BrpFindingState.ACCEPTED, settled_at__gte=since
        ).exists()
    )


def _note(member: Member, difference: _Difference, waiting: dict[str, BrpFinding], anew: bool) -> bool:
    """Whether this is news."""
    fingerprint = difference.fingerprint(member)
    finding = waiting.get(difference.kind)
    if finding is not None and finding.fingerprint == fingerprint:
        return False
    if finding is None and not anew and _is_decided(member, difference.kind, fingerprint):
        return False
    finding = finding or BrpFinding(member=member, kind=difference.kind)
    for name, value in difference.values.items():
        setattr(finding, name, value)
    finding.fingerprint, finding.found_at = fingerprint, timezone.now()
    finding.save()
    audit.record("brp_finding.note", by=None, on=member, kind=str(difference.kind))
    return True


def _is_decided(member: Member, kind: BrpFindingKind, fingerprint: str) -> bool:
    states = [BrpFindingState.SET_ASIDE, *([BrpFindingState.ACCEPTED] if kind in NOTED else [])]
    return member.brp_findings.filter(kind=kind, fingerprint=fingerprint, state__in=states).exists()


def _lock(finding: BrpFinding, by: User) -> tuple[BrpFinding, Member]:
    """The open finding and its member as they are now. Raises ActionError or ChangedElsewhere."""
    if not can(by, RIGHT):
        raise ActionError(_("U mag niet beslissen over wat de BRP zegt."))
    members = Member.objects.select_for_update(of=("self",)).select_related("user")
    member = members.get(pk=finding.member_id)
    check_not_erased(member)
    finding = BrpFinding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if finding.state != BrpFindingState.OPEN:
        raise ChangedElsewhere(_("Hierover is al besloten. Er is niets gewijzigd."))
    finding.member = member
    return finding, member


def _settle(finding: BrpFinding, state: BrpFindingState, by: User, action: str) -> None:
    finding.settle(state, by=by.display_name, at=timezone.now())
    finding.save()
    audit.record(action, by=by, on=finding.member, kind=finding.kind)


def _take_over_address(finding: BrpFinding, member: Member, by: User) -> None:
    if not may_see_contact(member, by):
        raise ActionError(_("De gegevens van dit lid zijn vertrouwelijk. Een collega met dat recht beslist."))
    values = {name: getattr(finding, name) for name in ADDRESS_FIELDS}
    changed = {name: value for name, value in values.items() if getattr(member, name) != value}
    save_changes(member, changed, by=by)
    audit.record("member.update", by=by, on=member, fields=sorted(changed))


def _stop_with(_finding: BrpFinding, member: Member, by: User) -> None:
    """Take who died out of use, and let no mail leave any more: neither what waits nor what comes."""
    deactivate_member(member, by=by)
    user = member.user
    if user is None:
        return
    User.objects.filter(pk=user.pk).update(mail_stopped_at=timezone.now())
    OutboxMail.objects.filter(user=user, state=MailState.WAITING).update(
        state=MailState.FAILED, error=outbox.mail_stopped_words()
    )


def _keep_secret(_finding: BrpFinding, member: Member, _by: User) -> None:
    # By the system: a mark that a colleague made for another reason then stays, with that reason.
    mark_confidential(member, _("Geheimhouding volgens de BRP"), None, None)


def _no_longer_secret(_finding: BrpFinding, member: Member, by: User) -> None:
    if not can(by, CONFIDENTIAL):
        raise ActionError(_("U mag de vertrouwelijkheid van dit lid niet beëindigen."))
    end_confidentiality(member, by=by)
