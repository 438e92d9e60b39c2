"""A drawn logo for a municipality that does not exist."""

from io import BytesIO

from PIL import Image, ImageDraw

EDGE = 240
HOUSE = ((120, 52), (192, 108), (192, 188), (48, 188), (48, 108))
SUN = (72, 72, 168, 168)
BALLOT = ((92, 84), (148, 84), (148, 132), (92, 132))


def invented_logo(accent: str, shape: str) -> BytesIO:
    """A white sign ("house", "sun" or "ballot") on a rounded square in the accent colour, as PNG."""
    picture = Image.new("RGBA", (EDGE, EDGE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, EDGE - 1, EDGE - 1), radius=44, fill=accent)
    if shape == "sun":
        pen.ellipse(SUN, fill="white")
        pen.rectangle((40, 178, 200, 192), fill="white")
    elif shape == "ballot":
        pen.polygon(BALLOT, fill="white")
        pen.rounded_rectangle((56, 132, 184, 192), radius=10, outline="white", width=12)
    else:
        pen.polygon(HOUSE, fill="white")
        pen.rectangle((106, 138, 134, 188), fill=accent)
    content = BytesIO()
    picture.save(content, "PNG")
    content.seek(0)
    return content
