"""The member's trainings: which there are, how far they are, and the way to the site of one.

The button is a form of our own, and the way out is a link on the page behind it: a redirect after a form would fall
under the form-action of our Content-Security-Policy, which lets forms go nowhere else.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from elections.actions.training import begin_training
from elections.enums import StepKind
from elections.errors import ActionError
from elections.models import Training
from elections.queries.event import current_event
from elections.queries.portal_step import period_text, portal_step
from elections.queries.step_progress import Stage, stages_of
from elections.queries.training import TrainingNeed, needed_kinds, needs_of, own_trainings, start_for_link
from elections.training_token import signed_link
from portal.access import member_required


@member_required
@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """The trainings for the work of this member, each with its state and a button."""
    event = current_event()
    step = portal_step(event, StepKind.TRAINING, request.member) if event else None
    context: dict[str, object] = {"step": step, "trainings": []}
    if event and step:
        (stage,) = stages_of(request.member, [(StepKind.TRAINING, event)])
        kinds = needed_kinds(request.member, event) if step.is_open else set()
        trainings = own_trainings(request.member, event, kinds)
        needs = needs_of(kinds, trainings)
        context |= {
            "period": period_text(step),
            "trainings": trainings,
            "needs": needs,
            "need_words": [_need_words(need) for need in needs],
            "is_done": stage is Stage.DONE,
            "is_needed": stage is not Stage.NOTHING_YET,
            "since": event.trained_since,
        }
    return render(request, "portal/training/training.html", context)


def _need_words(need: TrainingNeed) -> str:
    """For instance "Voorzitter: nog te doen"."""
    state = _("nog te doen") if need.trainings else _("er staat nog geen training klaar")
    return f"{capfirst(need.kind.label)}: {_('gedaan') if need.is_done else state}"


@member_required
@require_POST
def training_begin(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that the member goes, and show the way out."""
    chosen = get_object_or_404(Training, uuid=uuid)
    event = current_event()
    if event is None:
        return redirect("portal:training")
    try:
        begin_training(chosen, request.member, event, by=request.user)
    except ActionError as problem:
        messages.error(request, problem.message)
        return redirect("portal:training")
    return redirect("portal:training-go", uuid)


@member_required
@require_safe
def training_go(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A link to the site that knows who comes, good for ten minutes. Only for who pressed the button: otherwise 404."""
    start = start_for_link(request.member, current_event(), uuid)
    if start is None:
        get_object_or_404(Training, uuid=uuid, starts__member=request.member)
        return redirect("portal:training")
    return render(request, "portal/training/go.html", {"start": start, "link": signed_link(start)})
