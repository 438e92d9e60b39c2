"""Address labels: names and addresses on sheets of stickers, as a PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from elections.documents.pdf import render_pdf
from elections.enums import LabelSheet
from elections.models import Member

PER_SHEET: Final = {LabelSheet.TWENTY_FOUR: 24, LabelSheet.TWENTY_ONE: 21, LabelSheet.FOURTEEN: 14}


@dataclass(frozen=True)
class AddressLabel:
    """What stands on one label. The post wants two spaces behind the postcode, and the place in capitals; an island has
    no postcodes."""

    name: str
    street: str
    city: str


def label_of(member: Member) -> AddressLabel:
    """The label of a member with a whole address that is not confidential; the caller sees to that."""
    city = "\u00a0\u00a0".join(filter(None, (member.postcode, member.city.upper())))
    return AddressLabel(member.full_name, member.address_line, city)


def render_address_labels(labels: Sequence[AddressLabel], kind: LabelSheet) -> bytes:
    """The labels as a PDF, to print at 100 % on sheets of this kind."""
    size = PER_SHEET[kind]
    sheets = [labels[start : start + size] for start in range(0, len(labels), size)]
    context = {"sheets": sheets, "kind": kind.value}
    return render_pdf("pdf/address_labels.html", context, title="Adresetiketten", sheets=("labels",))
