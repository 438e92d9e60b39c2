"""What the municipality knows about the member: look, correct, say that it is right."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from elections import secrets
from elections.actions import personal_data as actions
from elections.actions.declaration import answer_declaration
from elections.actions.email_confirmation import ask_email_change, waiting_confirmation
from elections.actions.own_answer import give_own_answer
from elections.actions.personal_data_change import withdraw_personal_data_change
from elections.data_register import why
from elections.enums import SecretKind, StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import OwnField
from elections.queries.declaration import declarations_of
from elections.queries.event import current_event
from elections.queries.own_field import own_answers
from elections.queries.portal_step import is_checked_for, is_step_open, period_text, portal_step
from portal.access import look_going_on, member_required
from portal.browser import browser_digest
from portal.forms import personal_data as forms
from portal.forms.own_question import DeclarationForm, OwnQuestionForm
from portal.views.personal_data_asked import asked_sections, change_notes
from portal.views.personal_data_overview import masked_iban, sections

NAME = "portal:personal-data"
TEMPLATES = "portal/personal_data"


@member_required
def personal_data(request: HttpRequest) -> HttpResponse:
    """All data with "Wijzigen" per subject while the step is open; a member may always look."""
    event = current_event()
    step = portal_step(event, StepKind.PERSONAL_DATA, request.member) if event else None
    known = secrets.secrets_present(request.member)
    can_change = step is not None and step.is_open
    looked_at = look_going_on(request) is not None
    own = sections(request.member, known, can_change=can_change, hide_numbers=looked_at)
    asked = asked_sections(request.member, can_change=can_change, hide_sensitive=looked_at)
    context = {
        "sections": [*own, *asked],
        "change_notes": change_notes(request.member),
        "can_change": can_change,
        "period": period_text(step) if step else "",
        "is_checked": event is not None and is_checked_for(request.member, event),
        "waiting_email": waiting_confirmation(request.user) if can_change else None,
    }
    return render(request, f"{TEMPLATES}/personal_data.html", context)


@member_required
@require_POST
def personal_data_confirm(request: HttpRequest) -> HttpResponse:
    """ "My data are right"."""
    try:
        actions.confirm_personal_data(request.member, current_event(), by=request.user)
    except ActionError as error:
        messages.error(request, error.message)
        return redirect(NAME)
    messages.success(request, _("Dank u wel. Uw gegevens zijn nagekeken."))
    return redirect("portal:home")


@member_required
def personal_data_name(request: HttpRequest) -> HttpResponse:
    """Initials, first name, infix and last name."""
    return _subject(request, forms.NameForm, _("Uw naam"))


@member_required
def personal_data_birth_date(request: HttpRequest) -> HttpResponse:
    """The date of birth: on the day of the vote a member must be old enough."""
    return _subject(request, forms.BirthDateForm, _("Uw geboortedatum"))


@member_required
def personal_data_address(request: HttpRequest) -> HttpResponse:
    """The address that letters go to."""
    return _subject(request, forms.AddressForm, _("Uw adres"))


@member_required
def personal_data_phone(request: HttpRequest) -> HttpResponse:
    """The telephone number."""
    return _subject(request, forms.PhoneForm, _("Uw telefoonnummer"))


@member_required
@sensitive_post_parameters("password")
def personal_data_email(request: HttpRequest) -> HttpResponse:
    """The address for codes and notices: the password first, then the code that goes to the new address."""

    def save(data: dict[str, Any]) -> None:
        ask_email_change(
            request.member,
            current_event(),
            data["email"],
            data["password"],
            by=request.user,
            browser=browser_digest(request),
        )

    intro = _("Nu gebruikt u %(email)s.") % {"email": request.user.email} if request.user.email else ""
    form = forms.EmailForm(request.POST or None)
    return _page(request, form, save, _("Uw e-mailadres"), "", intro, then="portal:email-confirmation")


@member_required
@sensitive_post_parameters("number")
@sensitive_variables("form", "data")
def personal_data_person_number(request: HttpRequest) -> HttpResponse:
    """The BSN: asked only while it is missing, and never shown."""
    if SecretKind.BSN in secrets.secrets_present(request.member):
        messages.info(
            request, _("Dit nummer is al bij ons bekend. Om veiligheidsredenen laten wij het niet zien.")
        )
        return redirect(NAME)

    def save(data: dict[str, Any]) -> None:
        actions.give_person_number(request.member, current_event(), data["number"], by=request.user)

    words = request.tenant.words
    title = _("Uw %(number)s") % {"number": words.person_number_short}
    intro = _("Wij hebben dit nummer nodig om uw vergoeding door te geven aan de Belastingdienst.")
    done = _("Uw nummer is bewaard. Niemand kan het in het portaal bekijken.")
    return _page(request, forms.PersonNumberForm(request.POST or None), save, title, done, intro)


@member_required
@sensitive_post_parameters("iban", "password")
@sensitive_variables("form", "data")
def personal_data_iban(request: HttpRequest) -> HttpResponse:
    """The account for the allowance, after the password. Public bodies pay without IBAN."""
    if request.tenant.is_public_body:
        raise Http404

    def save(data: dict[str, Any]) -> None:
        actions.change_iban(
            request.member,
            current_event(),
            data["iban"],
            data["password"],
            by=request.user,
            browser=browser_digest(request),
        )

    known = masked_iban(request.member)
    intro = _("Nu bij ons bekend: %(iban)s.") % {"iban": known} if known else ""
    done = _("Uw rekeningnummer is bewaard.")
    return _page(request, forms.IbanForm(request.POST or None), save, _("Uw rekeningnummer"), done, intro)


@member_required
def personal_data_own_field(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question of the municipality's own."""
    found = {answer.field.uuid: answer for answer in own_answers(request.member, OwnField.objects.asked())}
    if uuid not in found:
        raise Http404
    field = found[uuid].field
    form = OwnQuestionForm(request.POST or None, member=request.member, answer=found[uuid])

    def save(data: dict[str, Any]) -> None:
        give_own_answer(
            request.member,
            current_event(),
            field,
            data["answer"],
            version=data["version"],
            by=request.user,
        )

    return _page(request, form, save, field.name, _("Bewaard."), reason=field.why)


