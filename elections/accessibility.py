"""What a venue offers to voters with a disability: fields 13-25 of the national polling-place format 1.7.

`Venue.accessibility` holds `field name: value` in the format's own words, so that import, screen and export agree.
Field names and values are part of a Dutch standard and are therefore not translated.
"""

from typing import Final

YES_NO: Final = ("ja", "nee")
STEP_FREE: Final = "Toegankelijk voor mensen met een lichamelijke beperking"

ACCESSIBILITY_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    STEP_FREE: YES_NO,
    "Toegankelijke ov-halte": YES_NO,
    "Toilet": ("ja", "ja, genderneutraal toilet", "ja, toegankelijk toilet", "nee"),
    "Host": YES_NO,
    "Geleidelijnen": ("buiten en binnen", "buiten", "binnen", "nee"),
    "Stemmal met audio-ondersteuning": YES_NO,
    "Kandidatenlijst in braille": YES_NO,
    "Kandidatenlijst met grote letters": YES_NO,
    "Gebarentolk (NGT)": ("op locatie", "op afstand", "nee"),
    "Gebarentalig stembureaulid (NGT)": YES_NO,
    "Akoestiek geschikt voor slechthorenden": YES_NO,
    "Prikkelarm": YES_NO,
    "Prokkelduo": YES_NO,
}
