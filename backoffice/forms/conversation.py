"""Forms of the team's inbox: an answer, a note, who takes care of it, and a message to members."""

from typing import Any
from uuid import uuid4

from django import forms
from django.forms.models import ModelChoiceIteratorValue
from django.utils.translation import gettext_lazy as _

from elections import normalise
from elections.actions.attachment import MOST_ATTACHMENTS
from elections.actions.conversation import Draft
from elections.documents.upload import ACCEPT, most_megabytes
from elections.models import CannedAnswer, GroupMessage, User
from elections.models.conversation import BODY_LENGTH, SUBJECT_LENGTH
from elections.person_numbers import without_person_numbers
from elections.queries.conversation import colleagues
from tenants.forms import FilesField, TidyField, WritingField, accept_next_time


def body_field(label: Any) -> WritingField:
    """The text of a message."""
    return WritingField(
        label=label,
        longest=BODY_LENGTH,
        hide=without_person_numbers,
        error_messages={"required": _("Schrijf eerst een bericht.")},
    )


def subject_field() -> WritingField:
    """What a conversation is about."""
    return WritingField(
        label=_("Onderwerp"),
        longest=SUBJECT_LENGTH,
        hide=without_person_numbers,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Schrijf in een paar woorden waar het over gaat.")},
    )


def files_field() -> FilesField:
    """Files with a message."""
    return FilesField(most=MOST_ATTACHMENTS, megabytes=most_megabytes(), accept=ACCEPT)


class OnceForm(forms.Form):
    """`once` is the number of this form: sent twice, it is one message."""

    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid4

    @property
    def draft(self) -> Draft:
        """What was typed, for the actions. Only after `is_valid()`."""
        found = self.cleaned_data
        return Draft(found["body"], found.get("uploads", ()), found["once"] or uuid4())


class CannedSelect(forms.Select):
    """The canned answers, each with its text at hand for static/js/conversation.js."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if isinstance(value, ModelChoiceIteratorValue) and value.instance:
            option["attrs"]["data-body"] = value.instance.body
        return option


class AnswerForm(OnceForm):
    """An answer to a member. `version`: the conversation as the page showed it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    canned = forms.ModelChoiceField(
        label=_("Standaardantwoord"),
        queryset=CannedAnswer.objects.all(),
        to_field_name="uuid",
        required=False,
        empty_label=_("Kies een standaardantwoord"),
        widget=CannedSelect,
    )
    body = body_field(_("Uw antwoord"))
    uploads = files_field()

    def with_canned(self) -> "AnswerForm":
        """The same form with the chosen canned answer after what was typed; nothing is sent."""
        chosen = self.cleaned_data.get("canned")
        typed = self["body"].value() or ""
        body = "\n\n".join(filter(None, [typed.strip(), chosen.body if chosen else ""]))
        kept = {name: self.data.get(name, "") for name in ("once", "version")}
        return AnswerForm(initial={**kept, "body": body})

    def look_again(self, version: int) -> None:
        """After "changed elsewhere": keep what was typed, and accept it when it is sent once more."""
        accept_next_time(self, version=version)


class NoteForm(OnceForm):
    """Something for colleagues only."""

    body = body_field(_("Notitie"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="note", **kwargs)
        self.fields["body"].help_text = _("Alleen het team ziet dit. Het lid ziet het nooit.")
        self.fields["body"].widget.attrs["rows"] = 3


class BeginForm(OnceForm):
    """The first message to one member."""

    subject = subject_field()
    body = body_field(_("Bericht"))
    uploads = files_field()


class AssignForm(forms.Form):
    """Who takes care of a conversation."""

    assignee = forms.ModelChoiceField(
        label=_("Wie pakt dit op?"),
        queryset=User.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("nog niemand"),
        error_messages={"invalid_choice": _("Deze collega mag geen berichten beantwoorden.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = colleagues()  # type: ignore[attr-defined]


class CannedAnswerForm(forms.Form):
    """A text that the team uses often."""

    title = TidyField(
        normalise.line,
        label=_("Naam"),
        help_text=_("Zo vindt u de tekst terug. Het lid ziet de naam niet."),
        max_length=80,
        error_messages={"required": _("Geef de tekst een naam.")},
    )
    body = body_field(_("Tekst"))


class GroupMessageForm(OnceForm):
    """A message to a group, next to backoffice.forms.audience.AudienceForm. `version`: as the page showed it."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    subject = subject_field()
    body = body_field(_("Bericht"))
    uploads = files_field()
    removed = forms.ModelMultipleChoiceField(
        label=_("Bijlagen weghalen"),
        queryset=None,
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, group: GroupMessage | None = None, **kwargs: Any) -> None:
        shown = ("version", "subject", "body")
        initial = {name: getattr(group, name) for name in shown} if group else {}
        super().__init__(*args, initial=initial, **kwargs)
        if group and group.attachments.exists():
            self.fields["removed"].queryset = group.attachments.all()  # type: ignore[attr-defined]
        else:
            del self.fields["removed"]


class SendForm(forms.Form):
    """What the page before sending showed: the message, and how many people get it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
