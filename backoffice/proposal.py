"""What the pages about proposals share: finding one, what is on every page of it, and how far it is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.forms.proposal import FREE, KEEP
from backoffice.tables.proposal import state_badge
from elections.actions.plan_change import UndoPlan, plan_undo
from elections.enums import JobState, ProposalState
from elections.models import ElectionEvent, Proposal
from elections.permissions import can
from elections.queries.proposal import estimate
from elections.queries.proposal_take_over import TakeOver
from tenants.numbers import grouped


def find_proposal(request: HttpRequest, uuid: UUID) -> Proposal:
    """A proposal of any state; the page is about its event, whichever the colleague chose."""
    found = Proposal.objects.select_related("event", "job", "plan_change", "created_by")
    proposal = get_object_or_404(found, uuid=uuid)
    request.event = proposal.event
    return proposal


def ready_proposal(request: HttpRequest, uuid: UUID) -> Proposal:
    """A proposal with an answer; one that is still being made has nothing on these pages yet."""
    proposal = find_proposal(request, uuid)
    if proposal.state not in (ProposalState.READY, ProposalState.TAKEN_OVER):
        raise Http404
    return proposal


def page_context(request: HttpRequest, proposal: Proposal, here: str) -> dict[str, Any]:
    """What every page of one proposal shows."""
    pages = (
        ("detail", _("Samenvatting")),
        ("placements", _("Plaatsen")),
        ("unfilled", _("Niet gevuld")),
        ("compare", _("Vergelijken")),
    )
    return {
        "proposal": proposal,
        "badge": state_badge(proposal),
        "may_edit": can(request.user, "planning.edit"),
        "again_url": f"{reverse('backoffice:proposal-create')}?from={proposal.uuid}",
        "tabs": [
            {
                "label": label,
                "url": reverse(f"backoffice:proposal-{name}", kwargs={"uuid": proposal.uuid}),
                "current": name == here,
            }
            for name, label in pages
        ],
    }


def progress_context(proposal: Proposal) -> dict[str, Any]:
    """`is_busy`: it is looking; `is_saving`: it was stopped, and the best so far is to come; `is_lost`: it broke."""
    job, waits = proposal.job, proposal.state == ProposalState.WAITING
    return {
        "proposal": proposal,
        "job": job,
        "is_busy": bool(waits and job and not job.is_finished),
        "is_saving": bool(waits and job and job.state == JobState.CANCELLED),
        "is_lost": bool(waits and (job is None or job.state in (JobState.FAILED, JobState.DONE))),
    }


def undo_of(proposal: Proposal) -> UndoPlan | None:
    """What undoing its taking over would do; None when it was not taken over, or that was undone."""
    change = proposal.plan_change
    return plan_undo(change) if change and not change.undone_at else None


def estimates(event: ElectionEvent) -> list[tuple[str, Any]]:
    """The quick estimate for both answers to what happens with who is placed already."""
    return [(choice, estimate(event, keeps_present=choice == KEEP)) for choice in (KEEP, FREE)]


def estimate_context(found: list[tuple[str, Any]] | None) -> dict[str, Any]:
    """For proposal/estimate.html; without numbers the page fetches them itself."""
    no_room = bool(found) and all(each.filled <= each.present for _choice, each in found or ())
    return {"estimates": found, "no_room": no_room}


def tell_taken_over(request: HttpRequest, done: TakeOver) -> None:
    """Say how many places it filled, and how many people were passed over."""
    text = ngettext(
        "%(count)s plaats is ingevuld. Leden zien dit pas als u publiceert.",
        "%(count)s plaatsen zijn ingevuld. Leden zien dit pas als u publiceert.",
        len(done.added),
    )
    messages.success(request, text % {"count": grouped(len(done.added))})
    if done.skipped:
        text = ngettext(
            "%(count)s persoon is overgeslagen, omdat er intussen iets veranderde.",
            "%(count)s mensen zijn overgeslagen, omdat er intussen iets veranderde.",
            len(done.skipped),
        )
        messages.warning(request, text % {"count": grouped(len(done.skipped))})
