"""A house style for a municipality that does not exist: a drawn picture, design tokens and a statement."""

import io
import math
from datetime import date

from PIL import Image, ImageDraw

from elections.queries.accessibility_statement import statement_of
from tenants.colours import BLACK, WHITE, mix
from tenants.design_tokens import readable_part
from tenants.house_style import grounds_of, set_background, set_tokens, style_of
from tenants.models import AccessibilityStatus, Municipality

SIZE = (1600, 400)
TOKENS = {"utrecht-button-border-radius": "4px", "utrecht-heading-1-font-weight": "600"}
OPENING_HOURS = "Maandag tot en met vrijdag, 9.00 tot 17.00 uur"
PROBLEMS = (
    "De kaart met stembureaus is niet met een schermlezer te lezen. Naast de kaart staat een lijst.\n"
    "Sommige documenten van het team hebben geen koppen. Wij lossen dit in het voorjaar van 2027 op."
)


def dress(municipality: Municipality) -> None:
    """Give a municipality of the demo a picture, a few tokens, opening hours and a statement."""
    set_background(municipality, _skyline(municipality.accent))
    kept, _left = readable_part(TOKENS, grounds_of(style_of(municipality)))
    set_tokens(municipality, kept, "huisstijl.tokens.json")
    municipality.opening_hours = OPENING_HOURS
    municipality.save(update_fields=["opening_hours"])
    statement = statement_of(municipality)
    statement.status = AccessibilityStatus.PARTIAL
    statement.checked_on = statement.updated_on = date(2026, 9, 14)
    statement.problems = PROBLEMS
    statement.save()


def _skyline(accent: str) -> io.BytesIO:
    """A row of houses before hills, in tints of the accent colour."""
    picture = Image.new("RGB", SIZE, mix(accent, WHITE, 0.86))
    pen = ImageDraw.Draw(picture)
    for layer, share in enumerate((0.7, 0.5)):
        hill = [
            (x, 250 + layer * 50 + 45 * math.sin(x / (190 - layer * 60) + layer)) for x in range(0, 1601, 20)
        ]
        pen.polygon([*hill, (1600, 400), (0, 400)], fill=mix(accent, WHITE, share))
    for place in range(17):
        left, height = place * 96 + 6, 70 + (place * 37) % 60
        wall = mix(accent, BLACK, 0.05 * (place % 3))
        pen.rectangle((left, 400 - height, left + 84, 400), fill=wall)
        pen.polygon(
            [(left - 6, 400 - height), (left + 42, 350 - height), (left + 90, 400 - height)], fill=wall
        )
        for window in (18, 52):
            pen.rectangle(
                (left + window, 425 - height, left + window + 16, 448 - height), fill=mix(accent, WHITE, 0.8)
            )
    out = io.BytesIO()
    picture.save(out, "PNG")
    out.seek(0)
    return out
