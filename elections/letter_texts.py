"""The municipality's own words in letters: blocks of text, for whom each is, and how they become paragraphs.

Texts are plain. A blank line ends a paragraph, a line that begins with "- " is an item of a list, and a few names
in braces are filled in; a line for which one of them is empty is left out. There is no template language: whoever
writes a letter can never read anything else.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from elections.enums import LetterPay, LetterPlace, LetterStaff, PositionKind

LONGEST_TEXT: Final = 3000
LONGEST_HEADING: Final = 80
MOST_BLOCKS: Final = 30
# A name longer than this would fill the letter: the rest of it becomes "…".
LONGEST_VALUE: Final = 200

# What may stand between braces, with what it is.
PLACEHOLDERS: Final = {
    "naam": _("de naam van het lid"),
    "functie": _("de functie waarin het lid wordt benoemd"),
    "verkiezing": _("de verkiezing of verkiezingen"),
    "besluitdatum": _("de datum van het besluit"),
    "datum": _("de dag of dagen waarop het lid werkt"),
    "tijd": _("van hoe laat tot hoe laat het lid werkt"),
    "aankomsttijd": _("hoe laat het lid er moet zijn"),
    "stembureau": _("nummer en naam van het stembureau"),
    "adres": _("het adres van het stembureau"),
    "vergoeding": _("het bedrag van alle diensten samen"),
    "voorzitter": _("de naam van de voorzitter met wie het lid werkt"),
    "telefoon_voorzitter": _("het telefoonnummer van die voorzitter, als u dat hieronder aanzet"),
    "gemeente": _("de naam van de gemeente of het openbaar lichaam"),
    "gemeente_voluit": _("die naam met “de gemeente” of “het openbaar lichaam” ervoor"),
    "college": _("het college van burgemeester en wethouders of het bestuurscollege"),
    "telefoon": _("het telefoonnummer van het team verkiezingen"),
    "email": _("het e-mailadres van het team verkiezingen"),
}
# Words that name the chair: looking them up costs a query.
CHAIR_PLACEHOLDERS: Final = frozenset({"voorzitter", "telefoon_voorzitter"})
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


@dataclass(frozen=True)
class LetterBlock:
    """One text of a letter, and for whom it is.

    kinds: values of PositionKind; the block is for who has a place of one of them. Empty means all.
    staff, pay: values of LetterStaff and LetterPay.
    """

    text: str
    heading: str = ""
    place: str = LetterPlace.BELOW.value
    kinds: tuple[str, ...] = ()
    staff: str = LetterStaff.EVERYBODY.value
    pay: str = LetterPay.EVERYBODY.value

    def is_for(self, kinds: Collection[str], *, is_own_staff: bool, is_paid: bool) -> bool:
        """Whether a member with places of these kinds reads this block."""
        return (
            (not self.kinds or any(kind in self.kinds for kind in kinds))
            and (self.staff == LetterStaff.EVERYBODY or (self.staff == LetterStaff.ONLY) == is_own_staff)
            and (self.pay == LetterPay.EVERYBODY or (self.pay == LetterPay.PAID) == is_paid)
        )

    @property
    def audience(self) -> str:
        """For whom the block is, in words."""
        words = [str(label) for kind, label in PositionKind.choices if kind in self.kinds]
        words = words or [gettext("iedereen")]
        for choices, value in ((LetterStaff, self.staff), (LetterPay, self.pay)):
            if value in choices.values and value:
                words.append(str(choices(value).label))
        return ", ".join(words)

    def as_json(self) -> dict[str, Any]:
        """As kept in LetterEdition.blocks."""
        return asdict(self) | {"kinds": list(self.kinds)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "LetterBlock":
        """A row of LetterEdition.blocks."""
        return cls(**{**row, "kinds": tuple(row.get("kinds", ()))})


@dataclass(frozen=True)
class Passage:
    """One paragraph (one line) or one list (its items)."""

    is_list: bool
    lines: tuple[str, ...]


def in_order(blocks: Iterable[LetterBlock]) -> list[LetterBlock]:
    """The blocks as they stand in the letter: by place, and within a place as given."""
    return sorted(blocks, key=lambda block: LetterPlace.values.index(block.place))


def placeholders_in(text: str) -> set[str]:
    """The words between braces in `text`, known or not."""
    return set(_PLACEHOLDER.findall(text))


def unknown_placeholders(text: str) -> list[str]:
    """The words between braces in `text` that nothing can be filled in for."""
    return sorted(placeholders_in(text) - PLACEHOLDERS.keys())


def passages(text: str, values: Mapping[str, str]) -> tuple[Passage, ...]:
    """The paragraphs and lists of `text`, with `values` filled in for the placeholders."""
    made: list[Passage] = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        plain: list[str] = []
        items: list[str] = []
        for line in filter(None, map(str.strip, paragraph.splitlines())):
            if any(values.get(name) == "" for name in _PLACEHOLDER.findall(line)):
                continue
            filled = _filled(line, values)
            if line.startswith(("- ", "• ")):
                items.append(filled[2:].strip())
            elif items:
                items[-1] += f" {filled}"
            else:
                plain.append(filled)
        if plain:
            made.append(Passage(is_list=False, lines=(" ".join(plain),)))
        if items:
            made.append(Passage(is_list=True, lines=tuple(items)))
    return tuple(made)


def shortened(value: str) -> str:
    """A value that fits in a sentence: of a name of two thousand words, the beginning."""
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1].rstrip()}…"


def _filled(line: str, values: Mapping[str, str]) -> str:
    """`line` with its values; a value at its very beginning gets a capital."""
    filled = _PLACEHOLDER.sub(lambda found: shortened(values.get(found[1], found[0])), line)
    return filled[:1].upper() + filled[1:] if line.startswith("{") else filled


LEADERS: Final = (PositionKind.CHAIR.value, PositionKind.DEPUTY_CHAIR.value)

# A clause that not every municipality uses; offered in the editor, not part of the proposal.
OBJECTION: Final = LetterBlock(
    heading="Bent u het niet eens met dit besluit?",
    text=(
        "U kunt bezwaar maken tot zes weken na de dag waarop wij deze brief hebben verstuurd "
        "(Algemene wet bestuursrecht, artikel 6:7). Stuur een brief aan {college} van {gemeente_voluit}. "
        "Zet daarin uw naam, uw adres, de datum, het briefnummer en waarom u het niet eens bent. "
        "Vergeet uw handtekening niet."
    ),
)


def proposed_blocks(*, is_public_body: bool = False) -> list[LetterBlock]:
    """What Zitting proposes for a new event (domain: contents of the appointment letter).

    is_public_body: on the islands nothing goes to the Dutch tax office.
    """
    reserve, counter = (PositionKind.RESERVE.value,), (PositionKind.COUNTER.value,)
    paid, unpaid = LetterPay.PAID.value, LetterPay.UNPAID.value
    outside, own = LetterStaff.NOT.value, LetterStaff.ONLY.value
    tax = "" if is_public_body else " Wij geven het bedrag door aan de Belastingdienst."
    return [
        LetterBlock(_INTRODUCTION, place=LetterPlace.ABOVE.value),
        LetterBlock("Uw voorzitter is {voorzitter}.\nU belt de voorzitter op {telefoon_voorzitter}.",
                    kinds=(PositionKind.DEPUTY_CHAIR.value, PositionKind.MEMBER.value, *counter)),
        LetterBlock(_RESERVE, heading="Wat doet een reserve?", kinds=reserve),
        LetterBlock(_DUTIES, heading="Wat wij van u vragen"),
        LetterBlock(_LEADER, heading="U leidt het stembureau", kinds=LEADERS),
        LetterBlock(_COUNTER, heading="Zo telt u", kinds=counter),
        LetterBlock(_BRING, heading="Neem mee"),
        LetterBlock(_ILL, heading="Kunt u niet komen?"),
        LetterBlock(_PAY + tax, heading="Uw vergoeding", staff=outside, pay=paid),
        LetterBlock(_OWN_PAY, heading="Uw vergoeding", staff=own, pay=paid),
        LetterBlock(_NO_PAY, heading="Uw vergoeding", pay=unpaid),
        LetterBlock(_RESERVE_PAY, kinds=reserve),
        LetterBlock(_CLOSING),
    ]  # fmt: skip


_INTRODUCTION: Final = (
    "Fijn dat u meehelpt. Dankzij u kan iedereen in {gemeente} stemmen. "
    "In deze brief leest u waar en wanneer u werkt."
)
_RESERVE: Final = (
    "U valt in als iemand ziek wordt of niet komt. Houd uw telefoon bij u tijdens uw dienst. Als wij u bellen, "
    "verwachten wij u zo snel mogelijk op het stembureau dat wij dan noemen. Kunt u daar niet heen? "
    "Zeg dat dan meteen."
)
_DUTIES: Final = """\
- Is er een training voor uw functie? Volg die vóór de verkiezing. U krijgt daarvoor apart bericht.
- Kom op tijd. De tijd waarop u er moet zijn, staat bij uw dienst.
- Wees neutraal. Draag geen kleding of tekens van een politieke partij.
- Houd geheim wat u over kiezers ziet of hoort.
- Spreek pauzes af met de voorzitter. Er blijven altijd drie leden van het stembureau in het stemlokaal.
- Volg de aanwijzingen van de voorzitter van uw stembureau."""
_LEADER: Final = """\
- Controleer de spullen voordat de stembus opengaat, en verzegel de stembus.
- Verdeel de taken en de pauzes.
- Bel ons meteen als er iemand niet komt of als er iets misgaat: {telefoon}."""
_COUNTER: Final = """\
- U telt samen met de leden van het stembureau, na het sluiten van de stembus.
- U blijft tot de voorzitter zegt dat het tellen klaar is."""
_BRING: Final = """\
- een geldig identiteitsbewijs: paspoort, identiteitskaart of rijbewijs;
- deze brief, op papier of op uw telefoon."""
_ILL: Final = """\
Bent u ziek of kunt u om een andere reden niet komen? Laat het ons dan meteen weten.
Bel {telefoon}.
Mailen kan ook: {email}.
Dan zoeken wij iemand anders. Stuur zelf niemand in uw plaats."""
_PAY: Final = (
    "U krijgt in totaal {vergoeding}. Dit is een bruto bedrag. Wij maken het na de verkiezing over op het "
    "rekeningnummer dat u in het portaal hebt ingevuld."
)
_OWN_PAY: Final = (
    "U krijgt in totaal {vergoeding}. Dit is een bruto bedrag. U werkt bij ons: uw leidinggevende weet of u het "
    "bedrag bij uw salaris krijgt of uren terugkrijgt."
)
_NO_PAY: Final = "U krijgt geen vergoeding voor deze dienst."
_RESERVE_PAY: Final = "Valt u in als reserve? Dan krijgt u de vergoeding die bij die functie hoort."
_CLOSING: Final = (
    "Hebt u vragen? Bel of mail het team verkiezingen: {telefoon} of {email}.\nAlvast bedankt voor uw hulp."
)
