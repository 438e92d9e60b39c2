"""Marking a member's contact data as confidential, and ending that. What it hides: queries/confidentiality.py."""

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.job_file import drop_job_files
from elections.actions.member import check_not_erased
from elections.enums import JobKind
from elections.errors import ActionError
from elections.models import Member, User
from elections.permissions import can
from elections.queries.confidentiality import RIGHT

LONGEST_REASON: Final = 200
_FIELDS: Final = ("confidential_since", "confidential_until", "confidential_reason", "version")


@transaction.atomic
def mark_confidential(member: Member, reason: str, until: date | None, actor: User | None) -> Member:
    """Hide the contact data of `member` from everybody without the right `member.confidential`.

    A mark that is there is replaced by who has that right. Of anybody else, and of the system, it only grows: the
    longest term stays, and the new reason comes behind the old one.

    until: the last day, in the municipality's time zone; None until a colleague ends it.
    actor: None is the system, such as the check with the BRP.

    Raises:
        ActionError: without a reason, with one over 200 characters, with a last day that is over, or when the
            member's data were erased.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ActionError(_("Schrijf op waarom de gegevens vertrouwelijk zijn."))
    if len(reason) > LONGEST_REASON:
        raise ActionError(_("Gebruik hoogstens 200 tekens voor de reden."))
    if until and until < timezone.localdate():
        raise ActionError(_("Deze dag is al voorbij. Kies vandaag of een latere dag."))
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    check_not_erased(member)
    if member.is_confidential and not (actor and can(actor, RIGHT)):
        until, reason = _longest(member.confidential_until, until), _both(member.confidential_reason, reason)
    if (member.is_confidential, member.confidential_until, member.confidential_reason) == (
        True,
        until,
        reason,
    ):
        return member
    if not member.is_confidential:
        member.confidential_since = timezone.now()
        drop_contact_papers()
    member.confidential_until, member.confidential_reason = until, reason
    _save(member)
    # The reason is not for the log, which more people read.
    audit.record("member.mark_confidential", by=actor, on=member, until=until.isoformat() if until else "")
    return member


def drop_contact_papers() -> None:
    """Remove the files with addresses and telephone numbers that lie ready for the team.

    For when those of a member became confidential. All files, not those with this one member alone: they are made
    again in minutes.
    """
    with_contact = Q(kind__in=(JobKind.ADDRESS_LABELS, JobKind.CONTACT_SHEETS)) | Q(
        kind=JobKind.STATION_DOSSIERS, parameters__with_phones=True
    )
    drop_job_files(
        with_contact,
        _("Dit bestand is weg, omdat gegevens van een lid vertrouwelijk werden. Maak het opnieuw."),
    )


@transaction.atomic
def end_confidentiality(member: Member, *, by: User | None) -> None:
    """Let everybody who sees the member file see the contact data of `member` again; twice changes nothing."""
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if member.confidential_since is not None:
        _end(member, by)


@transaction.atomic
def forget_ended() -> int:
    """Clear the marks whose last day is over, with their reasons. Returns how many. Part of the night's work."""
    over = Member.objects.select_for_update(of=("self",)).filter(confidential_until__lt=timezone.localdate())
    members = list(over.order_by("pk"))
    for member in members:
        _end(member, None)
    return len(members)


def _end(member: Member, by: User | None) -> None:
    member.confidential_since = member.confidential_until = None
    member.confidential_reason = ""
    _save(member)
    audit.record("member.end_confidential", by=by, on=member)


def _longest(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)


def _both(one: str, other: str) -> str:
    return one if other in one else f"{one}; {other}"[:LONGEST_REASON]


def _save(member: Member) -> None:
    member.version += 1
    member.save(update_fields=_FIELDS)
