"""What the municipality itself asks a member: one own question, or one declaration."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from elections import normalise
from elections.models import Member
from elections.models.own_field import ANSWER_LENGTH
from elections.queries.declaration import MemberDeclaration
from elections.queries.own_field import OwnAnswer
from tenants.forms import TidyField, accept_next_time

YES, NO = "yes", "no"
# No choice of a question is a space; an empty value would not be shown as a choice.
NO_ANSWER = " "


class OwnQuestionForm(forms.Form):
    """The answer to one question, and the version of the member's row that the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, member: Member, answer: OwnAnswer) -> None:
        super().__init__(data, initial={"version": member.version, "answer": answer.text})
        self.current_version = member.version
        field = answer.field
        options: dict[str, Any] = {
            "label": field.name,
            "help_text": field.help,
            "required": field.is_required,
            "error_messages": {"required": _("Geef antwoord op deze vraag.")},
        }
        if not field.options:
            self.fields["answer"] = TidyField(normalise.line, max_length=ANSWER_LENGTH, **options)
            return
        choices = [*field.options, *([] if field.is_required else [(NO_ANSWER, _("Dat vul ik niet in"))])]
        self.fields["answer"] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)

    def look_again(self) -> None:
        """After "changed elsewhere": keep what was typed, and accept it when it is saved once more."""
        accept_next_time(self, version=self.current_version)


class DeclarationForm(forms.Form):
    """A cross for one that must be confirmed, yes or no for the others; and the edition that the page showed."""

    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, asked: MemberDeclaration) -> None:
        self.asked = asked
        chosen: Any = asked.agreed
        if not asked.declaration.is_required:
            chosen = {None: "", True: YES, False: NO}[asked.agreed]
        super().__init__(data, initial={"edition": asked.declaration.edition, "agreed": chosen})
        if asked.declaration.is_required:
            self.fields["agreed"] = forms.BooleanField(
                label=_("Dit verklaar ik"),
                error_messages={
                    "required": _("Kruis aan dat u dit verklaart. Kunt u dat niet? Neem contact met ons op.")
                },
            )
            return
        self.fields["agreed"] = forms.ChoiceField(
            label=_("Wat is uw antwoord?"),
            choices=[(YES, _("Ja")), (NO, _("Nee"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Kies ja of nee.")},
        )

    @property
    def agreed(self) -> bool:
        """Only after `is_valid()`."""
        return self.cleaned_data["agreed"] in (True, YES)

    def look_again(self) -> None:
        """After the text changed: the page shows the new one, and its answer is asked anew."""
        accept_next_time(self, edition=self.asked.declaration.edition)
        self.data.pop("agreed", None)
