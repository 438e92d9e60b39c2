"""The house style: what the pages, mails and documents of the municipality look like."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.access import staff_required
from backoffice.forms.house_style import ColoursForm, ContactForm, PictureForm, TokensForm, colour_or
from elections.actions import house_style as actions
from elections.actions.house_style import UnreadableColour
from elections.errors import ActionError
from tenants import house_style as styles
from tenants.design_tokens import TOKENS
from tenants.house_style import Style
from tenants.models import Corners, HouseStyle

SAMPLE = ".voorbeeld-theme.zitting.z-sample"
SHOWN_LEFT = 200


@staff_required("style.edit")
@require_GET
def house_style(request: HttpRequest) -> HttpResponse:
    """Everything that can be chosen, with what it is now, and the addresses of the municipality."""
    municipality = request.tenant
    context = {
        "style": HouseStyle.objects.filter(pk=municipality.pk).only("tokens", "tokens_file").first(),
        "better": styles.readable_accent(municipality.accent),
        "domains": municipality.domains.order_by("-is_primary", "domain"),
    }
    return render(request, "backoffice/house_style/overview.html", context)


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_colours(request: HttpRequest) -> HttpResponse:
    """Accent, head and corners, with a sample beside them. "try" shows the sample and saves nothing."""
    form = ColoursForm.of(request.tenant, _with_proposal(request.POST) or None)
    context: dict[str, Any] = {"form": form, "sample_query": _sample_query(form)}
    if request.method == "POST" and form.is_valid() and request.POST.get("act") != "try":
        try:
            actions.update_colours(request.tenant, **form.cleaned_data, by=request.user)
        except UnreadableColour as problem:
            form.add_error("accent", problem.message)
            context["better"] = problem.better
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De kleuren zijn bewaard."))
            return redirect("backoffice:house-style")
    return render(request, "backoffice/house_style/colours.html", context)


@staff_required("style.edit")
@require_GET
def house_style_sample(request: HttpRequest) -> HttpResponse:
    """The style sheet of the sample with colours that somebody tries; what is no colour stays as it is saved."""
    saved = styles.style_of(request.tenant)
    corners = request.GET.get("corners", "")
    style = Style(
        accent=colour_or(request.GET.get("accent"), saved.accent),
        head=colour_or(request.GET.get("head"), ""),
        corners=corners if corners in Corners.values else saved.corners,
        tokens=saved.tokens,
    )
    return HttpResponse(styles.style_sheet(style, SAMPLE), content_type="text/css; charset=utf-8")


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_logo(request: HttpRequest) -> HttpResponse:
    """Choose another logo, or none."""
    size = _("Het mooist is een liggend logo van 640 bij 240 beeldpunten.")
    return _picture(request, "logo", actions.update_logo, size)


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_background(request: HttpRequest) -> HttpResponse:
    """Choose another picture above the log-in and the start of the portal, or none."""
    size = _("Het mooist is een liggende foto van 1600 bij 400 beeldpunten.")
    return _picture(request, "background", actions.update_background, size)


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_tokens(request: HttpRequest) -> HttpResponse:
    """Take design tokens from a file; the answer says of each what became of it."""
    if request.POST.get("act") == "remove":
        actions.remove_tokens(request.tenant, by=request.user)
        messages.success(request, _("De design tokens zijn weggehaald."))
        return redirect("backoffice:house-style")
    form = TokensForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "names": sorted(TOKENS)}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            reading = actions.update_tokens(request.tenant, file, file.name, by=request.user)
        except ActionError as problem:
            form.add_error("file", problem.message)
        else:
            context |= {
                "reading": reading,
                "left": reading.left[:SHOWN_LEFT],
                "more": len(reading.left) - SHOWN_LEFT,
            }
            return render(request, "backoffice/house_style/tokens_read.html", context)
    context["has_tokens"] = bool(styles.tokens_of(request.tenant))
    return render(request, "backoffice/house_style/tokens.html", context)


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_contact(request: HttpRequest) -> HttpResponse:
    """How members reach the team."""
    initial = {name: getattr(request.tenant, name) for name in actions.CONTACT}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_contact(request.tenant, **form.cleaned_data, by=request.user)
        except ActionError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("De gegevens van het team zijn bewaard."))
            return redirect("backoffice:house-style")
    return render(request, "backoffice/house_style/contact.html", {"form": form})


@staff_required("style.edit")
@require_http_methods(["GET", "POST"])
def house_style_reset(request: HttpRequest) -> HttpResponse:
    """Ask first; then go back to the style of the product."""
    if request.method == "GET":
        return render(request, "backoffice/house_style/reset.html")
    actions.reset_house_style(request.tenant, by=request.user)
    messages.success(request, _("De standaard huisstijl staat weer aan."))
    return redirect("backoffice:house-style")


def _picture(request: HttpRequest, what: str, update: Any, size: str) -> HttpResponse:
    form = PictureForm(None, size=size)
    if request.method == "POST":
        is_removal = request.POST.get("act") == "remove"
        form = form if is_removal else PictureForm(request.POST, request.FILES, size=size)
        if is_removal or form.is_valid():
            try:
                update(request.tenant, None if is_removal else form.cleaned_data["file"], by=request.user)
            except ActionError as problem:
                form.add_error("file", problem.message)
            else:
                messages.success(request, _("De huisstijl is aangepast."))
                return redirect("backoffice:house-style")
    return render(request, f"backoffice/house_style/{what}.html", {"form": form})


def _with_proposal(sent: QueryDict) -> QueryDict:
    """What was sent, with the colour that we proposed when its button was pressed.

    A head that followed the accent keeps the colour that was asked for: there it can be read.
    """
    if not sent.get("use"):
        return sent
    changed = sent.copy()
    changed["head"] = sent.get("head") or sent.get("accent", "")
    changed["accent"] = sent["use"]
    return changed


def _sample_query(form: ColoursForm) -> str:
    query = QueryDict(mutable=True)
    for name in ("accent", "head", "corners"):
        query[name] = str(form[name].value() or "")[:20]
    return f"{reverse('backoffice:house-style-sample')}?{query.urlencode()}"
