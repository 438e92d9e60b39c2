"""Declarations: what the team asks members to confirm, and what members answer."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from elections import audit
from elections.actions.order import move
from elections.enums import StepKind
from elections.errors import ActionError, ChangedElsewhere
from elections.models import (
    Declaration,
    DeclarationConsent,
    DeclarationText,
    ElectionEvent,
    Member,
    User,
)
from elections.queries.declaration import is_answered
from elections.queries.portal_step import require_open_step
from tenants.locks import hold_lock

MOST_DECLARATIONS = 20
ORDER = "declaration-order"


@dataclass(frozen=True)
class DeclarationWording:
    """A declaration as its form gives it."""

    title: str
    text: str
    why: str
    is_required: bool = True
    is_active: bool = True


@transaction.atomic
def create_declaration(values: DeclarationWording, *, by: User) -> Declaration:
    """Put a declaration at the end of the list, with the first edition of its text.

    Raises:
        ActionError: when there are twenty, or the title is in use.
    """
    hold_lock(ORDER)
    if Declaration.objects.count() >= MOST_DECLARATIONS:
        raise ActionError(
            _("U hebt al %(count)s verklaringen. Meer kan niet.") % {"count": MOST_DECLARATIONS}
        )
    last = Declaration.objects.aggregate(last=Max("rank"))["last"] or 0
    declaration = Declaration(rank=last + 1)
    _fill(declaration, values)
    declaration.save()
    DeclarationText.objects.create(declaration=declaration, edition=1, text=values.text)
    audit.record("declaration.create", by=by, on=declaration)
    return declaration


@transaction.atomic
def update_declaration(
    declaration: Declaration, values: DeclarationWording, *, version: int, by: User
) -> Declaration:
    """Change a declaration. Another text is a new edition: whoever answered the one before is asked again.

    version: Declaration.version as the page showed it.

    Raises:
        ChangedElsewhere: when a colleague changed or removed it since `version`.
        ActionError: when the title is in use.
    """
    hold_lock(ORDER)  # a colleague may be making a declaration with the same title
    found = Declaration.objects.select_for_update().filter(pk=declaration.pk).first()
    if found is None or found.version != version:
        raise ChangedElsewhere(
            _("Een collega heeft dit intussen gewijzigd. Bekijk eerst hoe het nu is en probeer het opnieuw.")
        )
    declaration = found
    _fill(declaration, values)
    newest = declaration.texts.get(edition=declaration.edition)
    if newest.text != values.text:
        declaration.edition += 1
        DeclarationText.objects.create(declaration=declaration, edition=declaration.edition, text=values.text)
    declaration.version += 1
    declaration.save()
    audit.record("declaration.update", by=by, on=declaration, version=declaration.edition)
    return declaration


@transaction.atomic
def move_declaration(declaration: Declaration, *, up: bool, by: User) -> None:
    """Let a declaration change places with the one above or below it; at the end of the list nothing happens."""
    hold_lock(ORDER)
    if move(declaration, up=up):
        audit.record("declaration.move", by=by, on=declaration)


@transaction.atomic
def delete_declaration(declaration: Declaration, *, by: User) -> None:
    """Remove a declaration with its texts, as long as nobody answered any of them. Twice changes nothing.

    Raises:
        ActionError: when somebody answered it: that is the proof of what they agreed to (AVG art. 7(1)).
    """
    found = Declaration.objects.select_for_update().filter(pk=declaration.pk).first()
    if found is None:
        return
    if is_answered(found):
        raise ActionError(
            _(
                "Leden hebben deze verklaring beantwoord. Hun antwoorden zijn het bewijs van wat zij verklaarden."
                " Zet de verklaring op “niet in gebruik”."
            )
        )
    audit.record("declaration.delete", by=by, on=found)
    found.delete()


@transaction.atomic
def retire_declaration(declaration: Declaration, *, by: User) -> None:
    """Ask a declaration no more and keep all that members answered. Doing it twice changes nothing."""
    found = Declaration.objects.select_for_update().filter(pk=declaration.pk, is_active=True).first()
    if found is None:
        return
    found.is_active = False
    found.version += 1
    found.save(update_fields=["is_active", "version"])
    audit.record("declaration.retire", by=by, on=found)


@transaction.atomic
def answer_declaration(
    member: Member,
    event: ElectionEvent | None,
    declaration: Declaration,
    *,
    agreed: bool,
    edition: int,
    by: User | None,
) -> None:
    """The member confirms a declaration, or says yes or no to one that is free. The same answer again changes nothing.

    edition: of the text as the page showed it. With it the moment is kept (AVG art. 7(1)); who said yes to a free one
    can say no later, as easily (art. 7(3)).

    Raises:
        StepNotOpen: when the member may not change data now.
        ChangedElsewhere: when the text was changed since.
        ActionError: when it is no longer asked, or for a no to one that must be confirmed.
    """
    require_open_step(event, StepKind.PERSONAL_DATA, member)
    member = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    found = Declaration.objects.select_for_update().filter(pk=declaration.pk, is_active=True).first()
    if found is None:
        raise ActionError(_("Deze verklaring wordt niet meer gevraagd."))
    if found.edition != edition:
        raise ChangedElsewhere(_("De tekst is intussen veranderd. Lees de nieuwe tekst en antwoord opnieuw."))
    if found.is_required and not agreed:
        raise ActionError(_("Kruis aan dat u dit verklaart. Kunt u dat niet? Neem contact met ons op."))
    text = found.texts.get(edition=edition)
    known = DeclarationConsent.objects.filter(member=member, text=text).first()
    if known and known.agreed == agreed:
        return
    DeclarationConsent.objects.update_or_create(
        member=member, text=text, defaults={"agreed": agreed, "answered_at": timezone.now()}
    )
    audit.record("declaration.answer", by=by, on=member, what=found.title, version=edition, agreed=agreed)


def _fill(declaration: Declaration, values: DeclarationWording) -> None:
    others = Declaration.objects.filter(title__iexact=values.title).exclude(pk=declaration.pk)
    if others.exists():
        raise ActionError(_("Er is al een verklaring met deze titel."))
    declaration.title, declaration.why = values.title, values.why
    declaration.is_required, declaration.is_active = values.is_required, values.is_active
