"""What the file of one person says about what the municipality asked: own questions, declarations, changes."""

from django.utils.translation import gettext as _

from elections.exports.person_work import Facts, in_words
from elections.models import Member
from elections.queries.declaration import consents_of


def own_fields(member: Member) -> list[Facts]:
    """Every answer with its question and the reason for asking, also of questions that are no longer asked."""
    return [
        {
            _("Vraag"): value.field.name,
            _("Antwoord"): value.words,
            _("Waarom wij dit vragen"): value.field.why,
            _("Ingevuld op"): in_words(value.answered_at),
        }
        for value in member.own_values.select_related("field").order_by("field__rank", "field")
    ]


def declarations(member: Member) -> list[Facts]:
    """What the member confirmed, agreed to or refused, with the very text of then."""
    return [
        {
            _("Verklaring"): consent.text.declaration.title,
            _("Tekst"): consent.text.text,
            _("Versie van de tekst"): str(consent.text.edition),
            _("Antwoord"): in_words(consent.agreed),
            _("Op"): in_words(consent.answered_at),
        }
        for consent in consents_of(member)
    ]


def data_changes(member: Member) -> list[Facts]:
    """What the member asked to change, and what the team did with it."""
    return [
        {
            _("Gegeven"): change.get_subject_display(),
            _("Gevraagd"): ", ".join(in_words(value) for value in change.values.values()),
            _("Gevraagd op"): in_words(change.asked_at),
            _("Stand"): change.get_state_display(),
            _("Reden"): change.reason,
            _("Beslist op"): in_words(change.decided_at),
        }
        for change in member.data_changes.all()
    ]
