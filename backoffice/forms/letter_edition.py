"""The editor of the letter texts: who decides and signs, and a list of blocks that works without script."""

from typing import Any, Final

from django import forms
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from elections.enums import LetterPay, LetterPlace, LetterStaff, PositionKind
from elections.letter_texts import (
    LONGEST_HEADING,
    LONGEST_TEXT,
    MOST_BLOCKS,
    OBJECTION,
    PLACEHOLDERS,
    LetterBlock,
    unknown_placeholders,
)
from elections.models import ElectionEvent, LetterEdition
from elections.queries.letter_edition import blocks_of

PREFIX: Final = "block"
Row = dict[str, list[str]]


class LetterHeadForm(forms.Form):
    """Who decides and signs, and what the team reads of its chair."""

    decision_date = forms.DateField(
        label=gettext_lazy("Datum van het besluit"),
        help_text=gettext_lazy("De dag waarop het college de leden benoemt (Kieswet artikel E 4)."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Vul de datum van het besluit in.")},
    )
    signatory = forms.CharField(
        label=gettext_lazy("Ondertekenaar"),
        max_length=120,
        error_messages={"required": gettext_lazy("Vul in wie de brieven ondertekent.")},
    )
    signatory_title = forms.CharField(
        label=gettext_lazy("Functie van de ondertekenaar"), max_length=120, required=False
    )
    shares_chair_phone = forms.BooleanField(
        label=gettext_lazy("Zet het telefoonnummer van de voorzitter in de brieven van het team"),
        required=False,
        help_text=gettext_lazy(
            "Vraag dit eerst aan de voorzitters. In hun eigen brief staat dat hun team het nummer leest. "
            "Uit: een regel met {telefoon_voorzitter} valt weg."
        ),
    )

    @classmethod
    def initial_of(cls, event: ElectionEvent) -> dict[str, Any]:
        """What the form shows at first."""
        return {name: getattr(event, name) for name in cls.base_fields}

    def fill(self, event: ElectionEvent) -> ElectionEvent:
        """The event as it would be, for a preview; nothing is saved, and what is not right stays as it was."""
        for name, value in self.cleaned_data.items():
            setattr(event, name, value)
        return event


class BlockForm(forms.Form):
    """One text of the letter, and for whom it is."""

    heading = forms.CharField(label=gettext_lazy("Kop"), max_length=LONGEST_HEADING, required=False)
    text = forms.CharField(
        label=gettext_lazy("Tekst"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Schrijf een tekst, of haal dit blok weg.")},
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Voor wie"),
        choices=PositionKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Niets aangevinkt: voor iedereen."),
    )
    staff = forms.ChoiceField(
        label=gettext_lazy("Eigen medewerkers"), choices=LetterStaff.choices, required=False
    )
    pay = forms.ChoiceField(label=gettext_lazy("Vergoeding"), choices=LetterPay.choices, required=False)
    place = forms.ChoiceField(choices=LetterPlace.choices, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        unknown = unknown_placeholders(text)
        if unknown:
            raise forms.ValidationError(
                _("Dit kan Zitting niet invullen: %(unknown)s. Kies uit: %(known)s.")
                % {"unknown": _braced(unknown), "known": _braced(PLACEHOLDERS)}
            )
        return text

    @property
    def acts(self) -> dict[str, str]:
        """The values of the buttons of this block."""
        number = str(self.prefix).rpartition("-")[2]
        return {verb: f"{verb}:{number}" for verb in ("up", "down", "remove")}

    @property
    def title(self) -> str:
        """How the block is called above its fields: its heading, or the beginning of its text."""
        heading, text = (str(self[name].value() or "").strip() for name in ("heading", "text"))
        words = heading or " ".join(text.split())
        if not words:
            return _("Nieuwe tekst")
        return words if len(words) <= LONGEST_HEADING else f"{words[: LONGEST_HEADING - 1]}…"

    @property
    def audience(self) -> str:
        """For whom the block is, in words, for above the folded choices."""
        shown = {name: self[name].value() for name in ("kinds", "staff", "pay")}
        return LetterBlock(
            "", kinds=tuple(shown["kinds"] or ()), staff=shown["staff"] or "", pay=shown["pay"] or ""
        ).audience

    @property
    def block(self) -> LetterBlock:
        """The block as filled in; only after `is_valid()`."""
        return LetterBlock(**{**self.cleaned_data, "kinds": tuple(self.cleaned_data["kinds"])})


class Blocks(BaseFormSet):
    """The blocks of a letter, in order."""

    def _in(self, place: LetterPlace) -> list[BlockForm]:
        return [form for form in self.forms if form["place"].value() == place]

    @property
    def above(self) -> list[BlockForm]:
        return self._in(LetterPlace.ABOVE)

    @property
    def below(self) -> list[BlockForm]:
        """Those below the shifts, and any whose place was tampered with: they show their error there."""
        return [form for form in self.forms if form not in self.above]

    @property
    def blocks(self) -> list[LetterBlock]:
        """The blocks as filled in; only after `is_valid()`."""
        return [form.block for form in self.forms]


_Blocks = forms.formset_factory(
    BlockForm, formset=Blocks, extra=0, max_num=MOST_BLOCKS, absolute_max=MOST_BLOCKS, validate_max=True
)


def blocks_form(data: QueryDict | None, edition: LetterEdition) -> Blocks:
    """The list of `Blocks`: as sent, otherwise as `edition` has them."""
    if data is not None:
        return _Blocks(data, prefix=PREFIX)
    return _Blocks(initial=[block.as_json() for block in blocks_of(edition)], prefix=PREFIX)


def rearranged(data: QueryDict, act: str) -> tuple[QueryDict, str]:
    """What was sent, after one of the buttons of the list; and what happened, in words.

    act: "up:<n>", "down:<n>", "remove:<n>", "add:<place>" or "objection". Anything else changes nothing. A block
    that is moved beyond the shifts changes its place.
    """
    verb, _colon, which = act.partition(":")
    rows = _rows(data)
    said = ""
    if verb in ("add", "objection") and len(rows) >= MOST_BLOCKS:
        return data, _("Een brief heeft hoogstens %(count)s teksten.") % {"count": MOST_BLOCKS}
    if verb == "add" and which in LetterPlace.values:
        rows.append(_row(LetterBlock(text="", place=which)))
        said = _("Er is een lege tekst bij gekomen.")
    elif verb == "objection":
        rows.append(_row(OBJECTION))
        said = _("De tekst over bezwaar maken is erbij gekomen.")
    elif which.isdecimal() and int(which) < len(rows):
        said = _moved(rows, int(which), verb)
    rows.sort(key=lambda row: row["place"] != [LetterPlace.ABOVE.value])
    return _sent(data, rows), said


def _moved(rows: list[Row], number: int, verb: str) -> str:
    above = [LetterPlace.ABOVE.value]
    if verb == "remove":
        del rows[number]
        return _("De tekst is weggehaald. Nog %(count)s over.") % {"count": len(rows)}
    step = {"up": -1, "down": 1}.get(verb, 0)
    if not step:
        return ""
    other = number + step
    row = rows[number]
    if 0 <= other < len(rows) and rows[other]["place"] == row["place"]:
        rows[number], rows[other] = rows[other], row
    elif (row["place"] == above) == (step == 1):
        # The row keeps its number: it is the last above the shifts, or the first below them.
        row["place"] = [LetterPlace.BELOW.value] if step == 1 else above
    return _("De tekst is verplaatst.")


def _rows(data: QueryDict) -> list[Row]:
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), MOST_BLOCKS) if total.isdecimal() else 0
    return [
        {name: data.getlist(f"{PREFIX}-{number}-{name}") for name in BlockForm.base_fields}
        for number in range(count)
    ]


def _row(block: LetterBlock) -> Row:
    return {
        name: [str(each) for each in value] if isinstance(value, list) else [str(value)]
        for name, value in block.as_json().items()
    }


def _sent(data: QueryDict, rows: list[Row]) -> QueryDict:
    made = data.copy()
    for name in [
        name for name in made if name.startswith(f"{PREFIX}-") and name[len(PREFIX) + 1].isdecimal()
    ]:
        del made[name]
    for number, row in enumerate(rows):
        for name, values in row.items():
            made.setlist(f"{PREFIX}-{number}-{name}", values)
    made[f"{PREFIX}-TOTAL_FORMS"] = str(len(rows))
    return made


def _braced(words: Any) -> str:
    return ", ".join(f"{{{word}}}" for word in words)