@member_required
def personal_data_declaration(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One declaration: read its text, and confirm it or say yes or no."""
    found = {each.declaration.uuid: each for each in declarations_of(request.member)}
    if uuid not in found:
        raise Http404
    asked = found[uuid]
    form = DeclarationForm(request.POST or None, asked=asked)

    def save(data: dict[str, Any]) -> None:
        answer_declaration(
            request.member,
            current_event(),
            asked.declaration,
            agreed=form.agreed,
            edition=data["edition"],
            by=request.user,
        )

    done = _("Uw antwoord is bewaard, met de tekst en de datum.")
    declaration = asked.declaration
    return _page(
        request,
        form,
        save,
        declaration.title,
        done,
        reason=declaration.why,
        template="declaration",
        asked=asked,
    )


@member_required
@require_POST
def personal_data_change_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The member no longer wants a change that waits for the team."""
    change = get_object_or_404(request.member.data_changes, uuid=uuid)
    withdraw_personal_data_change(change, by=request.user)
    messages.success(request, _("Ingetrokken. Uw gegevens blijven zoals ze zijn."))
    return redirect(NAME)


def _subject(request: HttpRequest, form_class: type[forms.SubjectForm], title: str) -> HttpResponse:
    """Show and save one subject of the member's own fields."""
    form = form_class(request.POST or None, member=request.member)

    def save(_data: dict[str, Any]) -> str:
        waits = actions.change_personal_data(
            request.member,
            current_event(),
            form.changes(),
            version=form.cleaned_data["version"],
            by=request.user,
        )
        return _("Het team kijkt eerst naar uw wijziging. U krijgt daarna een e-mail.") if waits else ""

    return _page(request, form, save, title, _("Bewaard."))


@sensitive_variables("form")
def _page(
    request: HttpRequest,
    form: Any,
    save: Callable[[dict[str, Any]], str | None],
    title: str,
    done: str,
    intro: str = "",
    then: str = NAME,
    reason: str = "",
    template: str = "change",
    **context: Any,
) -> HttpResponse:
    """Save one subject and go on to `then`, or show it (again) with what went wrong.

    save: may give other words than `done` to say what became of it. reason: why this is asked, for what is not in the
    register.
    """
    if request.method != "POST" and not is_step_open(current_event(), StepKind.PERSONAL_DATA, request.member):
        return redirect(NAME)
    if request.method == "POST" and form.is_valid():
        try:
            done = save(form.cleaned_data) or done
        except ActionError as error:
            form.add_error(None, error.message)
            if isinstance(error, ChangedElsewhere):
                form.look_again()
        else:
            if done:
                messages.success(request, done)
            return redirect(then)
    # The last words of the address name the datum: personal-data-birth-date is about "birth_date".
    datum = request.resolver_match.url_name.removeprefix("personal-data-").replace("-", "_")
    context |= {"form": form, "page_title": title, "intro": intro, "why": reason or why(datum)}
    return render(request, f"{TEMPLATES}/{template}.html", context)
