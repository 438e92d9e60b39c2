"""Forms of a member who writes to the team."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from elections.actions.attachment import MOST_ATTACHMENTS
from elections.actions.conversation import Draft
from elections.documents.upload import ACCEPT, most_megabytes
from elections.models.conversation import BODY_LENGTH, SUBJECT_LENGTH
from elections.person_numbers import without_person_numbers
from tenants.forms import FilesField, WritingField


class MessageForm(forms.Form):
    """An answer, with files. `once` is the number of this form: sent twice, it is one message."""

    once = forms.UUIDField(required=False, widget=forms.HiddenInput)
    body = WritingField(
        label=_("Uw bericht"),
        longest=BODY_LENGTH,
        hide=without_person_numbers,
        error_messages={"required": _("Schrijf eerst een bericht.")},
    )
    uploads = FilesField(most=MOST_ATTACHMENTS, megabytes=most_megabytes(), accept=ACCEPT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid4

    @property
    def draft(self) -> Draft:
        """What was typed, for the actions. Only after `is_valid()`."""
        found = self.cleaned_data
        return Draft(found["body"], found["uploads"], found["once"] or uuid4())


class QuestionForm(MessageForm):
    """The first message of a conversation."""

    subject = WritingField(
        label=_("Waar gaat het over?"),
        help_text=_("In een paar woorden. Bijvoorbeeld: mijn dienst ruilen."),
        longest=SUBJECT_LENGTH,
        hide=without_person_numbers,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Schrijf in een paar woorden waar het over gaat.")},
    )
    field_order = ("once", "subject", "body", "uploads")
